// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;

/** The search for the best translation, fixed when a model is exported. */
@Doc("The search for the best translation (GNMT, arXiv:1609.08144, section 7)")
public record BeamSpec(
    @Doc("K: translations that are followed at a time") @Default("5") @Range(min = 1, max = 100)
        int beams,
    @Doc("alpha: log P is divided by ((5 + length) / 6)^alpha")
        @Default("0.6")
        @Range(min = 0, max = 10)
        double alpha,
    @Doc("beta: weight of the reward for having read every source piece")
        @Default("0")
        @Range(min = 0, max = 10)
        double beta,
    @Doc("Longest translation, as a multiple of the longest source of a request")
        @Default("2")
        @Range(min = 0.1, max = 100)
        double lengthFactor) {}

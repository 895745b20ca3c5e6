// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;

/** Settings for ending a training early. */
@Doc("Stops a training that no longer gets better on the validation data")
public record EarlyStoppingSpec(
    @Doc("Evaluations without a new best before training stops; 0 never stops early")
        @Default("0")
        @Range(min = 0, max = 1_000_000)
        int patience) {}

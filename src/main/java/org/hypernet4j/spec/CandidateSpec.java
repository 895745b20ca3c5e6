// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Matches;
import org.jspecify.annotations.Nullable;

/**
 * One model of a comparison.
 *
 * @param learningRate its own, or null for the common one: a rate that suits one parametrisation
 *     may be too large or too small for another
 */
@Doc("One model of a comparison")
public record CandidateSpec(
    @Doc("Short name, used for its run folder and its line in the table")
        @Matches(
            value = "[a-z0-9][a-z0-9._-]{0,31}",
            words = "1 to 32 small letters, digits, dots, hyphens and underscores")
        String name,
    @Doc("Human-readable description of the candidate") @Default(Default.NONE)
        @Nullable String description,
    @Doc("The network") ModelSpec model,
    @Doc("Replaces training.optimizer.learningRate for this model") @Default(Default.NONE)
        @Nullable ScheduleSpec learningRate) {}

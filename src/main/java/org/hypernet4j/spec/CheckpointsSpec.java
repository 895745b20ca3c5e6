// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;
import org.jspecify.annotations.Nullable;

/** When checkpoints are written, besides those at the best evaluation and at the end. */
@Doc("When to store the state of the training, besides the best evaluation and the end")
public record CheckpointsSpec(
    @Doc("Optimizer steps between checkpoints; left out, the number of steps writes none")
        @Default(Default.NONE)
        @Range(min = 1, max = 1_000_000_000)
        @Nullable Integer everySteps,
    @Doc("Seconds between checkpoints; left out, the clock writes none")
        @Default(Default.NONE)
        @Range(above = 0, max = 1_000_000)
        @Nullable Double everySeconds,
    @Doc("How many of the latest checkpoints stay, the best one not counted")
        @Default("3")
        @Range(min = 1, max = 10_000)
        int keep) {}

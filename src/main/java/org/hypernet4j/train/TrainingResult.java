// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import org.jspecify.annotations.Nullable;

/**
 * The result of a training.
 *
 * @param step steps done, those before a resume included
 * @param stepsNow steps done by this process
 * @param seconds wall time of the loop, evaluations included
 * @param clock measured times of the steps
 * @param best the best evaluation, or null if none was made
 * @param stopReason reason for stopping before the last step, or null
 */
public record TrainingResult(
    long step,
    long stepsNow,
    double seconds,
    TrainingClock clock,
    @Nullable Evaluation best,
    @Nullable String stopReason) {}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import org.jspecify.annotations.Nullable;

/**
 * How a training ended.
 *
 * @param step steps done, those before a resume included
 * @param stepsNow steps done by this process
 * @param seconds wall time of the loop, evaluations included
 * @param clock where the step time went
 * @param best the best evaluation, or null if none was made
 * @param stopReason why it stopped before its last step, or null
 */
public record TrainingResult(
    long step,
    long stepsNow,
    double seconds,
    TrainingClock clock,
    @Nullable Evaluation best,
    @Nullable String stopReason) {}

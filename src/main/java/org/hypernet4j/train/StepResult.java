// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.util.Map;

/**
 * The result of one training step.
 *
 * @param step number of steps done, this one included
 * @param loss the training loss of the batch, before the update
 * @param gradientNorm global 2-norm of the gradients before clipping
 * @param learningRate the learning rate of this step
 * @param metrics the task's metrics of the batch
 * @param examples examples in the batch
 * @param stepNanos wall time of the step, waiting for data included
 * @param callNanos the part of it spent inside the call of TensorFlow
 * @param settled whether the session's parameters are those after this step. They are not if
 *     TensorFlow does several steps in one call: when any but the last is reported, the parameters
 *     are already some steps ahead
 */
public record StepResult(
    long step,
    float loss,
    float gradientNorm,
    double learningRate,
    Map<String, Float> metrics,
    int examples,
    long stepNanos,
    long callNanos,
    boolean settled) {}

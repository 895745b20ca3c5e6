// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.util.List;

/**
 * Measures where the time of a training is spent. The first call, of one step or several, is
 * counted separately: TensorFlow optimises the graph in it.
 */
public final class TrainingClock {
  private long firstStepNanos;
  private long steps;
  private long stepNanos;
  private long loopNanos;
  private long callNanos;
  private long examples;

  /**
   * Adds a call.
   *
   * @param call its steps, at least one
   * @param wholeNanos from before its batches were awaited until the last listener has returned
   */
  void add(List<StepResult> call, long wholeNanos) {
    if (firstStepNanos == 0) {
      firstStepNanos = call.stream().mapToLong(StepResult::stepNanos).sum();
      return;
    }
    loopNanos += wholeNanos;
    for (StepResult step : call) {
      steps++;
      stepNanos += step.stepNanos();
      callNanos += step.callNanos();
      examples += step.examples();
    }
  }

  /** Wall time of the first call, in milliseconds; 0 before it. */
  public double firstStepMillis() {
    return firstStepNanos / 1e6;
  }

  /** Mean wall time of a step after the first call, in milliseconds; 0 without one. */
  public double stepMillis() {
    return steps == 0 ? 0 : stepNanos / 1e6 / steps;
  }

  /**
   * The share of the loop's time outside the calls of TensorFlow, in percent: waiting for data,
   * feeding, fetching, and all that listeners do after a step, such as metrics, events, progress
   * and the checkpoints that are not due to an evaluation.
   *
   * <p>The first call is left out, and so are evaluations with what listeners do after them.
   */
  public double outsideCallPercent() {
    return loopNanos == 0 ? 0 : 100.0 * (loopNanos - callNanos) / loopNanos;
  }

  /** Training examples per second of step time. */
  public double examplesPerSecond() {
    return stepNanos == 0 ? 0 : examples * 1e9 / stepNanos;
  }
}

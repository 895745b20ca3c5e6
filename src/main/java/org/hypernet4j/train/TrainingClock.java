package org.hypernet4j.train;

import java.util.List;

/**
 * Where the time of a training goes. The first run, of one step or several, is kept apart:
 * TensorFlow optimises the graph in it.
 */
public final class TrainingClock {
  private long firstStepNanos;
  private long steps;
  private long stepNanos;
  private long loopNanos;
  private long runNanos;
  private long examples;

  /**
   * Adds a run.
   *
   * @param run its steps, at least one
   * @param wholeNanos from before its batches were awaited until the last listener had heard of it
   */
  void add(List<StepResult> run, long wholeNanos) {
    if (firstStepNanos == 0) {
      firstStepNanos = run.stream().mapToLong(StepResult::stepNanos).sum();
      return;
    }
    loopNanos += wholeNanos;
    for (StepResult step : run) {
      steps++;
      stepNanos += step.stepNanos();
      runNanos += step.runNanos();
      examples += step.examples();
    }
  }

  /** Wall time of the first run, in milliseconds; 0 before it. */
  public double firstStepMillis() {
    return firstStepNanos / 1e6;
  }

  /** Mean wall time of a step after the first run, in milliseconds; 0 without one. */
  public double stepMillis() {
    return steps == 0 ? 0 : stepNanos / 1e6 / steps;
  }

  /**
   * The share of the loop's time outside {@code Session.run} of the step, in percent: waiting for
   * data, feeding, fetching, and all that listeners do after a step, such as metrics, events,
   * progress and the checkpoints that are not due to an evaluation.
   *
   * <p>The first run is left out, and so are evaluations with what listeners do after them.
   */
  public double outsideRunPercent() {
    return loopNanos == 0 ? 0 : 100.0 * (loopNanos - runNanos) / loopNanos;
  }

  /** Training examples per second of step time. */
  public double examplesPerSecond() {
    return stepNanos == 0 ? 0 : examples * 1e9 / stepNanos;
  }
}

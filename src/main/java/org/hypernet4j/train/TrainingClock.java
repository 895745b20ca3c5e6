package org.hypernet4j.train;

/**
 * Where the time of a training goes. The first step is kept apart: TensorFlow optimises the graph
 * in it.
 */
public final class TrainingClock {
  private long firstStepNanos;
  private long steps;
  private long stepNanos;
  private long loopNanos;
  private long runNanos;
  private long examples;

  /**
   * Adds a step.
   *
   * @param wholeNanos from before its batch was awaited until the last listener had heard of it
   */
  void add(StepResult step, long wholeNanos) {
    if (firstStepNanos == 0) {
      firstStepNanos = step.stepNanos();
      return;
    }
    steps++;
    stepNanos += step.stepNanos();
    loopNanos += wholeNanos;
    runNanos += step.runNanos();
    examples += step.examples();
  }

  /** Wall time of the first step, in milliseconds; 0 before it. */
  public double firstStepMillis() {
    return firstStepNanos / 1e6;
  }

  /** Mean wall time of a step after the first, in milliseconds; 0 with fewer than two steps. */
  public double stepMillis() {
    return steps == 0 ? 0 : stepNanos / 1e6 / steps;
  }

  /**
   * The share of the loop's time outside {@code Session.run} of the step, in percent: waiting for
   * data, feeding, fetching, and all that listeners do after a step, such as metrics, events,
   * progress and the checkpoints that are not due to an evaluation.
   *
   * <p>The first step is left out, and so are evaluations with what listeners do after them.
   */
  public double outsideRunPercent() {
    return loopNanos == 0 ? 0 : 100.0 * (loopNanos - runNanos) / loopNanos;
  }

  /** Training examples per second of step time. */
  public double examplesPerSecond() {
    return stepNanos == 0 ? 0 : examples * 1e9 / stepNanos;
  }
}

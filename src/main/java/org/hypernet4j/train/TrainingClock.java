package org.hypernet4j.train;

/**
 * Where the time of a training goes. The first step is kept apart: TensorFlow optimises the graph
 * in it.
 */
public final class TrainingClock {
  private long firstStepNanos;
  private long steps;
  private long stepNanos;
  private long runNanos;
  private long examples;

  void add(StepResult step) {
    if (firstStepNanos == 0) {
      firstStepNanos = step.stepNanos();
      return;
    }
    steps++;
    stepNanos += step.stepNanos();
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

  /** The share of step time outside {@code Session.run}, in percent: data, feeding, fetching. */
  public double outsideRunPercent() {
    return stepNanos == 0 ? 0 : 100.0 * (stepNanos - runNanos) / stepNanos;
  }

  /** Training examples per second of step time. */
  public double examplesPerSecond() {
    return stepNanos == 0 ? 0 : examples * 1e9 / stepNanos;
  }
}

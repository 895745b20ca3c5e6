// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Progress as plain lines, for logs and pipes: at most one every few seconds, and evaluations. */
public final class PlainProgress implements TrainingListener {
  private static final long INTERVAL_NANOS = 5_000_000_000L;

  private final PrintStream out;
  private long lastNanos = System.nanoTime();

  /** Prints to the given stream. */
  public PlainProgress(PrintStream out) {
    this.out = out;
  }

  @Override
  public void onStep(TrainingState training, StepResult step) {
    long now = System.nanoTime();
    if (now - lastNanos >= INTERVAL_NANOS) {
      lastNanos = now;
      out.printf(
          Locale.ROOT,
          "step %d/%d  %s  %.1f ms/step%n",
          step.step(),
          training.totalSteps(),
          describe(step),
          step.stepNanos() / 1e6);
    }
  }

  @Override
  public void onEvaluation(TrainingState training, Evaluation evaluation) {
    out.printf(
        Locale.ROOT,
        "step %d/%d  validation %s%s%n",
        evaluation.step(),
        training.totalSteps(),
        describe(evaluation.metrics()),
        training.isBest() ? "  (best so far)" : "");
  }

  /** Loss and metrics of a step, formatted as by {@link #describe(Map)}. */
  public static String describe(StepResult step) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("loss", (double) step.loss());
    step.metrics().forEach((name, value) -> metrics.put(name, (double) value));
    return describe(metrics);
  }

  /** Human-readable metrics: {@code loss 0.0712, error 2.10 %}. */
  public static String describe(Map<String, Double> metrics) {
    StringBuilder text = new StringBuilder();
    metrics.forEach(
        (name, value) ->
            text.append(text.isEmpty() ? "" : ", ")
                .append(
                    name.endsWith("rror")
                        ? String.format(Locale.ROOT, "%s %.2f %%", name, 100 * value)
                        : String.format(Locale.ROOT, "%s %.4f", name, value)));
    return text.toString();
  }
}

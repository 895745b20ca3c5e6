// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.util.function.Supplier;
import org.hypernet4j.error.UserError;

/**
 * Ends a training when its loss, its gradient or a metric of an evaluation is NaN or infinite.
 *
 * <p>It must come before the listener that writes checkpoints. The gradient is checked too: with a
 * finite loss and an infinite gradient the update has already spoilt the parameters, and a
 * checkpoint of this step would be worthless.
 */
public final class DivergenceGuard implements TrainingListener {
  private final Supplier<String> lastGood;

  /**
   * Sets up the guard.
   *
   * @param lastGood names the last good checkpoint, for the message
   */
  public DivergenceGuard(Supplier<String> lastGood) {
    this.lastGood = lastGood;
  }

  @Override
  public void onStep(TrainingState training, StepResult step) {
    boolean lossFine = Float.isFinite(step.loss());
    if (lossFine && Float.isFinite(step.gradientNorm())) {
      return;
    }
    throw diverged(
        "training step " + step.step(),
        "a finite loss and gradient",
        lossFine ? "gradient norm " + step.gradientNorm() : "loss " + step.loss(),
        lastGood.get());
  }

  @Override
  public void onEvaluation(TrainingState training, Evaluation evaluation) {
    evaluation
        .metrics()
        .forEach(
            (name, value) -> {
              if (!Double.isFinite(value)) {
                throw diverged(
                    "evaluation after step " + evaluation.step(),
                    "finite metrics",
                    name + " " + value,
                    lastGood.get());
              }
            });
  }

  static UserError diverged(String where, String expected, String received, String lastGood) {
    return UserError.in(where)
        .what("the training diverged")
        .expected(expected)
        .received(received)
        .next(
            "lower the learning rate or clip the gradient; the last good checkpoint is " + lastGood)
        .build();
  }
}

package org.hypernet4j.train;

import java.util.function.Supplier;
import org.hypernet4j.error.UserError;

/**
 * Ends a training whose loss or gradient is NaN or infinite.
 *
 * <p>It must come before the listener that writes checkpoints. The gradient is looked at too: with
 * a finite loss and an infinite gradient the update has already spoilt the parameters, and a
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
  public void onStep(TrainingRun run, StepResult step) {
    boolean lossFine = Float.isFinite(step.loss());
    if (lossFine && Float.isFinite(step.gradientNorm())) {
      return;
    }
    throw UserError.in("training step " + step.step())
        .what("the training diverged")
        .expected("a finite loss and gradient")
        .received(lossFine ? "gradient norm " + step.gradientNorm() : "loss " + step.loss())
        .next(
            "lower the learning rate or clip the gradient; the last good checkpoint is "
                + lastGood.get())
        .build();
  }
}

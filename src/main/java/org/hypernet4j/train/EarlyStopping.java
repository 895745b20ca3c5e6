// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

/** Ends a training that no longer improves on the validation data. */
public final class EarlyStopping implements TrainingListener {
  private final int patience;

  /**
   * Sets the patience.
   *
   * @param patience evaluations without a new best after which training stops
   */
  public EarlyStopping(int patience) {
    if (patience < 1) {
      throw new IllegalArgumentException("patience must be positive, got " + patience);
    }
    this.patience = patience;
  }

  @Override
  public void onStart(TrainingState training) {
    // A run that was stopped for this reason and is resumed has no more patience than before.
    stopIfUsedUp(training);
  }

  @Override
  public void onEvaluation(TrainingState training, Evaluation evaluation) {
    stopIfUsedUp(training);
  }

  private void stopIfUsedUp(TrainingState training) {
    if (training.evaluationsSinceBest() >= patience) {
      training.requestStop("no better for " + patience + " evaluations");
    }
  }
}

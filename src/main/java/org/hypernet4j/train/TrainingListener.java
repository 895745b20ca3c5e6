// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

/**
 * An observer of the training loop. Listeners are called in the order in which they were given, on
 * the training thread; an exception of one ends the training.
 */
public interface TrainingListener {
  /** Called before the first step. */
  default void onStart(TrainingState training) {}

  /**
   * Called after every step. If TensorFlow does several steps in one call, this is called for each
   * of them when all are done: {@link StepResult#settled()} reports whether the parameters are
   * those of the step.
   */
  default void onStep(TrainingState training, StepResult step) {}

  /**
   * The next step after a given one whose parameters this listener must see. No call of several
   * steps goes past it.
   */
  default long nextLook(long step) {
    return Long.MAX_VALUE;
  }

  /** Called after every evaluation; {@link TrainingState#isBest()} is true for the best so far. */
  default void onEvaluation(TrainingState training, Evaluation evaluation) {}

  /**
   * Called once at the end, also after a failure, even of {@link #onStart} of this or another
   * listener. {@link TrainingState#failed()} reports a failure; an exception thrown here does not
   * hide an earlier one.
   */
  default void onEnd(TrainingState training) {}
}

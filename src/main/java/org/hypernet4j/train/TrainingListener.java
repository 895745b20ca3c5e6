// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

/**
 * Something that happens beside the training loop. Listeners are called in the order in which they
 * were given, on the training thread; what one throws ends the training.
 */
public interface TrainingListener {
  /** Before the first step. */
  default void onStart(TrainingState training) {}

  /**
   * After every step. Where TensorFlow does several steps in a call this is called for each of them
   * when all are done: {@link StepResult#settled()} tells whether the parameters are those of the
   * step.
   */
  default void onStep(TrainingState training, StepResult step) {}

  /**
   * The next step after a given one at which this listener must see the parameters as they are
   * then. No call of several steps goes beyond it.
   */
  default long nextLook(long step) {
    return Long.MAX_VALUE;
  }

  /** After every evaluation; {@link TrainingState#isBest()} tells whether it is the best so far. */
  default void onEvaluation(TrainingState training, Evaluation evaluation) {}

  /**
   * Once at the end, also after a failure, even of {@link #onStart} of this or another listener.
   * {@link TrainingState#failed()} tells; what is thrown here does not hide an earlier exception.
   */
  default void onEnd(TrainingState training) {}
}

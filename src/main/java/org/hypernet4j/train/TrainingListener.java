package org.hypernet4j.train;

/**
 * Something that happens beside the training loop. Listeners are called in the order in which they
 * were given, on the training thread; what one throws ends the training.
 */
public interface TrainingListener {
  /** Before the first step. */
  default void onStart(TrainingRun run) {}

  /**
   * After every step. Where TensorFlow does several steps in a call this is called for each of them
   * when all are done: {@link StepResult#settled()} tells whether the parameters are those of the
   * step.
   */
  default void onStep(TrainingRun run, StepResult step) {}

  /**
   * The next step after a given one at which this listener must see the parameters as they are
   * then. No call of several steps goes beyond it.
   */
  default long nextLook(long step) {
    return Long.MAX_VALUE;
  }

  /** After every evaluation; {@link TrainingRun#isBest()} tells whether it is the best so far. */
  default void onEvaluation(TrainingRun run, Evaluation evaluation) {}

  /**
   * Once at the end, also after a failure, even of {@link #onStart} of this or another listener.
   * {@link TrainingRun#failed()} tells; what is thrown here does not hide an earlier exception.
   */
  default void onEnd(TrainingRun run) {}
}

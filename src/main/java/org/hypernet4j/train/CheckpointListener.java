// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.util.OptionalLong;
import java.util.function.Function;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.checkpoint.CheckpointFolder;
import org.jspecify.annotations.Nullable;

/**
 * Writes checkpoints: after every evaluation, every so many steps or seconds, at the best
 * evaluation under its own name, and when the training ends early.
 *
 * <p>It must come last in the list: if another listener throws, nothing is written. A step with an
 * evaluation is written only after it, and parameters that are NaN or infinite never are, so that a
 * diverging training leaves the last good checkpoint on the disk.
 */
public final class CheckpointListener implements TrainingListener {
  private final CheckpointFolder folder;
  private final Function<TrainingState, Checkpoint> capture;
  private final @Nullable Integer everySteps;
  private final @Nullable Double everySeconds;
  private long savedStep = -1;
  private long seenStep = -1;
  private long savedNanos = System.nanoTime();

  /**
   * Sets up the listener.
   *
   * @param capture captures a checkpoint of the running training
   * @param everySteps steps between checkpoints, or null
   * @param everySeconds seconds between checkpoints, or null
   */
  public CheckpointListener(
      CheckpointFolder folder,
      Function<TrainingState, Checkpoint> capture,
      @Nullable Integer everySteps,
      @Nullable Double everySeconds) {
    this.folder = folder;
    this.capture = capture;
    this.everySteps = everySteps;
    this.everySeconds = everySeconds;
  }

  @Override
  public void onStart(TrainingState training) {
    savedStep = training.step();
    savedNanos = System.nanoTime();
  }

  @Override
  public long nextLook(long step) {
    return everySteps == null ? Long.MAX_VALUE : (step / everySteps + 1) * everySteps;
  }

  @Override
  public void onStep(TrainingState training, StepResult step) {
    if (training.evaluationDue()) {
      return; // onEvaluation saves it, unless the evaluation shows that it is worthless
    }
    if (!step.settled()) {
      return; // the session is some steps ahead
    }
    seenStep = step.step();
    boolean bySteps = everySteps != null && step.step() % everySteps == 0;
    boolean byTime = everySeconds != null && (System.nanoTime() - savedNanos) / 1e9 >= everySeconds;
    if (bySteps || byTime || training.stopReason() != null) {
      save(training, false);
    }
  }

  @Override
  public void onEvaluation(TrainingState training, Evaluation evaluation) {
    seenStep = training.step();
    savedStep = -1; // the state has changed even if the step has not
    save(training, training.isBest());
  }

  @Override
  public void onEnd(TrainingState training) {
    // A signal may come after onStep. After a failure the parameters may be half updated.
    if (!training.failed() && training.stopReason() != null && seenStep == training.step()) {
      save(training, false);
    }
  }

  private void save(TrainingState training, boolean best) {
    if (training.step() == savedStep) {
      return;
    }
    Checkpoint checkpoint = capture.apply(training);
    requireFinite(checkpoint, training);
    if (best) {
      folder.saveBest(checkpoint);
    }
    folder.save(checkpoint);
    training.checkpointWritten(training.step());
    savedStep = training.step();
    savedNanos = System.nanoTime();
  }

  private static void requireFinite(Checkpoint checkpoint, TrainingState training) {
    checkpoint
        .values()
        .forEach(
            (name, array) -> {
              for (float value : array.floats()) {
                if (!Float.isFinite(value)) {
                  OptionalLong last = training.checkpointStep();
                  throw DivergenceGuard.diverged(
                      "training step " + checkpoint.step(),
                      "finite parameters",
                      value + " in " + name,
                      last.isPresent() ? "of step " + last.getAsLong() : "none");
                }
              }
            });
  }
}

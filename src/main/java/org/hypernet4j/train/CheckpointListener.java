package org.hypernet4j.train;

import java.util.function.Function;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.checkpoint.CheckpointFolder;
import org.jspecify.annotations.Nullable;

/**
 * Writes checkpoints: after every evaluation, every so many steps or seconds, at the best
 * evaluation under its own name, and when the training ends before its time.
 */
public final class CheckpointListener implements TrainingListener {
  private final CheckpointFolder folder;
  private final Function<TrainingRun, Checkpoint> capture;
  private final @Nullable Integer everySteps;
  private final @Nullable Double everySeconds;
  private long savedStep = -1;
  private long seenStep = -1;
  private long savedNanos = System.nanoTime();

  /**
   * Sets up the listener.
   *
   * @param capture reads a checkpoint out of the running training
   * @param everySteps steps between checkpoints, or null
   * @param everySeconds seconds between checkpoints, or null
   */
  public CheckpointListener(
      CheckpointFolder folder,
      Function<TrainingRun, Checkpoint> capture,
      @Nullable Integer everySteps,
      @Nullable Double everySeconds) {
    this.folder = folder;
    this.capture = capture;
    this.everySteps = everySteps;
    this.everySeconds = everySeconds;
  }

  @Override
  public void onStart(TrainingRun run) {
    savedStep = run.step();
    savedNanos = System.nanoTime();
  }

  @Override
  public void onStep(TrainingRun run, StepResult step) {
    seenStep = step.step();
    boolean bySteps = everySteps != null && step.step() % everySteps == 0;
    boolean byTime = everySeconds != null && (System.nanoTime() - savedNanos) / 1e9 >= everySeconds;
    if (bySteps || byTime || run.stopReason() != null) {
      save(run, false);
    }
  }

  @Override
  public void onEvaluation(TrainingRun run, Evaluation evaluation) {
    savedStep = -1; // the state has changed even if the step has not
    save(run, run.isBest());
  }

  @Override
  public void onEnd(TrainingRun run) {
    // A signal may come after onStep. A step that diverged never got as far as this listener.
    if (run.stopReason() != null && seenStep == run.step()) {
      save(run, false);
    }
  }

  private void save(TrainingRun run, boolean best) {
    if (run.step() == savedStep) {
      return;
    }
    Checkpoint checkpoint = capture.apply(run);
    if (best) {
      folder.saveBest(checkpoint);
    }
    folder.save(checkpoint);
    savedStep = run.step();
    savedNanos = System.nanoTime();
  }
}

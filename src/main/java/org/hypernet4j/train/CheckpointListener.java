package org.hypernet4j.train;

import java.util.OptionalLong;
import java.util.function.Function;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.checkpoint.CheckpointFolder;
import org.jspecify.annotations.Nullable;

/**
 * Writes checkpoints: after every evaluation, every so many steps or seconds, at the best
 * evaluation under its own name, and when the training ends before its time.
 *
 * <p>It must come last in the list: where another listener throws, nothing is written. What is
 * evaluated is written after its evaluation only, and parameters that are NaN or infinite never
 * are, so that a training that diverges leaves the last good checkpoint on the disk.
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
  public long nextLook(long step) {
    return everySteps == null ? Long.MAX_VALUE : (step / everySteps + 1) * everySteps;
  }

  @Override
  public void onStep(TrainingRun run, StepResult step) {
    if (run.evaluationDue()) {
      return; // onEvaluation saves it, unless the evaluation shows that it is worthless
    }
    if (!step.settled()) {
      return; // the session is some steps ahead
    }
    seenStep = step.step();
    boolean bySteps = everySteps != null && step.step() % everySteps == 0;
    boolean byTime = everySeconds != null && (System.nanoTime() - savedNanos) / 1e9 >= everySeconds;
    if (bySteps || byTime || run.stopReason() != null) {
      save(run, false);
    }
  }

  @Override
  public void onEvaluation(TrainingRun run, Evaluation evaluation) {
    seenStep = run.step();
    savedStep = -1; // the state has changed even if the step has not
    save(run, run.isBest());
  }

  @Override
  public void onEnd(TrainingRun run) {
    // A signal may come after onStep. After a failure the parameters may be half updated.
    if (!run.failed() && run.stopReason() != null && seenStep == run.step()) {
      save(run, false);
    }
  }

  private void save(TrainingRun run, boolean best) {
    if (run.step() == savedStep) {
      return;
    }
    Checkpoint checkpoint = capture.apply(run);
    requireFinite(checkpoint, run);
    if (best) {
      folder.saveBest(checkpoint);
    }
    folder.save(checkpoint);
    run.checkpointWritten(run.step());
    savedStep = run.step();
    savedNanos = System.nanoTime();
  }

  private static void requireFinite(Checkpoint checkpoint, TrainingRun run) {
    checkpoint
        .values()
        .forEach(
            (name, array) -> {
              for (float value : array.floats()) {
                if (!Float.isFinite(value)) {
                  OptionalLong last = run.checkpointStep();
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

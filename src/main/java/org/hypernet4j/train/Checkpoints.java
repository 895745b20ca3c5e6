// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.nio.file.Path;
import java.util.Optional;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.checkpoint.CheckpointFolder;
import org.hypernet4j.checkpoint.ParameterCheckpoint;
import org.hypernet4j.error.UserError;

/**
 * The checkpoints of a training: written after every evaluation and when it is stopped, and resumed
 * by the next training.
 *
 * <pre>{@code
 * Checkpoints<Examples> checkpoints = new Checkpoints<>(Path.of("runs/mine/checkpoints"), graph);
 * checkpoints.trainer(settings).fit(List.of(new PlainProgress(System.out), checkpoints)); // last
 * checkpoints.restoreBest();
 * }</pre>
 *
 * <p>A resumed training yields the parameters of one that was never stopped, in a deterministic
 * session to the last bit. One process at a time may train into a folder.
 */
public final class Checkpoints<B> implements TrainingListener {
  private static final int KEPT = 3;
  // the model is code here, not a specification
  private static final String NO_SPECIFICATION = "{}";

  private final CheckpointFolder folder;
  private final TrainingGraph<B> graph;
  private final CheckpointListener writer;

  /**
   * Describes the checkpoints of a graph; nothing is read or written yet.
   *
   * @param folder created by the first checkpoint; holds the newest three and the best
   */
  public Checkpoints(Path folder, TrainingGraph<B> graph) {
    this.folder = new CheckpointFolder(folder, KEPT);
    this.graph = graph;
    this.writer = new CheckpointListener(this.folder, this::capture, null, null);
  }

  private Checkpoint capture(TrainingState training) {
    return ParameterCheckpoint.capture(
        training.session(),
        training.store(),
        training.step(),
        NO_SPECIFICATION,
        graph.task().fingerprint(),
        training.toJson());
  }

  /**
   * A trainer that continues from the newest checkpoint, whose values are in the session
   * afterwards; without a checkpoint, a trainer that starts at step 0.
   *
   * @throws UserError if the checkpoint belongs to other data, another seed or another model
   */
  public Trainer<B> trainer(Trainer.Settings settings) {
    Optional<Checkpoint> newest = folder.latest();
    if (newest.isEmpty()) {
      return new Trainer<>(graph, settings);
    }
    restore(newest.get());
    return Trainer.resume(graph, settings, newest.get().step(), newest.get().state());
  }

  /**
   * Assigns the values of the newest checkpoint, optimizer slots included.
   *
   * @return its step; 0 without a checkpoint, when nothing changes
   * @throws UserError as {@link #trainer}
   */
  public long restoreNewest() {
    Optional<Checkpoint> newest = folder.latest();
    newest.ifPresent(this::restore);
    return newest.map(Checkpoint::step).orElse(0L);
  }

  /**
   * Assigns the model's parameters of the best evaluation; optimizer slots stay unchanged.
   *
   * @return its step
   * @throws UserError if there was no evaluation yet, or as {@link #trainer}
   */
  public long restoreBest() {
    Checkpoint best =
        folder
            .best()
            .orElseThrow(
                () ->
                    UserError.in(folder.folder())
                        .what("there is no best checkpoint")
                        .expected("a training with at least one evaluation")
                        .received("none")
                        .next("train first")
                        .build());
    requireSame(best);
    ParameterCheckpoint.restoreModelOnly(graph.session(), graph.store(), best);
    return best.step();
  }

  private void restore(Checkpoint checkpoint) {
    requireSame(checkpoint);
    ParameterCheckpoint.restore(graph.session(), graph.store(), checkpoint);
  }

  private void requireSame(Checkpoint checkpoint) {
    require("seed", graph.store().seed(), checkpoint.seed());
    String here = graph.task().fingerprint();
    String there = checkpoint.dataFingerprint();
    if (!here.startsWith(there + SupervisedTask.VALIDATION)) { // else it is of an earlier build
      require("data", here, there);
    }
  }

  /** Refuses to mix two trainings: the result would look like one training that went wrong. */
  private void require(String what, Object here, Object there) {
    if (!here.equals(there)) {
      throw UserError.in(folder.folder())
          .what("the checkpoints are those of another training: its " + what + " differs")
          .expected(here)
          .received(there)
          .next("choose another folder, or go on with the training that wrote them")
          .build();
    }
  }

  @Override
  public void onStart(TrainingState training) {
    writer.onStart(training);
  }

  @Override
  public void onStep(TrainingState training, StepResult step) {
    writer.onStep(training, step);
  }

  @Override
  public long nextLook(long step) {
    return writer.nextLook(step);
  }

  @Override
  public void onEvaluation(TrainingState training, Evaluation evaluation) {
    writer.onEvaluation(training, evaluation);
  }

  @Override
  public void onEnd(TrainingState training) {
    writer.onEnd(training);
  }
}

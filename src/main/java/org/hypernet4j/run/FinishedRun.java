// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import java.util.Map;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.Provenance;
import org.hypernet4j.json.SpecWriter;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.train.Evaluation;
import org.hypernet4j.train.TrainingState;

/** The folder of a run that was trained earlier, and the checkpoint of its best evaluation. */
public abstract class FinishedRun {
  private final RunFolder folder;
  private final ExperimentSpec spec;
  private final Checkpoint best;

  /**
   * Reads the checkpoint.
   *
   * @throws UserError if there is none
   */
  protected FinishedRun(RunFolder folder, ExperimentSpec spec) {
    this.folder = folder;
    this.spec = spec;
    this.best =
        folder
            .checkpoints(1)
            .best()
            .orElseThrow(
                () ->
                    UserError.in(folder.path())
                        .what("has no best checkpoint yet")
                        .next("train until the first evaluation")
                        .build());
    BoundCheckpoint.require(folder, spec, best, "best checkpoint");
  }

  /** The folder. */
  public RunFolder folder() {
    return folder;
  }

  /** The specification of the run. */
  public ExperimentSpec specification() {
    return spec;
  }

  /** The step of the best evaluation. */
  public long bestStep() {
    return best.step();
  }

  /** The parameters of the best evaluation, in a session of their own. */
  public abstract TrainedModel best();

  /**
   * Draws the best model.
   *
   * @throws UserError if an option does not apply to it, or the folder cannot be written
   */
  public abstract Drawing draw(DrawOptions options);

  /** The best evaluation's checkpoint. */
  protected final Checkpoint checkpoint() {
    return best;
  }

  /**
   * As {@link #provenance()}, with the metrics of the test data.
   *
   * @param test metrics by name
   */
  public Provenance provenance(Map<String, Double> test) {
    return provenance().withTest(test);
  }

  /**
   * The entry of this run in an exported model's manifest; {@code validation} holds the metrics of
   * the best evaluation, {@code test} those that the training's end has recorded.
   */
  public Provenance provenance() {
    Provenance known =
        Provenance.UNKNOWN
            .withSpecification(SpecWriter.toTree(spec))
            .withDataFingerprint(best.dataFingerprint())
            .withSeed(spec.training().seed())
            .withStep(best.step())
            .withImported(ImportOrigin.read(folder));
    Evaluation evaluation = TrainingState.best(best.step(), best.state());
    if (evaluation != null) {
      known = known.withValidation(evaluation.metrics());
    }
    RunRecord record = RunRecord.read(folder).orElse(null);
    return record != null && record.bestStep() == best.step()
        ? known.withTest(record.test())
        : known;
  }
}

package org.hypernet4j.experiment;

import com.google.gson.JsonObject;
import java.util.Map;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.error.UserError;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecWriter;
import org.jspecify.annotations.Nullable;

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

  /** What was trained. */
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
   * The same with what was measured on the test images.
   *
   * @param test metrics by name
   */
  public JsonObject provenance(Map<String, Double> test) {
    JsonObject json = provenance();
    JsonObject metrics = new JsonObject();
    test.forEach((name, value) -> metrics.addProperty(name, finiteOrNull(value)));
    json.add("test", metrics);
    return json;
  }

  /** JSON has no NaN. */
  private static @Nullable Double finiteOrNull(double value) {
    return Double.isFinite(value) ? value : null;
  }

  /**
   * What an exported model's manifest says of this run; {@code validation} holds the metrics of the
   * best evaluation.
   */
  public JsonObject provenance() {
    JsonObject json = new JsonObject();
    json.add("specification", SpecWriter.toTree(spec));
    json.addProperty("dataFingerprint", best.dataFingerprint());
    json.addProperty("seed", spec.training().seed());
    json.addProperty("step", best.step());
    if (best.state().get("best") instanceof JsonObject evaluation) {
      json.add("validation", evaluation.get("metrics"));
    }
    JsonObject origin = ImportOrigin.read(folder);
    if (origin != null) {
      json.add("import", origin);
    }
    return json;
  }
}

package org.hypernet4j.experiment;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.Map;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.error.UserError;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.LanguageModelSpec;
import org.hypernet4j.spec.SpecWriter;
import org.jspecify.annotations.Nullable;

/** The folder of a run that was trained earlier, and the checkpoint of its best evaluation. */
public abstract sealed class FinishedRun permits ImageRun, LanguageRun {
  private final RunFolder folder;
  private final ExperimentSpec spec;
  private final Checkpoint best;

  FinishedRun(RunFolder folder, ExperimentSpec spec) {
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

  /**
   * Opens a run of any kind.
   *
   * @throws UserError if the folder holds no run, or none with a best checkpoint
   */
  public static FinishedRun open(Path path) {
    RunFolder folder = RunFolder.existing(path);
    ExperimentSpec spec = folder.specification();
    return spec.model() instanceof LanguageModelSpec
        ? new LanguageRun(folder, spec)
        : new ImageRun(folder, spec);
  }

  /** The run as the kind that a command can use. */
  static <R extends FinishedRun> R open(Path path, Class<R> kind, String wanted) {
    FinishedRun run = open(path);
    if (!kind.isInstance(run)) {
      throw UserError.in(path)
          .what("the run is not that of " + wanted)
          .expected(wanted)
          .received("'" + run.specification().name() + "', " + run.kind())
          .next("give the folder of another run")
          .build();
    }
    return kind.cast(run);
  }

  /** What kind of model it is, for people. */
  abstract String kind();

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

  /** The best evaluation's checkpoint. */
  Checkpoint checkpoint() {
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
    JsonObject origin = ImportedRun.origin(folder);
    if (origin != null) {
      json.add("import", origin);
    }
    return json;
  }
}

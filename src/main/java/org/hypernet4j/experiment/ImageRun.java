package org.hypernet4j.experiment;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.Map;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.data.Mnist;
import org.hypernet4j.error.UserError;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.MnistDataSpec;
import org.hypernet4j.spec.SpecWriter;
import org.jspecify.annotations.Nullable;

/** The folder of a run that was trained earlier, and the best model in it. */
public final class ImageRun {
  private final RunFolder folder;
  private final ExperimentSpec spec;
  private final Checkpoint best;

  private ImageRun(RunFolder folder) {
    this.folder = folder;
    this.spec = folder.specification();
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
  }

  /**
   * Opens a run.
   *
   * @throws UserError if the folder holds no run, or none with a best checkpoint
   */
  public static ImageRun open(Path path) {
    return new ImageRun(RunFolder.existing(path));
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
  public TrainedClassifier best() {
    return TrainedClassifier.open(spec, best);
  }

  /**
   * Test images, as inputs of reference cases.
   *
   * @param data the user's folder, or null for the built-in sample
   */
  public LabeledImages testImages(@Nullable Path data) {
    if (data == null && spec.data() instanceof MnistDataSpec) {
      // whatever the run keeps for validation, one image of the sample is enough to cut it
      return Mnist.builtin(1).test();
    }
    return ImageDatasets.load(spec.data(), data).test();
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
    return json;
  }
}

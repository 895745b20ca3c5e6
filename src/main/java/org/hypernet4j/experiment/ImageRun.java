package org.hypernet4j.experiment;

import java.nio.file.Path;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.error.UserError;
import org.hypernet4j.spec.ExperimentSpec;
import org.jspecify.annotations.Nullable;

/** The run of an image classifier, and the best model in it. */
public final class ImageRun extends FinishedRun {
  private static final String KIND = "an image classifier";

  ImageRun(RunFolder folder, ExperimentSpec spec) {
    super(folder, spec);
  }

  /**
   * Opens a run.
   *
   * @throws UserError if the folder holds no run, none with a best checkpoint, or that of another
   *     kind of model
   */
  public static ImageRun open(Path path) {
    return open(path, ImageRun.class, KIND);
  }

  @Override
  String kind() {
    return KIND;
  }

  /** The parameters of the best evaluation, in a session of their own. */
  public TrainedClassifier best() {
    return TrainedClassifier.open(specification(), checkpoint());
  }

  /**
   * Test images, as inputs of reference cases.
   *
   * @param data the user's folder, or null for the built-in sample
   */
  public LabeledImages testImages(@Nullable Path data) {
    return ImageDatasets.test(specification().data(), data);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.image;

import java.nio.file.Path;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.run.DrawOptions;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.run.FinishedRun;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.spec.ExperimentSpec;

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
    RunFolder folder = RunFolder.existing(path);
    ExperimentSpec spec = folder.specification();
    new ImageFamily().require(path, spec, KIND);
    return new ImageRun(folder, spec);
  }

  @Override
  public TrainedClassifier best() {
    return TrainedClassifier.open(specification(), checkpoint());
  }

  /** Draws the kernels, and the embeddings of their layers as points of a plane. */
  @Override
  public Drawing draw(DrawOptions options) {
    if (options.text() != null || options.textFile() != null) {
      throw UserError.in(Setting.of("text"))
          .what("the run is that of a classifier of images, which reads no text")
          .next("leave it out")
          .build();
    }
    try (TrainedClassifier best = best()) {
      return best.pictures().draw(specification().name(), options.folder());
    }
  }
}

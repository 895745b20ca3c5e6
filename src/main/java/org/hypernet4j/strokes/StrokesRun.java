// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import java.nio.file.Path;
import org.hypernet4j.data.StrokeScaling;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.run.DrawOptions;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.run.FinishedRun;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.spec.ExperimentSpec;

/** The run of a model of strokes, and the best model in it. */
public final class StrokesRun extends FinishedRun {
  /** The key of the scaling in a checkpoint's state. */
  public static final String SCALING = "scaling";

  private static final String KIND = "a model of pen strokes";

  private final StrokeScaling scaling;

  StrokesRun(RunFolder folder, ExperimentSpec spec) {
    super(folder, spec);
    scaling =
        StrokeScaling.fromJson(
            checkpoint().state().get(SCALING),
            "best checkpoint in " + folder.path() + ", " + SCALING);
  }

  /**
   * Opens a run.
   *
   * @throws org.hypernet4j.error.UserError if the folder holds no run, none with a best checkpoint,
   *     or that of another kind of model
   */
  public static StrokesRun open(Path path) {
    RunFolder folder = RunFolder.existing(path);
    ExperimentSpec spec = folder.specification();
    new StrokesFamily().require(path, spec, KIND);
    return new StrokesRun(folder, spec);
  }

  /** The units of the model. */
  public StrokeScaling scaling() {
    return scaling;
  }

  @Override
  public TrainedStrokes best() {
    return TrainedStrokes.open(specification(), checkpoint(), scaling);
  }

  /** Draws some of the model's own drawings, and the change of its weights during one. */
  @Override
  public Drawing draw(DrawOptions options) {
    if (options.text() != null || options.textFile() != null) {
      throw UserError.in(Setting.of("text"))
          .what("the run is that of a model of pen strokes, which reads no text")
          .next("leave it out")
          .build();
    }
    try (TrainedStrokes best = best()) {
      return new SketchBook(StrokesModel.of(best), SketchSettings.DEFAULT.withData(options.data()))
          .draw(options.folder());
    }
  }
}

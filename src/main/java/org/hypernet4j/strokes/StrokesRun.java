// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import java.nio.file.Path;
import org.hypernet4j.data.StrokeScaling;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.run.DrawOptions;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.run.FinishedRun;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.spec.ExperimentSpec;
import org.jspecify.annotations.Nullable;

/** The run of a model of strokes, and the best model in it. */
public final class StrokesRun extends FinishedRun {
  /** The key of the scaling in a checkpoint's state. */
  public static final String SCALING = "scaling";

  private static final String KIND = "a model of pen strokes";

  /** The key of the characters of a model with a window in a checkpoint's state. */
  static final String VOCABULARY = "vocabulary";

  private final StrokeScaling scaling;
  private final @Nullable Vocabulary vocabulary;

  StrokesRun(RunFolder folder, ExperimentSpec spec) {
    super(folder, spec);
    scaling =
        StrokeScaling.fromJson(
            checkpoint().state().get(SCALING),
            "best checkpoint in " + folder.path() + ", " + SCALING);
    vocabulary =
        StrokesTask.model(spec.model()).window() == null
            ? null
            : Vocabulary.fromJson(
                checkpoint().state().get(VOCABULARY),
                "best checkpoint in " + folder.path() + ", " + VOCABULARY);
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

  /** The characters of a model with a window, else null. */
  public @Nullable Vocabulary vocabulary() {
    return vocabulary;
  }

  @Override
  public TrainedStrokes best() {
    return TrainedStrokes.open(specification(), checkpoint(), scaling, vocabulary);
  }

  /** Draws some of the model's own drawings, and the change of its weights during one. */
  @Override
  public Drawing draw(DrawOptions options) {
    if (options.textFile() != null || (options.text() != null && vocabulary == null)) {
      throw UserError.in(Setting.of(options.text() == null ? "text-file" : "text"))
          .what(
              vocabulary == null
                  ? "the run is that of a model of pen strokes, which reads no text"
                  : "a model of pen strokes writes a line, not a file")
          .next("leave it out")
          .build();
    }
    try (TrainedStrokes best = best()) {
      return new SketchBook(
              StrokesModel.of(best),
              SketchSettings.DEFAULT.withData(options.data()).withText(options.text(), null))
          .draw(options.folder());
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import java.nio.file.Path;
import org.hypernet4j.build.SpecModels;
import org.hypernet4j.data.TextPart;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.error.UserError;
import org.hypernet4j.run.DrawOptions;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.run.FinishedRun;
import org.hypernet4j.run.InferenceSession;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.spec.ExperimentSpec;
import org.jspecify.annotations.Nullable;

/** The run of a language model, and the best model in it. */
public final class LanguageRun extends FinishedRun {
  /** The key of the vocabulary in a checkpoint's state. */
  public static final String VOCABULARY = "vocabulary";

  private static final String KIND = "a language model";

  private final Vocabulary vocabulary;

  LanguageRun(RunFolder folder, ExperimentSpec spec) {
    super(folder, spec);
    vocabulary =
        Vocabulary.fromJson(
            checkpoint().state().get(VOCABULARY),
            "best checkpoint in " + folder.path() + ", " + VOCABULARY);
  }

  /**
   * Opens a run.
   *
   * @throws UserError if the folder holds no run, none with a best checkpoint, or that of another
   *     kind of model
   */
  public static LanguageRun open(Path path) {
    RunFolder folder = RunFolder.existing(path);
    ExperimentSpec spec = folder.specification();
    new LanguageFamily().require(path, spec, KIND);
    return new LanguageRun(folder, spec);
  }

  /** The symbols of the model. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /**
   * The validation part of the text that the run was trained on.
   *
   * @param data as for training: the user's copy of the data, or null for the built-in text
   * @throws UserError if the data are not where they should be
   */
  public TextPart validationText(@Nullable Path data) {
    return TextDatasets.read(specification().data(), data).validation();
  }

  @Override
  public TrainedLanguageModel best() {
    return TrainedLanguageModel.open(specification(), checkpoint(), vocabulary);
  }

  /**
   * The measurements of the best model in a graph of their own; null if its weights are constant.
   */
  @Nullable InferenceSession<TextProbe> probe() {
    InferenceSession<TextProbe> probe =
        InferenceSession.open(
            checkpoint(),
            store ->
                new TextProbe(
                    store.root().child("probe").tf(),
                    SpecModels.languageModel(
                        store.root(), LanguageModelTask.model(specification().model()))));
    if (probe.model().hasChanges()) {
      return probe;
    }
    probe.close();
    return null;
  }

  /** Draws the internal values of the model while it reads a text. */
  @Override
  public Drawing draw(DrawOptions options) {
    return new TextDrawing(this, options).draw();
  }
}

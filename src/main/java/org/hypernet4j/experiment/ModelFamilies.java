// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.experiment;

import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.conditioned.MemberFamily;
import org.hypernet4j.conditioned.continual.ContinualLearning;
import org.hypernet4j.conditioned.images.SineImages;
import org.hypernet4j.conditioned.pareto.ParetoFront;
import org.hypernet4j.conditioned.pruning.Pruning;
import org.hypernet4j.conditioned.response.BestResponse;
import org.hypernet4j.conditioned.rotation.Adapters;
import org.hypernet4j.conditioned.rotation.ZeroShot;
import org.hypernet4j.conditioned.uncertainty.Uncertainty;
import org.hypernet4j.error.UserError;
import org.hypernet4j.image.ImageFamily;
import org.hypernet4j.language.LanguageFamily;
import org.hypernet4j.run.Experiment;
import org.hypernet4j.run.FinishedRun;
import org.hypernet4j.run.ModelFamily;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.strokes.StrokesFamily;
import org.hypernet4j.translation.TranslationFamily;

/** All families of models: the one place that decides by the type of a specification. */
public final class ModelFamilies {
  /** A new family is one more line here. */
  private static final List<ModelFamily> ALL =
      List.of(
          new ImageFamily(),
          new LanguageFamily(),
          new StrokesFamily(),
          new TranslationFamily(),
          new MemberFamily<>(new SineImages()),
          new MemberFamily<>(new ContinualLearning()),
          new MemberFamily<>(new Uncertainty()),
          new MemberFamily<>(new ParetoFront()),
          new MemberFamily<>(new BestResponse()),
          new MemberFamily<>(new ZeroShot()),
          new MemberFamily<>(new Adapters()),
          new MemberFamily<>(new Pruning()));

  private ModelFamilies() {}

  /** All families. */
  static List<ModelFamily> all() {
    return ALL;
  }

  /** The family of an experiment's model. */
  public static ModelFamily of(ExperimentSpec spec) {
    return of(spec.model());
  }

  /** The family of a model. */
  public static ModelFamily of(ModelSpec model) {
    for (ModelFamily family : ALL) {
      if (family.has(model)) {
        return family;
      }
    }
    throw new IllegalArgumentException("A model of no family: " + model);
  }

  /**
   * Prepares the experiment for a specification's model.
   *
   * @throws UserError as {@link ModelFamily#prepare}
   */
  public static Experiment prepare(ExperimentSpec given, TrainOptions options) {
    return of(given).prepare(given, options);
  }

  /**
   * Opens a run of any kind.
   *
   * @throws UserError if the folder holds no run, or none with a best checkpoint
   */
  public static FinishedRun open(Path path) {
    RunFolder folder = RunFolder.existing(path);
    ExperimentSpec spec = folder.specification();
    return of(spec).finished(folder, spec);
  }
}

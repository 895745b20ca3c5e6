// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pruning;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.hypernet4j.conditioned.BakedMember;
import org.hypernet4j.conditioned.Functions;
import org.hypernet4j.conditioned.Member;
import org.hypernet4j.conditioned.OpenedMember;
import org.hypernet4j.data.ImageBatch;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.image.ImageDatasets;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.run.ComparedFigure;
import org.hypernet4j.run.DrawOptions;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.run.TestResult;
import org.hypernet4j.spec.ComparedWidthsSpec;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.spec.PruningSpec;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingTask;
import org.hypernet4j.train.TrainingTask.TrainingOps;
import org.jspecify.annotations.Nullable;

/** Nets of two widths, with weights made from the widths: see {@link PruningSpec}. */
public final class Pruning implements Member<PruningData> {
  private static final int[] REFERENCE_BATCHES = {1, 7, 32};

  static PruningSpec spec(ModelSpec model) {
    if (model instanceof PruningSpec pruning) {
      return pruning;
    }
    throw new IllegalArgumentException("No nets of two widths: " + model);
  }

  /** The widths for which plain nets are trained, and on which evaluations take their mean. */
  static List<Widths> compared(PruningSpec design) {
    return Widths.drawn(design.filters(), design.compared().pairs(), design.compared().seed());
  }

  @Override
  public Class<PruningSpec> model() {
    return PruningSpec.class;
  }

  @Override
  public PruningData load(ExperimentSpec spec, @Nullable Path folder) {
    return new PruningData(ImageDatasets.load(spec.data(), folder));
  }

  @Override
  public TrainingTask<?> task(ExperimentSpec spec, PruningData data) {
    return new PruningTask(spec, data.splits());
  }

  @Override
  public TrainingOps define(ExperimentSpec spec, ParameterStore store, StepInputs inputs) {
    return PruningTask.define(spec, store, inputs);
  }

  @Override
  public Functions build(ParameterStore store, ModelSpec model) {
    return new PruningModel(store.root(), spec(model)).functions(store.root());
  }

  @Override
  public List<ComparedFigure> comparedFigures() {
    return List.of(
        ComparedFigure.number("rankCorrelation", "rank correlation", 3),
        ComparedFigure.share("generatedError", "error, generated"),
        ComparedFigure.share("trainedError", "error, trained"));
  }

  @Override
  public Optional<String> measuring(ExperimentSpec spec) {
    ComparedWidthsSpec compared = spec(spec.model()).compared();
    return Optional.of(
        String.format(
            Locale.ROOT,
            "training plain nets of %d pairs of widths for %,d steps each, to compare with",
            compared.pairs(),
            compared.steps()));
  }

  /** Trains the nets of the compared widths that the run has no results of yet. */
  @Override
  public TestResult measure(OpenedMember model, PruningData data, double validation) {
    return new PruningMeasurement(model.spec(), data.splits(), model.folder().path())
        .measure(model, validation);
  }

  /** Test images, each with one of the compared widths. */
  @Override
  public List<ReferenceCase> references(OpenedMember model, @Nullable Path data) {
    LabeledImages test = ImageDatasets.test(model.spec().data(), data);
    List<Widths> pairs = compared(spec(model.spec().model()));
    List<ReferenceCase> cases = new ArrayList<>();
    for (int count : REFERENCE_BATCHES) {
      cases.add(
          model.reference(
              ServingSignature.DEFAULT_KEY,
              inputs(test, 0, count, i -> pairs.get(i % pairs.size()))));
    }
    return cases;
  }

  /** The inputs of the served function for some images. */
  static Map<String, NpyArray> inputs(
      LabeledImages images, int from, int count, IntFunction<Widths> widths) {
    LabeledImages some = images.slice(from, Math.min(from + count, images.count()));
    int[] numbers = new int[2 * some.count()];
    for (int i = 0; i < some.count(); i++) {
      System.arraycopy(widths.apply(from + i).numbers(), 0, numbers, 2 * i, 2);
    }
    return Map.of(
        PruningModel.IMAGE,
        Scores.scaled(some, new ImageBatch(some.pixels(), some.labels())),
        PruningModel.WIDTHS,
        NpyArray.of(numbers, some.count(), 2));
  }

  @Override
  public Map<String, NpyArray> example(ExperimentSpec spec, PruningData data, int i) {
    List<Widths> pairs = compared(spec(spec.model()));
    int image = i % data.splits().test().count();
    return inputs(data.splits().test(), image, 1, n -> pairs.get(n % pairs.size()));
  }

  @Override
  public String curve() {
    return "error";
  }

  @Override
  public Drawing draw(OpenedMember model, DrawOptions options) {
    return PruningPictures.draw(model, options.folder());
  }

  /**
   * The net of one pair of widths.
   *
   * @param condition the two widths, {@code 8,12}
   */
  @Override
  public BakedMember bake(OpenedMember model, String condition) {
    Widths widths = Widths.of(condition, spec(model.spec().model()).filters());
    return BakedNet.of(model, widths, ImageDatasets.test(model.spec().data(), null));
  }
}

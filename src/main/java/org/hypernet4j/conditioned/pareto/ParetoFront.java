// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pareto;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.hypernet4j.conditioned.BakedMember;
import org.hypernet4j.conditioned.Functions;
import org.hypernet4j.conditioned.Member;
import org.hypernet4j.conditioned.OpenedMember;
import org.hypernet4j.data.TwoDigits;
import org.hypernet4j.data.TwoDigitsBatch;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.picture.Chart;
import org.hypernet4j.run.ComparedFigure;
import org.hypernet4j.run.DrawOptions;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.run.TestResult;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.spec.ParetoModelSpec;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingTask;
import org.hypernet4j.train.TrainingTask.TrainingOps;
import org.jspecify.annotations.Nullable;

/** Networks for preferences between the losses of two digits: see {@link ParetoModelSpec}. */
public final class ParetoFront implements Member<ParetoData> {
  private static final int[] REFERENCE_BATCHES = {1, 7, 32};

  static ParetoModelSpec spec(ModelSpec model) {
    if (model instanceof ParetoModelSpec front) {
      return front;
    }
    throw new IllegalArgumentException("Not networks for preferences: " + model);
  }

  @Override
  public Class<ParetoModelSpec> model() {
    return ParetoModelSpec.class;
  }

  @Override
  public ParetoData load(ExperimentSpec spec, @Nullable Path folder) {
    return ParetoData.load(spec, folder);
  }

  @Override
  public TrainingTask<?> task(ExperimentSpec spec, ParetoData data) {
    return new ParetoTask(spec, data);
  }

  @Override
  public TrainingOps define(ExperimentSpec spec, ParameterStore store, StepInputs inputs) {
    return ParetoTask.define(spec, store, inputs).ops();
  }

  @Override
  public Functions build(ParameterStore store, ModelSpec model) {
    return new ParetoModel(store, spec(model)).functions();
  }

  @Override
  public TestResult measure(OpenedMember model, ParetoData data, double validation) {
    return FrontFigures.result(tested(model, data), validation, data.pictures().test().count());
  }

  /** The networks of the tested preferences on the test pictures. */
  static List<RayResult> tested(OpenedMember model, ParetoData data) {
    return RayResult.measure(
        inputs -> model.call(ParetoModel.ONE, inputs),
        data.pictures().test(),
        Preferences.rays(Preferences.TESTED),
        model.spec().training().evaluateBatchSize());
  }

  @Override
  public List<ComparedFigure> comparedFigures() {
    return FrontFigures.COMPARED;
  }

  @Override
  public Optional<Chart> comparedChart(Map<String, Map<String, Double>> figures) {
    return Optional.of(FrontFigures.chart(figures));
  }

  @Override
  public Drawing draw(OpenedMember model, DrawOptions options) {
    ParetoData data = load(model.spec(), options.data());
    return FrontFigures.draw(model.spec().name(), tested(model, data), options.folder());
  }

  @Override
  public Map<String, NpyArray> example(ExperimentSpec spec, ParetoData data, int i) {
    TwoDigits test = data.pictures().test();
    int at = i % test.count();
    return inputs(test.slice(at, at + 1), i);
  }

  /** Pictures, each with another preference. */
  private static Map<String, NpyArray> inputs(TwoDigitsBatch batch, int from) {
    List<float[]> rays = Preferences.rays(Preferences.TESTED);
    float[] preferences = new float[2 * batch.count()];
    for (int i = 0; i < batch.count(); i++) {
      System.arraycopy(rays.get((from + i) % rays.size()), 0, preferences, 2 * i, 2);
    }
    return Map.of(
        ParetoModel.IMAGE,
        RayResult.images(batch),
        ParetoModel.PREFERENCE,
        NpyArray.of(preferences, batch.count(), 2));
  }

  @Override
  public List<ReferenceCase> references(OpenedMember model, @Nullable Path data) {
    List<ReferenceCase> cases = new ArrayList<>();
    for (TwoDigitsBatch batch : batches(load(model.spec(), data).pictures().test())) {
      cases.add(model.reference(ServingSignature.DEFAULT_KEY, inputs(batch, 0)));
    }
    return cases;
  }

  private static List<TwoDigitsBatch> batches(TwoDigits test) {
    List<TwoDigitsBatch> batches = new ArrayList<>();
    for (int count : REFERENCE_BATCHES) {
      batches.add(test.slice(0, Math.min(count, test.count())));
    }
    return batches;
  }

  /**
   * The network of one preference.
   *
   * @param condition the weights of both losses, {@code 0.3,0.7}
   */
  @Override
  public BakedMember bake(OpenedMember model, String condition) {
    float[] preference = Preferences.parse(condition);
    NpyArray asked = NpyArray.of(preference, 2);
    ParetoModelSpec spec = spec(model.spec().model());
    Map<String, NpyArray> made =
        model.call(ParetoModel.WEIGHTS, Map.of(ParetoModel.PREFERENCE, asked));
    Map<String, float[]> values = new LinkedHashMap<>();
    for (String name : ParetoModel.network(spec).weights().shapes().keySet()) {
      values.put(name, Objects.requireNonNull(made.get(ParetoModel.alias(name)), name).floats());
    }
    List<ReferenceCase> cases = new ArrayList<>();
    for (TwoDigitsBatch batch : batches(load(model.spec(), (Path) null).pictures().test())) {
      NpyArray image = RayResult.images(batch);
      cases.add(
          new ReferenceCase(
              ServingSignature.DEFAULT_KEY,
              Map.of(ParetoModel.IMAGE, image),
              model.call(
                  ParetoModel.ONE,
                  Map.of(ParetoModel.IMAGE, image, ParetoModel.PREFERENCE, asked))));
    }
    return new BakedMember(
        Preferences.name(preference), store -> ParetoModel.plain(store, spec), values, cases);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.response;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.hypernet4j.conditioned.BakedMember;
import org.hypernet4j.conditioned.Functions;
import org.hypernet4j.conditioned.Member;
import org.hypernet4j.conditioned.OpenedMember;
import org.hypernet4j.data.ImageBatch;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.data.TaskImages;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.image.ImageDatasets;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.picture.Chart;
import org.hypernet4j.run.ComparedFigure;
import org.hypernet4j.run.DrawOptions;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.run.TestResult;
import org.hypernet4j.spec.BestResponseModelSpec;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingTask;
import org.hypernet4j.train.TrainingTask.TrainingOps;
import org.jspecify.annotations.Nullable;

/** Networks for strengths of a weight decay: see {@link BestResponseModelSpec}. */
public final class BestResponse implements Member<ResponseData> {
  private static final int[] REFERENCE_BATCHES = {1, 7, 32};

  static BestResponseModelSpec spec(ModelSpec model) {
    if (model instanceof BestResponseModelSpec response) {
      return response;
    }
    throw new IllegalArgumentException("Not networks for strengths: " + model);
  }

  @Override
  public Class<BestResponseModelSpec> model() {
    return BestResponseModelSpec.class;
  }

  @Override
  public ResponseData load(ExperimentSpec spec, @Nullable Path folder) {
    return ResponseData.load(spec, folder);
  }

  @Override
  public TrainingTask<?> task(ExperimentSpec spec, ResponseData data) {
    return new ResponseTask(spec, data);
  }

  @Override
  public TrainingOps define(ExperimentSpec spec, ParameterStore store, StepInputs inputs) {
    return ResponseTask.define(spec, store, inputs).ops();
  }

  @Override
  public Functions build(ParameterStore store, ModelSpec model) {
    return new ResponseModel(store, spec(model)).functions();
  }

  @Override
  public TestResult measure(OpenedMember model, ResponseData data, double validation) {
    return ResponseCurve.measure(model, data).result();
  }

  @Override
  public List<ComparedFigure> comparedFigures() {
    return ResponseCurve.COMPARED;
  }

  @Override
  public Optional<Chart> comparedChart(Map<String, Map<String, Double>> figures) {
    return Optional.of(ResponseCurve.chart(figures));
  }

  @Override
  public String curve() {
    return "objective";
  }

  @Override
  public Drawing draw(OpenedMember model, DrawOptions options) {
    return ResponseCurve.measure(model, load(model.spec(), options.data()))
        .draw(model.spec().name(), options.folder());
  }

  @Override
  public Map<String, NpyArray> example(ExperimentSpec spec, ResponseData data, int i) {
    LabeledImages test = data.splits().test();
    int at = i % test.count();
    return inputs(spec(spec.model()), new TaskImages(test).slice(at, at + 1), i);
  }

  /** Images, each with another strength. */
  private static Map<String, NpyArray> inputs(
      BestResponseModelSpec spec, ImageBatch batch, int from) {
    float[] strengths = new float[batch.count()];
    for (int i = 0; i < strengths.length; i++) {
      strengths[i] = (float) spec.point((from + i) % spec.points());
    }
    return Map.of(
        ResponseModel.IMAGE,
        CurvePoint.images(batch),
        ResponseModel.STRENGTH,
        NpyArray.of(strengths, batch.count()));
  }

  @Override
  public List<ReferenceCase> references(OpenedMember model, @Nullable Path data) {
    BestResponseModelSpec spec = spec(model.spec().model());
    List<ReferenceCase> cases = new ArrayList<>();
    for (ImageBatch batch : batches(ImageDatasets.load(model.spec().data(), data).test())) {
      Map<String, NpyArray> inputs = inputs(spec, batch, 0);
      cases.add(model.reference(ServingSignature.DEFAULT_KEY, inputs));
      if (!spec.separate()) {
        cases.add(
            model.reference(
                ResponseModel.FOUND, Map.of(ResponseModel.IMAGE, CurvePoint.images(batch))));
      }
    }
    return cases;
  }

  private static List<ImageBatch> batches(LabeledImages test) {
    TaskImages images = new TaskImages(test);
    return Arrays.stream(REFERENCE_BATCHES)
        .mapToObj(count -> images.slice(0, Math.min(count, images.count())))
        .toList();
  }

  /**
   * The network of one strength.
   *
   * @param condition log10 of lambda, {@code -2.5}
   */
  @Override
  public BakedMember bake(OpenedMember model, String condition) {
    BestResponseModelSpec spec = spec(model.spec().model());
    float strength = Strengths.parse(spec, condition);
    NpyArray asked = NpyArray.of(new float[] {strength}, 1);
    Map<String, NpyArray> made =
        model.call(ResponseModel.WEIGHTS, Map.of(ResponseModel.STRENGTH, asked));
    Map<String, float[]> values = new LinkedHashMap<>();
    for (String name : ResponseModel.network(spec).weights().shapes().keySet()) {
      values.put(name, Objects.requireNonNull(made.get(ResponseModel.alias(name)), name).floats());
    }
    List<ReferenceCase> cases = new ArrayList<>();
    for (ImageBatch batch : batches(ImageDatasets.load(model.spec().data(), null).test())) {
      NpyArray image = CurvePoint.images(batch);
      cases.add(
          new ReferenceCase(
              ServingSignature.DEFAULT_KEY,
              Map.of(ResponseModel.IMAGE, image),
              model.call(
                  ResponseModel.ONE,
                  Map.of(ResponseModel.IMAGE, image, ResponseModel.STRENGTH, asked))));
    }
    return new BakedMember(
        Strengths.name(strength), store -> ResponseModel.plain(store, spec), values, cases);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.uncertainty;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hypernet4j.conditioned.BakedMember;
import org.hypernet4j.conditioned.Functions;
import org.hypernet4j.conditioned.Member;
import org.hypernet4j.conditioned.OpenedMember;
import org.hypernet4j.data.ImageBatch;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.data.Mnist;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.image.ImageDatasets;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.run.ComparedFigure;
import org.hypernet4j.run.DrawOptions;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.run.TestResult;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.spec.UncertaintySpec;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingTask;
import org.hypernet4j.train.TrainingTask.TrainingOps;
import org.jspecify.annotations.Nullable;

/** Networks that predict together and tell how sure they are: see {@link UncertaintySpec}. */
public final class Uncertainty implements Member<UncertaintyData> {
  private static final int[] REFERENCE_BATCHES = {1, 7, 32};

  /** Networks for each image in the reference cases: all weights of each may be made at once. */
  private static final int REFERENCE_DRAWS = 3;

  static UncertaintySpec spec(ModelSpec model) {
    if (model instanceof UncertaintySpec uncertainty) {
      return uncertainty;
    }
    throw new IllegalArgumentException("Not a model of this kind: " + model);
  }

  static Predictor predictor(OpenedMember model) {
    return new Predictor(
        model::call, spec(model.spec().model()), model.spec().training().evaluateBatchSize());
  }

  @Override
  public Class<UncertaintySpec> model() {
    return UncertaintySpec.class;
  }

  @Override
  public UncertaintyData load(ExperimentSpec spec, @Nullable Path folder) {
    return UncertaintyData.load(spec.data(), folder);
  }

  @Override
  public TrainingTask<?> task(ExperimentSpec spec, UncertaintyData data) {
    return new UncertaintyTask(spec, data.digits());
  }

  @Override
  public TrainingOps define(ExperimentSpec spec, ParameterStore store, StepInputs inputs) {
    return UncertaintyTask.define(spec, store, inputs);
  }

  @Override
  public Functions build(ParameterStore store, ModelSpec model) {
    return new UncertaintyModel(store.root(), spec(model)).functions(store.root());
  }

  @Override
  public Optional<String> comparedBy() {
    return Optional.of("error");
  }

  @Override
  public List<ComparedFigure> comparedFigures() {
    return UncertaintyFigures.compared();
  }

  @Override
  public TestResult measure(OpenedMember model, UncertaintyData data, double validation) {
    return new UncertaintyFigures(model, data).measure(validation);
  }

  @Override
  public Map<String, NpyArray> example(ExperimentSpec spec, UncertaintyData data, int i) {
    LabeledImages test = data.digits().test();
    int image = i % test.count();
    UncertaintySpec model = spec(spec.model());
    int draws = UncertaintyModel.count(model.method());
    return inputs(images(test, image, image + 1), model, draws, i);
  }

  /** The inputs of {@code serving_default}: images, and noise of the seeds first, first + 1, .. */
  private static Map<String, NpyArray> inputs(
      NpyArray images, UncertaintySpec model, int draws, int first) {
    Map<String, NpyArray> inputs = new LinkedHashMap<>();
    inputs.put(UncertaintyModel.IMAGE, images);
    if (UncertaintyModel.hasNoise(model.method())) {
      int count = (int) images.shape()[0];
      int size = draws * UncertaintyModel.noiseSize(model);
      float[] noise = new float[count * size];
      for (int i = 0; i < count; i++) {
        float[] own = Predictor.noise(first + (long) i, 0, draws, model).floats();
        System.arraycopy(own, 0, noise, i * size, size);
      }
      inputs.put(
          UncertaintyModel.NOISE,
          NpyArray.of(noise, count, draws, UncertaintyModel.noiseSize(model)));
    }
    return inputs;
  }

  private static NpyArray images(LabeledImages images, int from, int to) {
    LabeledImages some = images.slice(from, to);
    return Predictor.images(images, new ImageBatch(some.pixels(), some.labels()));
  }

  /**
   * Batches of test digits for reference cases.
   *
   * @param data the user's copy of the data, or null for the built-in sample
   */
  static List<NpyArray> referenceImages(@Nullable Path data, ExperimentSpec spec) {
    LabeledImages test =
        data == null
            ? Mnist.builtin(1).test()
            : ImageDatasets.load(spec.data(), OutsideSets.digits(data)).test();
    List<NpyArray> batches = new ArrayList<>();
    for (int count : REFERENCE_BATCHES) {
      batches.add(images(test, 0, Math.min(count, test.count())));
    }
    return batches;
  }

  @Override
  public List<ReferenceCase> references(OpenedMember model, @Nullable Path data) {
    UncertaintySpec spec = spec(model.spec().model());
    List<ReferenceCase> cases = new ArrayList<>();
    for (NpyArray images : referenceImages(data, model.spec())) {
      cases.add(
          model.reference(ServingSignature.DEFAULT_KEY, inputs(images, spec, REFERENCE_DRAWS, 0)));
      if (UncertaintyModel.hasNoise(spec.method())) {
        long[] seeds = new long[(int) images.shape()[0]];
        for (int i = 0; i < seeds.length; i++) {
          seeds[i] = 100L + i;
        }
        Map<String, NpyArray> inputs = new LinkedHashMap<>();
        inputs.put(UncertaintyModel.IMAGE, images);
        inputs.put(UncertaintyModel.SEED, NpyArray.of(seeds, seeds.length));
        cases.add(model.reference(UncertaintyModel.SAMPLE, inputs));
      }
    }
    return cases;
  }

  @Override
  public Drawing draw(OpenedMember model, DrawOptions options) {
    return new UncertaintyPictures(model, options).draw();
  }

  /**
   * One of the networks.
   *
   * @param condition the number of a network in a list; or a seed, for the first draw of it
   */
  @Override
  public BakedMember bake(OpenedMember model, String condition) {
    return new BakedDraw(model, condition).baked();
  }
}

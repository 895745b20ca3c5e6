// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.images;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.hypernet4j.conditioned.BakedMember;
import org.hypernet4j.conditioned.ConditionWords;
import org.hypernet4j.conditioned.Functions;
import org.hypernet4j.conditioned.Member;
import org.hypernet4j.conditioned.OpenedMember;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.data.Mnist;
import org.hypernet4j.data.PrincipalComponents;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.image.ImageDatasets;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.measure.Psnr;
import org.hypernet4j.run.DrawOptions;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.run.TestResult;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.spec.SineImagesSpec;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingTask;
import org.hypernet4j.train.TrainingTask.TrainingOps;
import org.jspecify.annotations.Nullable;

/** Images as networks of sines, made from codes: see {@link SineImagesSpec}. */
public final class SineImages implements Member<SineImagesData> {
  private static final int[] REFERENCE_BATCHES = {1, 7, 32};
  private static final int REFERENCE_POINTS = 5;

  /** Training images to which the principal components are fitted, as in the specification. */
  private static final int COMPONENT_IMAGES = 20_000;

  static SineImagesSpec spec(ModelSpec model) {
    if (model instanceof SineImagesSpec images) {
      return images;
    }
    throw new IllegalArgumentException("Not images as networks: " + model);
  }

  @Override
  public Class<SineImagesSpec> model() {
    return SineImagesSpec.class;
  }

  @Override
  public SineImagesData load(ExperimentSpec spec, @Nullable Path folder) {
    return new SineImagesData(ImageDatasets.load(spec.data(), folder));
  }

  @Override
  public TrainingTask<?> task(ExperimentSpec spec, SineImagesData data) {
    return new SineImagesTask(spec, data.splits());
  }

  @Override
  public TrainingOps define(ExperimentSpec spec, ParameterStore store, StepInputs inputs) {
    return SineImagesTask.define(spec, store, inputs);
  }

  @Override
  public Functions build(ParameterStore store, ModelSpec model) {
    return new SineImagesModel(store.root(), spec(model), Mnist.SIDE).functions(store.root());
  }

  @Override
  public Optional<String> comparedBy() {
    return Optional.of("mse");
  }

  /** Test images beside principal components of as many numbers, fitted on training images. */
  @Override
  public TestResult measure(OpenedMember model, SineImagesData data, double validation) {
    SineImagesEvaluator evaluator =
        new SineImagesEvaluator(model::call, model.spec().training().evaluateBatchSize());
    LabeledImages test = data.splits().test();
    double mse = evaluator.meanSquaredError(test);
    int size = spec(model.spec().model()).codeSize();
    double linear = components(data, size);
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("psnr", SineImagesEvaluator.psnr(mse));
    figures.put("mse", mse);
    figures.put("pcaPsnr", SineImagesEvaluator.psnr(linear));
    figures.put("pcaMse", linear);
    figures.put("validationMse", validation);
    return new TestResult(
        Map.of("mse", mse, "psnr", SineImagesEvaluator.psnr(mse)),
        String.format(
            Locale.ROOT,
            "test %.2f dB (mean squared error %.5f of %,d images), validation error %.5f",
            SineImagesEvaluator.psnr(mse),
            mse,
            test.count(),
            validation),
        figures,
        List.of(
            String.format(
                Locale.ROOT,
                "%d principal components of the training images: %.2f dB (%.5f)",
                size,
                SineImagesEvaluator.psnr(linear),
                linear)));
  }

  private static double components(SineImagesData data, int size) {
    LabeledImages train = data.splits().train();
    float[][] rows = rows(train.slice(0, Math.min(train.count(), COMPONENT_IMAGES)));
    int most = Math.min(size, Math.min(rows.length, rows[0].length));
    PrincipalComponents components = PrincipalComponents.fit(rows, most);
    float[][] test = rows(data.splits().test());
    return Psnr.meanSquaredError(
        joined(test), SineImagesEvaluator.clipped(joined(components.reconstruct(test))));
  }

  private static float[][] rows(LabeledImages images) {
    float[] all = SineImagesEvaluator.scaled(images.pixels());
    int size = images.imageBytes();
    return IntStream.range(0, images.count())
        .mapToObj(i -> Arrays.copyOfRange(all, i * size, (i + 1) * size))
        .toArray(float[][]::new);
  }

  private static float[] joined(float[][] rows) {
    float[] all = new float[rows.length * rows[0].length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, all, i * rows[0].length, rows[0].length);
    }
    return all;
  }

  @Override
  public Map<String, NpyArray> example(ExperimentSpec spec, SineImagesData data, int i) {
    return inputs(data.splits().test(), i % data.splits().test().count(), 1);
  }

  /** Images with some points each, other ones for every image. */
  private static Map<String, NpyArray> inputs(LabeledImages images, int from, int count) {
    LabeledImages some = images.slice(from, from + count);
    float[] places = new float[count * REFERENCE_POINTS * 2];
    for (int i = 0; i < places.length; i++) {
      places[i] = (float) Math.sin(from + i + 1.0);
    }
    return Map.of(
        SineImagesModel.IMAGE,
        NpyArray.of(
            SineImagesEvaluator.scaled(some.pixels()), count, some.height(), some.width(), 1),
        SineImagesModel.COORDINATES,
        NpyArray.of(places, count, REFERENCE_POINTS, 2));
  }

  @Override
  public List<ReferenceCase> references(OpenedMember model, @Nullable Path data) {
    LabeledImages test = ImageDatasets.test(model.spec().data(), data);
    List<ReferenceCase> cases = new ArrayList<>();
    for (int count : REFERENCE_BATCHES) {
      Map<String, NpyArray> inputs = inputs(test, 0, Math.min(count, test.count()));
      NpyArray image = inputs.get(SineImagesModel.IMAGE);
      NpyArray places = inputs.get(SineImagesModel.COORDINATES);
      if (image == null || places == null) {
        throw new IllegalStateException("inputs without image or coordinates");
      }
      ReferenceCase encoded =
          model.reference(SineImagesModel.ENCODE, Map.of(SineImagesModel.IMAGE, image));
      NpyArray code = encoded.outputs().get(SineImagesModel.CODE);
      if (code == null) {
        throw new IllegalStateException("no code");
      }
      cases.add(model.reference(ServingSignature.DEFAULT_KEY, inputs));
      cases.add(encoded);
      cases.add(
          model.reference(
              SineImagesModel.DECODE,
              Map.of(SineImagesModel.CODE, code, SineImagesModel.COORDINATES, places)));
    }
    return cases;
  }

  @Override
  public Drawing draw(OpenedMember model, DrawOptions options) {
    return new SineImagesPictures(model, options).draw();
  }

  /**
   * The network of one image: coordinates in, values out.
   *
   * @param condition the numbers of its code
   */
  @Override
  public BakedMember bake(OpenedMember model, String condition) {
    float[] code = ConditionWords.numbers(condition, spec(model.spec().model()).codeSize());
    return BakedSines.of(model, code);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.uncertainty;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.hypernet4j.data.ImageBatch;
import org.hypernet4j.data.ImageBatches;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.measure.PredictiveUncertainty;
import org.hypernet4j.measure.Probabilities;
import org.hypernet4j.random.StatelessRandom;
import org.hypernet4j.spec.UncertaintyMethodSpec;
import org.hypernet4j.spec.UncertaintySpec;

/**
 * Predicts whole sets of images with the same networks: all of a list, or the R draws of a fixed
 * seed, which are those that the function {@code sample} draws with it.
 */
final class Predictor {
  /** The seed of the draws. */
  static final long SEED = 0;

  /** Networks in one call, where that is left open: they share the first layer's products. */
  private static final int TOGETHER = 10;

  private final BiFunction<String, Map<String, NpyArray>, Map<String, NpyArray>> functions;
  private final UncertaintySpec spec;
  private final int batchSize;

  /** Takes the model's functions, which compute by name from arrays by name. */
  Predictor(
      BiFunction<String, Map<String, NpyArray>, Map<String, NpyArray>> functions,
      UncertaintySpec spec,
      int batchSize) {
    this.functions = functions;
    this.spec = spec;
    this.batchSize = batchSize;
  }

  /**
   * What the networks say about some images.
   *
   * @param draws probabilities {@code [R][n][classes]}
   * @param together all networks
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  record Predictions(double[][][] draws, PredictiveUncertainty together) {}

  /** Every network on every image. */
  Predictions predict(LabeledImages images) {
    int count = UncertaintyModel.count(spec.method());
    int atOnce =
        !UncertaintyModel.hasNoise(spec.method())
            ? count
            : spec.method() instanceof UncertaintyMethodSpec.Implicit ? 1 : TOGETHER;
    double[][][] draws = new double[count][images.count()][];
    int from = 0;
    for (ImageBatch batch : ImageBatches.inOrder(images, batchSize)) {
      NpyArray pixels = images(images, batch);
      for (int r = 0; r < count; ) {
        int some = Math.min(atOnce, count - r);
        float[][] logits = logits(pixels, batch.count(), r, some);
        double[][] probabilities = Probabilities.softmax(logits);
        for (int i = 0; i < probabilities.length; i++) {
          draws[r + i / batch.count()][from + i % batch.count()] = probabilities[i];
        }
        r += some;
      }
      from += batch.count();
    }
    return new Predictions(draws, PredictiveUncertainty.of(draws));
  }

  /**
   * Noise of some draws, {@code [networks, Z]}: a part of what the function {@code sample} draws.
   *
   * @param first the number of the first draw
   */
  static NpyArray noise(long seed, int first, int networks, UncertaintySpec spec) {
    int size = UncertaintyModel.noiseSize(spec);
    StatelessRandom random = StatelessRandom.of(seed);
    float[] noise = new float[networks * size];
    for (int i = 0; i < noise.length; i++) {
      long at = (long) first * size + i;
      // Box and Muller
      double radius = Math.sqrt(-2 * Math.log(1 - random.uniform(2 * at)));
      noise[i] = (float) (radius * Math.cos(2 * Math.PI * random.uniform(2 * at + 1)));
    }
    return NpyArray.of(noise, networks, size);
  }

  /** Images as a model reads them, pixels in [0, 1]. */
  static NpyArray images(LabeledImages images, ImageBatch batch) {
    float[] values = new float[batch.pixels().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (batch.pixels()[i] & 0xff) / 255f;
    }
    return NpyArray.of(values, batch.count(), images.height(), images.width(), images.channels());
  }

  /** Logits of some networks, {@code [networks images][classes]}. */
  private float[][] logits(NpyArray pixels, int images, int first, int networks) {
    Map<String, NpyArray> inputs = new LinkedHashMap<>();
    inputs.put(UncertaintyModel.IMAGE, pixels);
    if (UncertaintyModel.hasNoise(spec.method())) {
      inputs.put(UncertaintyModel.NOISE, noise(SEED, first, networks, spec));
    }
    float[] flat =
        Objects.requireNonNull(
                functions.apply(UncertaintyModel.DRAWS, inputs).get(UncertaintyModel.LOGITS))
            .floats();
    int classes = flat.length / (networks * images);
    float[][] rows = new float[networks * images][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Arrays.copyOfRange(flat, i * classes, (i + 1) * classes);
    }
    return rows;
  }
}

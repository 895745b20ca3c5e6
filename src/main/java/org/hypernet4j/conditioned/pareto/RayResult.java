// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pareto;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.hypernet4j.conditioned.LabelScores;
import org.hypernet4j.data.TwoDigits;
import org.hypernet4j.data.TwoDigitsBatch;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.measure.Hypervolume;

/**
 * What the network of one preference reached on a set of pictures.
 *
 * @param first of the digit at the top left
 * @param second of the digit at the bottom right
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
record RayResult(float[] preference, LabelScores first, LabelScores second) {
  /**
   * The losses that are as bad as it gets: those of the authors' code. Guessing costs ln 10 = 2.30.
   */
  static final double REFERENCE = 3;

  /**
   * Measures the networks of several preferences.
   *
   * @param one calls {@link ParetoModel#ONE}
   * @param batchSize pictures in a call
   */
  static List<RayResult> measure(
      UnaryOperator<Map<String, NpyArray>> one,
      TwoDigits pictures,
      List<float[]> preferences,
      int batchSize) {
    List<RayResult> results = new ArrayList<>();
    preferences.forEach(
        preference -> results.add(new RayResult(preference, new LabelScores(), new LabelScores())));
    for (TwoDigitsBatch batch : pictures.inOrder(batchSize)) {
      NpyArray image = images(batch);
      for (RayResult result : results) {
        Map<String, NpyArray> inputs =
            Map.of(
                ParetoModel.IMAGE,
                image,
                ParetoModel.PREFERENCE,
                NpyArray.of(result.preference, 2));
        result.add(
            batch, Objects.requireNonNull(one.apply(inputs).get(ParetoModel.LOGITS)).floats());
      }
    }
    return results;
  }

  private void add(TwoDigitsBatch batch, float[] logits) {
    int classes = ParetoModel.CLASSES;
    for (int i = 0; i < batch.count(); i++) {
      first.add(logits, 2 * i * classes, classes, batch.first()[i]);
      second.add(logits, (2 * i + 1) * classes, classes, batch.second()[i]);
    }
  }

  /** Pictures as a model reads them, {@code [count, 36, 36, 1]} in [0, 1]. */
  static NpyArray images(TwoDigitsBatch batch) {
    byte[] pixels = batch.pixels();
    float[] values = new float[pixels.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (pixels[i] & 0xff) * ParetoTask.PIXEL_SCALE;
    }
    return NpyArray.of(values, batch.count(), ParetoModel.SIDE, ParetoModel.SIDE, 1);
  }

  /** The loss that this preference asks for. */
  double loss() {
    return preference[0] * first.loss() + preference[1] * second.loss();
  }

  /** The mean of {@link #loss} over preferences. */
  static double meanLoss(List<RayResult> rays) {
    return rays.stream().mapToDouble(RayResult::loss).average().orElseThrow();
  }

  /** The hypervolume of the losses up to {@link #REFERENCE}; NaN if a loss is not finite. */
  static double hypervolume(List<RayResult> rays) {
    double[][] points =
        rays.stream()
            .map(ray -> new double[] {ray.first.loss(), ray.second.loss()})
            .toArray(double[][]::new);
    for (double[] point : points) {
      if (!Double.isFinite(point[0]) || !Double.isFinite(point[1])) {
        return Double.NaN;
      }
    }
    return Hypervolume.of(points, REFERENCE, REFERENCE);
  }
}

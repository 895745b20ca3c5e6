// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.response;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.conditioned.LabelScores;
import org.hypernet4j.data.ImageBatch;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.data.Mnist;
import org.hypernet4j.data.TaskImages;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.spec.BestResponseModelSpec;

/**
 * What the network of one strength reached.
 *
 * @param strength log10 of lambda
 * @param halfSquares half the sum of squares of its kernels
 * @param scores on some images
 */
record CurvePoint(double strength, double halfSquares, LabelScores scores) {
  /** Pixels 0 to 255 become 0 to 1, with this factor everywhere so that results are equal. */
  static final float PIXEL_SCALE = 1f / 255f;

  /** A function of the model. */
  interface Caller {
    Map<String, NpyArray> call(String key, Map<String, NpyArray> inputs);
  }

  /** The strengths at which models are measured. */
  static double[] strengths(BestResponseModelSpec spec) {
    double[] strengths = new double[spec.points()];
    for (int i = 0; i < strengths.length; i++) {
      strengths[i] = spec.point(i);
    }
    return strengths;
  }

  /**
   * Measures the networks of several strengths.
   *
   * @param batchSize images in a call
   */
  static List<CurvePoint> measure(
      Caller model, LabeledImages images, double[] strengths, int batchSize) {
    List<CurvePoint> points = new ArrayList<>();
    for (double strength : strengths) {
      float[] squares =
          Objects.requireNonNull(
                  model
                      .call(
                          ResponseModel.WEIGHTS, Map.of(ResponseModel.STRENGTH, strength(strength)))
                      .get(ResponseModel.HALF_SQUARES))
              .floats();
      points.add(new CurvePoint(strength, squares[0], new LabelScores()));
    }
    for (ImageBatch batch : new TaskImages(images).inOrder(batchSize)) {
      NpyArray image = images(batch);
      for (CurvePoint point : points) {
        float[] logits =
            Objects.requireNonNull(
                    model
                        .call(
                            ResponseModel.ONE,
                            Map.of(
                                ResponseModel.IMAGE,
                                image,
                                ResponseModel.STRENGTH,
                                strength(point.strength)))
                        .get(ResponseModel.LOGITS))
                .floats();
        int classes = images.classes();
        for (int i = 0; i < batch.count(); i++) {
          point.scores.add(logits, i * classes, classes, batch.labels()[i]);
        }
      }
    }
    return points;
  }

  private static NpyArray strength(double strength) {
    return NpyArray.of(new float[] {(float) strength}, 1);
  }

  /** Images as a model reads them, {@code [count, 28, 28, 1]} in [0, 1]. */
  static NpyArray images(ImageBatch batch) {
    byte[] pixels = batch.pixels();
    float[] values = new float[pixels.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (pixels[i] & 0xff) * PIXEL_SCALE;
    }
    int side = Mnist.SIDE;
    return NpyArray.of(values, batch.count(), side, side, 1);
  }

  /** The loss with the decay, which training images are to make small. */
  double objective() {
    return scores.loss() + Math.pow(10, strength) * halfSquares;
  }

  /** The mean of {@link #objective} over points. */
  static double meanObjective(List<CurvePoint> points) {
    return points.stream().mapToDouble(CurvePoint::objective).average().orElseThrow();
  }

  /** The point with the least loss. */
  static CurvePoint lowest(List<CurvePoint> points) {
    return points.stream()
        .min((a, b) -> Double.compare(a.scores.loss(), b.scores.loss()))
        .orElseThrow();
  }
}

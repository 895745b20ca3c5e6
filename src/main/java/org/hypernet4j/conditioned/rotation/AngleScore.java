// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.rotation;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.hypernet4j.conditioned.LabelScores;
import org.hypernet4j.data.ImageBatch;
import org.hypernet4j.data.TaskImages;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.spec.RotatedImages;

/**
 * How well images of one angle are told apart.
 *
 * @param accuracy share of right classes
 * @param loss mean cross entropy in nats
 */
record AngleScore(double accuracy, double loss) {
  /** Pixels 0 to 255 become 0 to 1. */
  private static final float PIXEL_SCALE = 1f / 255f;

  /**
   * Measures images, each exactly once.
   *
   * @param logits from images {@code [batch, height, width, 1]} to {@code [batch, classes]}
   */
  static AngleScore of(TaskImages images, int batchSize, Function<NpyArray, float[]> logits) {
    int classes = RotatedImages.CLASSES;
    LabelScores sums = new LabelScores();
    for (ImageBatch batch : images.inOrder(batchSize)) {
      float[] scores = logits.apply(array(batch));
      for (int i = 0; i < batch.count(); i++) {
        sums.add(scores, i * classes, classes, batch.labels()[i]);
      }
    }
    return new AngleScore(sums.accuracy(), sums.loss());
  }

  /** Images as the model reads them, {@code [batch, height, width, 1]}. */
  static NpyArray array(ImageBatch batch) {
    byte[] pixels = batch.pixels();
    float[] values = new float[pixels.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (pixels[i] & 0xff) * PIXEL_SCALE;
    }
    return NpyArray.of(values, batch.count(), RotatedImages.SIZE, RotatedImages.SIZE, 1);
  }

  /** The mean over angles. */
  static AngleScore mean(List<AngleScore> scores) {
    return new AngleScore(
        scores.stream().mapToDouble(AngleScore::accuracy).average().orElse(Double.NaN),
        scores.stream().mapToDouble(AngleScore::loss).average().orElse(Double.NaN));
  }

  /** The inputs of {@link RotationFunctions#ONE}. */
  static Map<String, NpyArray> inputs(NpyArray images, double degrees) {
    return Map.of(
        RotationFunctions.IMAGE,
        images,
        RotationFunctions.DESCRIPTOR,
        Descriptor.ofDegrees(degrees).array());
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.images;

import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.hypernet4j.data.ImageBatch;
import org.hypernet4j.data.ImageBatches;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.measure.Psnr;

/** Measures how well images come back from their codes, each image exactly once. */
final class SineImagesEvaluator {
  /** Images of 784 pixels at a time: each has a network of its own, and memory for its sines. */
  private static final int MOST = 250;

  private final BiFunction<String, Map<String, NpyArray>, Map<String, NpyArray>> functions;
  private final int batchSize;

  /** Takes the model's functions, which compute by name from arrays by name. */
  SineImagesEvaluator(
      BiFunction<String, Map<String, NpyArray>, Map<String, NpyArray>> functions, int batchSize) {
    this.functions = functions;
    this.batchSize = Math.min(batchSize, MOST);
  }

  /** The mean squared error of a pixel in [0, 1], values beyond being drawn as black or white. */
  double meanSquaredError(LabeledImages images) {
    double sum = 0;
    for (ImageBatch batch : ImageBatches.inOrder(images, batchSize)) {
      float[] pixels = scaled(batch.pixels());
      float[] values = reconstructed(pixels, batch.count());
      sum += Psnr.meanSquaredError(pixels, clipped(values)) * batch.count();
    }
    return sum / images.count();
  }

  /** The values at all pixels, image after image. */
  float[] reconstructed(float[] pixels, int count) {
    int side = (int) Math.round(Math.sqrt(pixels.length / (double) count));
    Map<String, NpyArray> outputs =
        functions.apply(
            SineImagesModel.RECONSTRUCT,
            Map.of(SineImagesModel.IMAGE, NpyArray.of(pixels, count, side, side, 1)));
    return Objects.requireNonNull(outputs.get(SineImagesModel.VALUES)).floats();
  }

  /** Values as they are drawn: in [0, 1]. */
  static float[] clipped(float[] values) {
    float[] drawn = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      drawn[i] = Math.min(1f, Math.max(0f, values[i]));
    }
    return drawn;
  }

  /** The peak signal-to-noise ratio in decibels of images in [0, 1]. */
  static double psnr(double meanSquaredError) {
    return Psnr.of(meanSquaredError, 1);
  }

  /** Pixels in the scale of the model, [0, 1]. */
  static float[] scaled(byte[] pixels) {
    float[] values = new float[pixels.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (pixels[i] & 0xff) / 255f;
    }
    return values;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pruning;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.hypernet4j.data.ImageBatch;
import org.hypernet4j.data.ImageBatches;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.io.NpyArray;

/**
 * How well class scores fit the labels, summed in double.
 *
 * @param loss mean cross entropy in nats
 * @param error share of wrong classes
 */
record Scores(double loss, double error) {
  /**
   * Measures several nets on the same images, each image exactly once.
   *
   * @param nets each computes class scores, row-major, from {@code [batch, 28, 28, 1]}
   */
  static List<Scores> of(
      LabeledImages images, int batchSize, List<Function<NpyArray, float[]>> nets) {
    double[] losses = new double[nets.size()];
    long[] wrong = new long[nets.size()];
    for (ImageBatch batch : ImageBatches.inOrder(images, batchSize)) {
      NpyArray scaled = scaled(images, batch);
      for (int n = 0; n < nets.size(); n++) {
        float[] logits = nets.get(n).apply(scaled);
        int classes = logits.length / batch.count();
        for (int i = 0; i < batch.count(); i++) {
          int label = batch.labels()[i];
          int best = best(logits, i * classes, classes);
          losses[n] += crossEntropy(logits, i * classes, classes, best, label);
          wrong[n] += best == label ? 0 : 1;
        }
      }
    }
    List<Scores> scores = new ArrayList<>();
    for (int n = 0; n < nets.size(); n++) {
      scores.add(new Scores(losses[n] / images.count(), (double) wrong[n] / images.count()));
    }
    return scores;
  }

  private static int best(float[] logits, int from, int classes) {
    int best = 0;
    for (int c = 1; c < classes; c++) {
      best = logits[from + c] > logits[from + best] ? c : best;
    }
    return best;
  }

  private static double crossEntropy(float[] logits, int from, int classes, int best, int label) {
    double top = logits[from + best];
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      sum += Math.exp(logits[from + c] - top);
    }
    return top + Math.log(sum) - logits[from + label];
  }

  /** Pixels in [0, 1] as the nets take them. */
  static NpyArray scaled(LabeledImages images, ImageBatch batch) {
    float[] values = new float[batch.pixels().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (batch.pixels()[i] & 0xff) * PruningTask.PIXEL_SCALE;
    }
    return NpyArray.of(values, batch.count(), images.height(), images.width(), images.channels());
  }
}

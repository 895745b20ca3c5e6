// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pruning;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.hypernet4j.conditioned.LabelScores;
import org.hypernet4j.data.ImageBatch;
import org.hypernet4j.data.ImageBatches;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.io.NpyArray;

/** How well the class scores of nets fit the labels of images. */
final class Scores {
  private Scores() {}

  /**
   * Measures several nets on the same images, each image exactly once.
   *
   * @param nets each computes class scores, row-major, from {@code [batch, 28, 28, 1]}
   * @return in the order of the nets
   */
  static List<LabelScores> of(
      LabeledImages images, int batchSize, List<Function<NpyArray, float[]>> nets) {
    List<LabelScores> scores = new ArrayList<>();
    nets.forEach(net -> scores.add(new LabelScores()));
    for (ImageBatch batch : ImageBatches.inOrder(images, batchSize)) {
      NpyArray scaled = scaled(images, batch);
      for (int n = 0; n < nets.size(); n++) {
        float[] logits = nets.get(n).apply(scaled);
        int classes = logits.length / batch.count();
        for (int i = 0; i < batch.count(); i++) {
          scores.get(n).add(logits, i * classes, classes, batch.labels()[i]);
        }
      }
    }
    return scores;
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

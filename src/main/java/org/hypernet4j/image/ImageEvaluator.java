// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.image;

import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.data.ImageBatch;
import org.hypernet4j.data.ImageBatches;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.graph.Feeds;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** Measures a classifier over a whole set of images, each exactly once. */
final class ImageEvaluator {
  /** Pixels 0 to 255 become 0 to 1, with this factor everywhere so that results are equal. */
  static final float PIXEL_SCALE = 1f / 255f;

  private final ClassifierOutputs outputs;
  private final int batchSize;

  ImageEvaluator(ClassifierOutputs outputs, int batchSize) {
    this.outputs = outputs;
    this.batchSize = batchSize;
  }

  /**
   * Mean cross entropy in nats, {@code loss}, and the share of wrong classes, {@code error}.
   *
   * <p>Summed here in double: the framework's metrics keep their totals in reference variables.
   */
  Map<String, Double> measure(Session session, LabeledImages images) {
    double loss = 0;
    long wrong = 0;
    int classes = (int) outputs.logits().shape().get(1);
    for (ImageBatch batch : ImageBatches.inOrder(images, batchSize)) {
      float[] logits = logits(session, images, batch);
      for (int i = 0; i < batch.count(); i++) {
        int best = 0;
        for (int c = 1; c < classes; c++) {
          if (logits[i * classes + c] > logits[i * classes + best]) {
            best = c;
          }
        }
        double top = logits[i * classes + best];
        double sum = 0;
        for (int c = 0; c < classes; c++) {
          sum += Math.exp(logits[i * classes + c] - top);
        }
        int label = batch.labels()[i];
        loss += top + Math.log(sum) - logits[i * classes + label];
        wrong += best == label ? 0 : 1;
      }
    }
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("loss", loss / images.count());
    metrics.put("error", (double) wrong / images.count());
    return metrics;
  }

  private float[] logits(Session session, LabeledImages images, ImageBatch batch) {
    try (Feeds feeds =
            new Feeds()
                .floats(outputs.image(), shape(images, batch.count()), scaled(batch.pixels()));
        Result result = feeds.into(session.runner()).fetch(outputs.logits()).run()) {
      TFloat32 tensor = (TFloat32) result.get(0);
      float[] logits = new float[Math.toIntExact(tensor.size())];
      tensor.asRawTensor().data().asFloats().read(logits);
      return logits;
    }
  }

  static Shape shape(LabeledImages images, int count) {
    return Shape.of(count, images.height(), images.width(), images.channels());
  }

  /** Pixels in the scale of the model, [0, 1]. */
  static float[] scaled(byte[] pixels) {
    float[] values = new float[pixels.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (pixels[i] & 0xff) * PIXEL_SCALE;
    }
    return values;
  }
}

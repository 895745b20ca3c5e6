// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.image;

import org.hypernet4j.zoo.ImageClassifier;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The input and the outputs of a served classifier. The same ops are built into the training graph,
 * where the reference outputs are recorded, and into the inference graph that is exported.
 *
 * @param image {@code [batch, height, width, channels]}, pixels in [0, 1]
 * @param logits {@code [batch, classes]}
 * @param probabilities softmax of the logits, {@code [batch, classes]}
 * @param classes the most probable class, {@code [batch]}
 */
record ClassifierOutputs(
    Placeholder<TFloat32> image,
    Operand<TFloat32> logits,
    Operand<TFloat32> probabilities,
    Operand<TInt64> classes) {

  static ClassifierOutputs build(Ops tf, ImageClassifier model) {
    long[] one = model.imageShape();
    Placeholder<TFloat32> image =
        tf.withName("image")
            .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, one[0], one[1], one[2])));
    Operand<TFloat32> logits = model.logits(tf, image);
    return new ClassifierOutputs(
        image,
        logits,
        tf.withName("probabilities").nn.softmax(logits),
        tf.withName("class").math.argMax(logits, tf.constant(1)));
  }
}

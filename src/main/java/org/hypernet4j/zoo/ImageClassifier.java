// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.List;
import java.util.Map;
import org.hypernet4j.graph.NextValue;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A network from images to class scores, some of whose kernels may be generated. */
public interface ImageClassifier {
  /**
   * The class scores.
   *
   * @param images {@code [batch, height, width, channels]}, pixels in [0, 1]
   * @return logits, {@code [batch, classes]}
   */
  Operand<TFloat32> logits(Ops tf, Operand<TFloat32> images);

  /**
   * Class scores in training, where a layer may use the statistics of the batch and remember them.
   *
   * @param logits {@code [batch, classes]}
   * @param updates the moving statistics after each training step
   */
  record TrainingLogits(Operand<TFloat32> logits, List<NextValue> updates) {}

  /**
   * The class scores from which training takes its loss; kernels are generated once for these and
   * for {@link #logits}.
   *
   * @param images as for {@link #logits}
   */
  default TrainingLogits trainingLogits(Ops tf, Operand<TFloat32> images) {
    return new TrainingLogits(logits(tf, images), List.of());
  }

  /** The shape of one image, {@code [height, width, channels]}. */
  long[] imageShape();

  /** The number of classes. */
  int classes();

  /**
   * The generated kernels by the names that they have as parameters of the model with {@link
   * PlainKernels}; empty if nothing is generated. Weight decay applies to them as to the
   * regularised parameters of the store, not to the parameters that generate them.
   */
  Map<String, Operand<TFloat32>> generatedKernels();

  /** The kernels worth inspecting, {@code [height, width, in, out]}, by name, in network order. */
  Map<String, Operand<TFloat32>> kernels();
}

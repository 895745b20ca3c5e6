// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.uncertainty;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** What several networks say together about each image, and how far they disagree. */
final class PredictionOps {
  static final String PROBABILITIES = "probabilities";
  static final String ENTROPY = "entropy";
  static final String MUTUAL_INFORMATION = "mutualInformation";
  static final String CLASS = "class";

  /** The class where there is no prediction. */
  private static final long NONE = -1;

  private PredictionOps() {}

  /**
   * The outputs of a served function. An image whose networks, or pixels, are not finite has no
   * prediction: NaN, and the class -1.
   *
   * @param logits with three axes, the last of which is the classes
   * @param draws the axis of the networks, 0 or 1; the images have the other
   * @param inputs what must be finite, {@code [n, ...]} each: a ReLU may turn NaN into 0
   * @return {@code probabilities [n, classes]}, the mean of the networks'; {@code entropy [n]} of
   *     these, in nats; {@code mutualInformation [n]}, that entropy less the mean of the networks'
   *     own; {@code class [n]}
   */
  static Map<String, Operand<?>> of(
      Ops tf, Operand<TFloat32> logits, int draws, List<Operand<TFloat32>> inputs) {
    Operand<TInt32> overDraws = tf.constant(draws);
    Operand<TFloat32> logs = tf.nn.logSoftmax(logits);
    Operand<TFloat32> each = tf.math.exp(logs);
    Operand<TFloat32> mean =
        tf.select(
            tf.expandDims(finite(tf, inputs), tf.constant(1)),
            tf.math.mean(each, overDraws),
            tf.constant(Float.NaN));
    Operand<TFloat32> own = tf.reduceSum(tf.math.mul(each, logs), tf.constant(2)); // minus entropy
    // 0 log 0 = 0
    Operand<TFloat32> entropy =
        tf.math.neg(tf.reduceSum(tf.math.xlogy(mean, mean), tf.constant(1)));
    Operand<TFloat32> difference = tf.math.add(entropy, tf.math.mean(own, overDraws));
    Operand<TFloat32> zeros = tf.zerosLike(difference);
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put(PROBABILITIES, tf.withName(PROBABILITIES).identity(mean));
    outputs.put(ENTROPY, entropy);
    // not below 0 but for rounding; NaN stays
    outputs.put(MUTUAL_INFORMATION, tf.select(tf.math.less(difference, zeros), zeros, difference));
    outputs.put(
        CLASS,
        tf.select(
            tf.math.isFinite(entropy), tf.math.argMax(mean, tf.constant(1)), tf.constant(NONE)));
    return outputs;
  }

  /** Whether all numbers of a row of all inputs are finite, {@code [n]}. */
  private static Operand<TBool> finite(Ops tf, List<Operand<TFloat32>> inputs) {
    Operand<TBool> finite = null;
    for (Operand<TFloat32> input : inputs) {
      int[] axes = IntStream.range(1, input.shape().numDimensions()).toArray();
      Operand<TBool> own = tf.reduceAll(tf.math.isFinite(input), tf.constant(axes));
      finite = finite == null ? own : tf.math.logicalAnd(finite, own);
    }
    return Objects.requireNonNull(finite);
  }
}

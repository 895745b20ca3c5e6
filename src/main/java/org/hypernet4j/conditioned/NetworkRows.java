// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.hyper.WeightShape;
import org.hypernet4j.nn.TargetNetwork;
import org.hypernet4j.nn.Weights;
import org.hypernet4j.spec.NetworkSpec;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Several networks of a family in one training step, each on images of its own.
 *
 * @param spec that of the network
 * @param network reads images {@code [n, height, width, channels]}
 */
public record NetworkRows(NetworkSpec spec, TargetNetwork network) {
  /**
   * What the networks compute.
   *
   * @param weights with a row for each network, or without rows if all have the same
   * @param images {@code [rows, n, height, width, channels]}, all sizes known
   * @return {@code [rows, n, outputs]}
   */
  public Operand<TFloat32> apply(Ops tf, Weights weights, Operand<TFloat32> images) {
    if (spec instanceof NetworkSpec.Mlp) {
      return network.apply(tf, weights, images);
    }
    // A convolution takes one kernel for all images, and that for one kernel each is far slower.
    List<Operand<TFloat32>> outputs = new ArrayList<>();
    List<Weights> each = rows(tf, weights, (int) images.shape().get(0));
    List<? extends Operand<TFloat32>> own = tf.unstack(images, (long) each.size()).output();
    for (int i = 0; i < each.size(); i++) {
      outputs.add(network.apply(tf, each.get(i), own.get(i)));
    }
    return tf.stack(outputs);
  }

  private List<Weights> rows(Ops tf, Weights weights, int rows) {
    List<Map<String, Operand<TFloat32>>> each = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      each.add(new LinkedHashMap<>());
    }
    weights
        .tensors(tf)
        .forEach(
            (name, weight) -> {
              List<? extends Operand<TFloat32>> own =
                  hasRows(name, weight) ? tf.unstack(weight, (long) rows).output() : null;
              for (int i = 0; i < rows; i++) {
                each.get(i).put(name, own == null ? weight : own.get(i));
              }
            });
    return each.stream().map(Weights::of).toList();
  }

  private boolean hasRows(String name, Operand<TFloat32> weight) {
    WeightShape shape = Objects.requireNonNull(network.weights().shapes().get(name), name);
    return weight.shape().numDimensions() > shape.shape().numDimensions();
  }

  /**
   * Half the sum of the squares of each network's kernels; biases do not count.
   *
   * @param weights as for {@link #apply}, or those of one network
   * @return {@code [rows]}, a scalar for weights without rows
   */
  public Operand<TFloat32> halfSquares(Ops tf, Weights weights) {
    Operand<TFloat32> sum = null;
    for (String name : network.weights().kernels().keySet()) {
      Operand<TFloat32> kernel = weights.get(tf, name);
      Operand<TFloat32> one;
      if (hasRows(name, kernel)) {
        Operand<TFloat32> flat =
            tf.reshape(kernel, tf.constant(new long[] {kernel.shape().get(0), -1}));
        one = tf.math.mul(tf.reduceSum(tf.math.square(flat), tf.constant(1)), tf.constant(0.5f));
      } else {
        one = tf.nn.l2Loss(kernel);
      }
      sum = sum == null ? one : tf.math.add(sum, one);
    }
    return Objects.requireNonNull(sum, "a network without kernels");
  }

  /**
   * The mean cross entropy of each row in nats.
   *
   * @param logits {@code [rows, n, classes]}, sizes known
   * @param labels {@code [rows, n]}
   * @return {@code [rows]}
   */
  public static Operand<TFloat32> crossEntropy(
      Ops tf, Operand<TFloat32> logits, Operand<TInt32> labels) {
    long rows = logits.shape().get(0);
    long classes = logits.shape().get(2);
    Operand<TFloat32> nats =
        tf.nn
            .sparseSoftmaxCrossEntropyWithLogits(
                tf.reshape(logits, tf.constant(new long[] {-1, classes})),
                tf.reshape(labels, tf.constant(new long[] {-1})))
            .loss();
    return tf.math.mean(tf.reshape(nats, tf.constant(new long[] {rows, -1})), tf.constant(1));
  }
}

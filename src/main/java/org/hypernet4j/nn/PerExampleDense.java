// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.graph.internal.SharedSizes;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** A fully connected layer with separate weights for every example of a batch. */
public final class PerExampleDense {
  private PerExampleDense() {}

  /**
   * {@code y_n = x_n W_n}, all examples in one batched product.
   *
   * @param x {@code [batch, in]}
   * @param kernels W, {@code [batch, in, out]}
   * @return {@code [batch, out]}
   */
  public static Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x, Operand<TFloat32> kernels) {
    String where = "dense layer with kernels '" + kernels.op().name() + "'";
    Shapes.require(where, "x", x, -1, -1);
    long in = x.shape().get(1);
    Shapes.require(where, "kernels", kernels, x.shape().get(0), in, -1);
    long out = kernels.shape().get(2);
    if (in < 1 || out < 1) {
      throw UserError.in(where)
          .what("every size but the batch must be known")
          .received(
              "x " + Shapes.describe(x.shape()) + ", kernels " + Shapes.describe(kernels.shape()))
          .build();
    }
    Operand<TFloat32> own =
        SharedSizes.require(
            tf, where, "kernels", kernels, 1, () -> batch(tf, x), x.shape().get(0), in, out);
    Operand<TFloat32> rows = tf.reshape(x, tf.constant(new long[] {-1, 1, in}));
    return tf.reshape(
        tf.train.batchMatMul(rows, own, TFloat32.class), tf.constant(new long[] {-1, out}));
  }

  /**
   * As {@link #apply(Ops, Operand, Operand)}, with a bias added.
   *
   * @param biases {@code [batch, out]}, or {@code [out]} for one that all examples share
   */
  public static Operand<TFloat32> apply(
      Ops tf, Operand<TFloat32> x, Operand<TFloat32> kernels, Operand<TFloat32> biases) {
    String where = "dense layer with biases '" + biases.op().name() + "'";
    Operand<TFloat32> y = apply(tf, x, kernels);
    long out = y.shape().get(1);
    if (biases.shape().numDimensions() == 1) {
      return tf.math.add(y, Shapes.require(where, "biases", biases, out));
    }
    return tf.math.add(
        y,
        SharedSizes.require(
            tf, where, "biases", biases, 1, () -> batch(tf, x), x.shape().get(0), out));
  }

  private static Operand<TInt32> batch(Ops tf, Operand<TFloat32> x) {
    return tf.slice(tf.shape(x), tf.constant(new int[] {0}), tf.constant(new int[] {1}));
  }
}

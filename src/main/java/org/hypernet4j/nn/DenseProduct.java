// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Precision;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.graph.internal.SharedSizes;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The product {@code x W} for one matrix, one for each example, or one for each row of batches. */
final class DenseProduct {
  private DenseProduct() {}

  /**
   * {@code x W}.
   *
   * @param x {@code [batch, in]} or {@code [rows, batch, in]}
   * @param kernel W, {@code [in, out]}, or {@code [batch, in, out]} or {@code [rows, in, out]}
   * @return {@code [batch, out]} or {@code [rows, batch, out]}
   */
  static Operand<TFloat32> apply(
      Ops tf, String where, Operand<TFloat32> x, Operand<TFloat32> kernel) {
    int axes = kernel.shape().numDimensions();
    long in = axes == 2 || axes == 3 ? kernel.shape().get(axes - 2) : -1;
    long out = axes == 2 || axes == 3 ? kernel.shape().get(axes - 1) : -1;
    if (in < 1 || out < 1) {
      throw UserError.in(where)
          .what("the kernel has the wrong shape")
          .expected("[in, out] or [rows, in, out], in and out known")
          .received(Shapes.describe(kernel.shape()))
          .build();
    }
    if (x.shape().numDimensions() == 2) {
      Shapes.require(where, "x", x, -1, in);
      return axes == 2
          ? Precision.of(tf).matMul(tf, x, kernel)
          : PerExampleDense.apply(tf, sized(tf, x, -1, in), kernel);
    }
    Shapes.require(where, "x", x, -1, -1, in);
    return axes == 2 ? shared(tf, x, kernel, in, out) : own(tf, where, x, kernel, in, out);
  }

  private static Operand<TFloat32> own(
      Ops tf, String where, Operand<TFloat32> x, Operand<TFloat32> kernel, long in, long out) {
    // a product of batches would silently repeat a single row
    Operand<TFloat32> rows =
        SharedSizes.require(
            tf, where, "the kernel", kernel, 1, () -> leading(tf, x, 1), x.shape().get(0), in, out);
    return tf.train.batchMatMul(x, rows, TFloat32.class);
  }

  private static Operand<TFloat32> shared(
      Ops tf, Operand<TFloat32> x, Operand<TFloat32> kernel, long in, long out) {
    Operand<TFloat32> flat =
        Precision.of(tf).matMul(tf, tf.reshape(x, tf.constant(new long[] {-1, in})), kernel);
    long rows = x.shape().get(0);
    long batch = x.shape().get(1);
    if (rows > 0 || batch > 0) {
      return tf.reshape(
          flat, tf.constant(rows > 0 ? new long[] {rows, -1, out} : new long[] {-1, batch, out}));
    }
    Operand<TInt32> sizes =
        tf.concat(List.of(leading(tf, x, 2), tf.constant(new int[] {(int) out})), tf.constant(0));
    return sized(tf, tf.reshape(flat, sizes), -1, -1, out);
  }

  /** Makes sizes known that TensorFlow does not infer. */
  private static Operand<TFloat32> sized(Ops tf, Operand<TFloat32> x, long... sizes) {
    return !x.shape().isUnknown() && x.shape().get(sizes.length - 1) == sizes[sizes.length - 1]
        ? x
        : tf.ensureShape(x, Shape.of(sizes));
  }

  /** The first sizes of a tensor when the graph runs, {@code [count]}. */
  static Operand<TInt32> leading(Ops tf, Operand<TFloat32> x, int count) {
    return tf.slice(tf.shape(x), tf.constant(new int[] {0}), tf.constant(new int[] {count}));
  }
}

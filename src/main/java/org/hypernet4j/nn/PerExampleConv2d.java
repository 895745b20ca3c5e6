// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.graph.internal.SharedSizes;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.index.Index;
import org.tensorflow.ndarray.index.Indices;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Two-dimensional convolution with separate kernels for every example of a batch; NHWC, zero
 * padding to equal size ("SAME"), as {@link Conv2d}.
 *
 * <p>TensorFlow's convolution takes one kernel for all examples, and the gradient of its grouped
 * form does not exist on the CPU. Here the windows of all positions are laid out ({@code f_h + f_w}
 * slices, not {@code f_h f_w}), and one batched product multiplies them by the kernels. This needs
 * {@code f_h f_w} times the memory of x.
 */
public final class PerExampleConv2d {
  private PerExampleConv2d() {}

  /**
   * Convolves.
   *
   * @param x {@code [batch, height, width, in]}, height and width known
   * @param kernels {@code [batch, f_h, f_w, in, out]}
   * @param stride step in both directions
   * @return {@code [batch, ceil(height / stride), ceil(width / stride), out]}
   */
  public static Operand<TFloat32> apply(
      Ops tf, Operand<TFloat32> x, Operand<TFloat32> kernels, int stride) {
    String where = "convolution with kernels '" + kernels.op().name() + "'";
    Shapes.require(where, "x", x, -1, -1, -1, -1);
    long in = x.shape().get(3);
    Shapes.require(where, "kernels", kernels, x.shape().get(0), -1, -1, in, -1);
    long height = x.shape().get(1);
    long width = x.shape().get(2);
    long fh = kernels.shape().get(1);
    long fw = kernels.shape().get(2);
    long out = kernels.shape().get(4);
    if (stride < 1 || height < 1 || width < 1 || fh < 1 || fw < 1 || in < 1 || out < 1) {
      throw UserError.in(where)
          .what("every size but the batch must be known, and the stride positive")
          .received(
              "x "
                  + Shapes.describe(x.shape())
                  + ", kernels "
                  + Shapes.describe(kernels.shape())
                  + ", stride "
                  + stride)
          .build();
    }
    Operand<TFloat32> own =
        SharedSizes.require(
            tf,
            where,
            "kernels",
            kernels,
            1,
            () -> tf.slice(tf.shape(x), tf.constant(new int[] {0}), tf.constant(new int[] {1})),
            x.shape().get(0),
            fh,
            fw,
            in,
            out);
    Axis rows = Axis.of(height, fh, stride);
    Axis columns = Axis.of(width, fw, stride);
    Shapes.requireBelowLimit(
        where, "the tensor of all windows", x.shape().get(0), rows.out, columns.out, fh * fw * in);
    Operand<TFloat32> padded =
        tf.pad(
            x,
            tf.constant(new int[][] {{0, 0}, rows.padding(), columns.padding(), {0, 0}}),
            tf.constant(0f));
    // channels become (column, in), then (row, column, in): the order of a kernel
    Operand<TFloat32> windows = shifted(tf, shifted(tf, padded, 2, columns), 1, rows);
    long window = fh * fw * in;
    Operand<TFloat32> product =
        tf.train.batchMatMul(
            tf.reshape(windows, tf.constant(new long[] {-1, rows.out * columns.out, window})),
            tf.reshape(own, tf.constant(new long[] {-1, window, out})),
            TFloat32.class);
    return tf.reshape(product, tf.constant(new long[] {-1, rows.out, columns.out, out}));
  }

  /** The values at each tap of the window along one axis, side by side in the channels. */
  private static Operand<TFloat32> shifted(Ops tf, Operand<TFloat32> x, int axis, Axis along) {
    List<Operand<TFloat32>> taps = new ArrayList<>();
    for (long tap = 0; tap < along.taps; tap++) {
      Index[] place = {Indices.all(), Indices.all(), Indices.all(), Indices.all()};
      place[axis] = Indices.slice(tap, tap + (along.out - 1) * along.stride + 1, along.stride);
      taps.add(tf.stridedSlice(x, place));
    }
    Operand<TInt32> channels = tf.constant(3);
    return taps.size() == 1 ? taps.get(0) : tf.concat(taps, channels);
  }

  /** One direction: padding as TensorFlow's SAME, with the odd zero after the data. */
  private record Axis(long taps, long stride, long out, long before, long after) {
    static Axis of(long size, long taps, long stride) {
      long out = (size + stride - 1) / stride;
      long padding = Math.max((out - 1) * stride + taps - size, 0);
      return new Axis(taps, stride, out, padding / 2, padding - padding / 2);
    }

    int[] padding() {
      return new int[] {(int) before, (int) after};
    }
  }
}

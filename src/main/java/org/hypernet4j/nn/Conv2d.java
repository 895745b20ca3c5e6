// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Precision;
import org.hypernet4j.graph.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.OperationBuilder;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Two-dimensional convolution, NHWC, zero padding to equal size ("SAME"). */
public final class Conv2d {
  private Conv2d() {}

  /**
   * Convolves.
   *
   * @param x {@code [batch, height, width, in]}
   * @param kernel {@code [f_h, f_w, in, out]}
   * @param stride step in both directions
   * @return {@code [batch, ceil(height / stride), ceil(width / stride), out]}
   */
  public static Operand<TFloat32> apply(
      Ops tf, Operand<TFloat32> x, Operand<TFloat32> kernel, int stride) {
    String where = "convolution with kernel '" + kernel.op().name() + "'";
    if (stride < 1) {
      throw UserError.in(where).what("the stride must be positive").received(stride).build();
    }
    Operand<TFloat32> images = ImageCheck.require(tf, where, x, 1);
    Shapes.require(where, "kernel", kernel, -1, -1, images.shape().get(3), -1);
    return Precision.of(tf)
        .conv2d(tf, images, kernel, List.of(1L, (long) stride, (long) stride, 1L));
  }

  /** As {@link #apply(Ops, Operand, Operand, int)}, with a bias {@code [out]} added. */
  public static Operand<TFloat32> apply(
      Ops tf, Operand<TFloat32> x, Operand<TFloat32> kernel, Operand<TFloat32> bias, int stride) {
    Operand<TFloat32> y = apply(tf, x, kernel, stride);
    String where = "convolution with kernel '" + kernel.op().name() + "'";
    Shapes.require(where, "bias", bias, kernel.shape().get(3));
    return tf.nn.biasAdd(y, bias);
  }

  /**
   * The maximum of each 2 x 2 block, {@code [batch, h, w, c] -> [batch, h / 2, w / 2, c]}.
   *
   * <p>Built by hand: {@code tf.nn.maxPool} builds the op MaxPoolV2, which oneDNN does not support;
   * its kernels for MaxPool and the gradient are several times faster.
   */
  public static Operand<TFloat32> maxPool2(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> images = ImageCheck.require(tf, "max pooling", x, 2);
    OperationBuilder builder = tf.scope().opBuilder("MaxPool", "MaxPool");
    builder.addInput(images.asOutput());
    builder.setAttr("ksize", new long[] {1, 2, 2, 1});
    builder.setAttr("strides", new long[] {1, 2, 2, 1});
    builder.setAttr("padding", "VALID");
    return builder.build().output(0);
  }

  /** The mean of each 2 x 2 block, {@code [batch, h, w, c] -> [batch, h / 2, w / 2, c]}. */
  public static Operand<TFloat32> averagePool2(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> images = ImageCheck.require(tf, "average pooling", x, 2);
    return tf.nn.avgPool(images, List.of(1L, 2L, 2L, 1L), List.of(1L, 2L, 2L, 1L), "VALID");
  }
}

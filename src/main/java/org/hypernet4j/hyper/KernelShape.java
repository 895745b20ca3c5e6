// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import org.hypernet4j.error.UserError;
import org.tensorflow.ndarray.Shape;

/**
 * The shape of a kernel in TensorFlow's HWIO order. A dense kernel {@code [in, out]} is a 1 x 1
 * convolution kernel here.
 *
 * @param height rows of the receptive field
 * @param width columns of the receptive field
 * @param in input channels, N_in
 * @param out output channels, N_out
 */
public record KernelShape(int height, int width, int in, int out) {
  /** Checks that every size is positive and that the weights can be counted in 63 bits. */
  public KernelShape {
    if (height < 1 || width < 1 || in < 1 || out < 1) {
      throw UserError.in("kernel shape")
          .what("sizes must be positive")
          .received("[" + height + ", " + width + ", " + in + ", " + out + "]")
          .build();
    }
    if ((double) height * width * in * out >= Long.MAX_VALUE) {
      throw UserError.in("kernel shape")
          .what("too many weights to be counted")
          .received("[" + height + ", " + width + ", " + in + ", " + out + "]")
          .build();
    }
  }

  /** A square kernel f x f. */
  public static KernelShape square(int f, int in, int out) {
    return new KernelShape(f, f, in, out);
  }

  /** The kernel of a dense layer. */
  public static KernelShape dense(int in, int out) {
    return new KernelShape(1, 1, in, out);
  }

  /** The number of weights. */
  public long size() {
    return (long) height * width * in * out;
  }

  /** {@code [height, width, in, out]}. */
  public Shape toShape() {
    return Shape.of(height, width, in, out);
  }

  @Override
  public String toString() {
    return height + "x" + width + "x" + in + "x" + out;
  }
}

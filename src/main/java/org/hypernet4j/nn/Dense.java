// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import org.hypernet4j.graph.Precision;
import org.hypernet4j.graph.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A fully connected layer. */
public final class Dense {
  private Dense() {}

  /**
   * {@code x W + b}.
   *
   * @param x {@code [batch, in]}
   * @param kernel W, {@code [in, out]}
   * @param bias b, {@code [out]}
   * @return {@code [batch, out]}
   */
  public static Operand<TFloat32> apply(
      Ops tf, Operand<TFloat32> x, Operand<TFloat32> kernel, Operand<TFloat32> bias) {
    String where = "dense layer with kernel '" + kernel.op().name() + "'";
    Shapes.require(where, "kernel", kernel, -1, -1);
    Shapes.require(where, "x", x, -1, kernel.shape().get(0));
    Shapes.require(where, "bias", bias, kernel.shape().get(1));
    return tf.nn.biasAdd(Precision.of(tf).matMul(tf, x, kernel), bias);
  }
}

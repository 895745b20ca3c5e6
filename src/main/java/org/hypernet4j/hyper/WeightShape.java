// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializer;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Shapes;
import org.tensorflow.ndarray.Shape;

/**
 * A weight of a network that others may make: its shape, the kernel whose fans decide its scale,
 * and the values with which it starts where it is an ordinary parameter.
 *
 * @param shape of the weight: {@code [in, out]} of a dense layer, {@code [height, width, in, out]}
 *     of a convolution, {@code [out]} of a bias
 * @param fans the kernel, or for a bias the kernel that it stands beside
 * @param initializer the values of an ordinary parameter
 */
public record WeightShape(Shape shape, KernelShape fans, Initializer initializer) {
  /** Checks that the shape is that of the kernel or of its bias. */
  public WeightShape {
    boolean dense = fans.height() == 1 && fans.width() == 1;
    boolean fits =
        shape.equals(fans.toShape())
            || (dense && shape.equals(Shape.of(fans.in(), fans.out())))
            || shape.equals(Shape.of(fans.out()));
    if (!fits) {
      throw UserError.in("weight of a network")
          .what("is neither a kernel nor its bias")
          .expected(
              (dense ? Shapes.describe(fans.in(), fans.out()) + ", " : "")
                  + Shapes.describe(fans.toShape())
                  + " or, for the bias, "
                  + Shapes.describe(fans.out()))
          .received(Shapes.describe(shape))
          .build();
    }
  }

  /** The kernel of a dense layer, {@code [in, out]}; it starts normal with the variance 2 / in. */
  public static WeightShape dense(int in, int out) {
    return new WeightShape(Shape.of(in, out), KernelShape.dense(in, out), Initializers.heNormal());
  }

  /** The kernel of a convolution, {@code [f, f, in, out]}; it starts as that of a dense layer. */
  public static WeightShape conv2d(int f, int in, int out) {
    KernelShape kernel = KernelShape.square(f, in, out);
    return new WeightShape(kernel.toShape(), kernel, Initializers.heNormal());
  }

  /** A bias, {@code [out]}, of the layer with such a kernel; it starts at zero. */
  public static WeightShape bias(KernelShape kernel) {
    return new WeightShape(Shape.of(kernel.out()), kernel, Initializers.zeros());
  }

  /** The same weight with other values at the start. */
  public WeightShape startingWith(Initializer other) {
    return new WeightShape(shape, fans, other);
  }

  /** Whether it is a bias. */
  public boolean isBias() {
    return shape.numDimensions() == 1;
  }

  /** The number of its entries. */
  public long size() {
    return shape.size();
  }
}

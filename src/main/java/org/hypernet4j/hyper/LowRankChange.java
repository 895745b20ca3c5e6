// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * A change of low rank to a kernel (Hu et al., "LoRA: Low-rank adaptation of large language
 * models", ICLR 2022): {@code W' = W + s A B}, where W is seen as a matrix of {@code height width
 * in} rows and {@code out} columns.
 *
 * @param a A, {@code [m, r]}, or {@code [rows, m, r]} for one network each
 * @param b B, {@code [r, n]} or {@code [rows, r, n]}
 * @param scale s
 */
public record LowRankChange(Operand<TFloat32> a, Operand<TFloat32> b, float scale) {
  /**
   * Checks that the factors can be multiplied.
   *
   * @throws UserError if they cannot, m or n is not known, or s is not finite
   */
  public LowRankChange {
    if (!Float.isFinite(scale)) {
      throw UserError.in("change of low rank")
          .what("the scale must be finite")
          .received(scale)
          .build();
    }
    Shape left = a.shape();
    Shape right = b.shape();
    int axes = left.numDimensions();
    boolean fits = (axes == 2 || axes == 3) && right.numDimensions() == axes;
    if (!fits
        || left.get(axes - 2) < 1
        || left.get(axes - 1) < 1
        || right.get(axes - 1) < 1
        || left.get(axes - 1) != right.get(axes - 2)
        || (axes == 3 && differ(left.get(0), right.get(0)))) {
      throw UserError.in("change of low rank")
          .what("the factors cannot be multiplied")
          .expected("A [m, r] and B [r, n], or A [rows, m, r] and B [rows, r, n], m, r, n known")
          .received("A " + Shapes.describe(left) + ", B " + Shapes.describe(right))
          .build();
    }
  }

  private static boolean differ(long rows, long others) {
    return rows >= 0 && others >= 0 && rows != others;
  }

  /** Whether there is a change each for several networks. */
  public boolean hasRows() {
    return a.shape().numDimensions() == 3;
  }
}

package org.hypernet4j.graph;

import org.hypernet4j.error.UserError;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;

/** One line that checks a shape before TensorFlow sees it. */
public final class Shapes {
  private Shapes() {}

  /**
   * Checks the shape of an operand as far as it is known when the graph is built.
   *
   * @param where the scope that is named in the error
   * @param what the argument's name, for example {@code x}
   * @param operand the tensor
   * @param expected sizes, -1 for any
   * @return the operand
   */
  public static <O extends Operand<?>> O require(
      String where, String what, O operand, long... expected) {
    require(where, what, operand.shape(), expected);
    return operand;
  }

  /** Checks a shape; sizes of -1 match anything on either side. */
  public static void require(String where, String what, Shape shape, long... expected) {
    boolean fits = shape.isUnknown() || shape.numDimensions() == expected.length;
    for (int i = 0; fits && !shape.isUnknown() && i < expected.length; i++) {
      long size = shape.get(i);
      fits = size < 0 || expected[i] < 0 || size == expected[i];
    }
    if (!fits) {
      throw UserError.in(where)
          .what(what + " has the wrong shape")
          .expected(describe(expected))
          .received(describe(shape.asArray()))
          .build();
    }
  }

  /** A shape as people write it: {@code [?, 28, 28, 1]}. */
  public static String describe(long... sizes) {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < sizes.length; i++) {
      text.append(i == 0 ? "" : ", ").append(sizes[i] < 0 ? "?" : Long.toString(sizes[i]));
    }
    return text.append(']').toString();
  }
}

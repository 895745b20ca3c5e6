// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph;

import java.util.Locale;
import org.hypernet4j.error.UserError;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;

/**
 * Checks of shapes before TensorFlow sees them.
 *
 * <p>These checks do more than improve messages: a shape with too many axes, a negative size or
 * more than 2^63 entries ends the process, and so do ops on tensors of 2^31 entries and more,
 * because some of them count positions in 32 bits.
 */
public final class Shapes {
  /** Maximum number of axes of a TensorFlow tensor. */
  public static final int MOST_AXES = 254;

  /** Exclusive upper limit of the number of entries of a tensor. */
  public static final long LIMIT = 1L << 31;

  private Shapes() {}

  /**
   * Checks the shape of a tensor that is about to be created.
   *
   * @param where the scope, file or input that is named in the error
   * @param what the tensor's name there, for example {@code the value}
   * @param shape from a caller or a file
   * @return the number of entries, less than 2^31; 0 if a size is 0
   * @throws UserError if a size is unknown or negative, there are more than 254 axes, or the
   *     product of the sizes other than 0 is 2^31 or more
   */
  public static long requireTensor(String where, String what, Shape shape) {
    if (shape.isUnknown() || shape.hasUnknownDimension()) {
      throw wrong(where, what, shape);
    }
    return known(where, what, shape);
  }

  /**
   * Checks the shape of a placeholder: the number of axes must be known, sizes need not be.
   *
   * @throws UserError as {@link #requireTensor}, for the sizes that are known
   */
  public static void requirePlaceholder(String where, String what, Shape shape) {
    if (shape.isUnknown()) {
      throw wrong(where, what, shape);
    }
    known(where, what, shape);
  }

  private static long known(String where, String what, Shape shape) {
    long numbers = 1;
    boolean empty = false;
    boolean fits = shape.numDimensions() <= MOST_AXES;
    for (int i = 0; fits && i < shape.numDimensions(); i++) {
      long size = shape.get(i);
      empty |= size == 0;
      // both factors are below 2^31, so that the product never overflows
      fits = size >= Shape.UNKNOWN_SIZE && size < LIMIT;
      numbers *= fits ? Math.max(1, size) : 1;
      fits &= numbers < LIMIT;
    }
    if (!fits) {
      throw wrong(where, what, shape);
    }
    return empty ? 0 : numbers;
  }

  /**
   * Checks the size of a tensor that is computed, as far as its axes are known when the graph is
   * built.
   *
   * @param what names the tensor in the error, for example {@code the generated kernel}
   * @param sizes of its axes, in any order; negative ones are unknown and left out
   * @throws UserError if it would hold 2^31 numbers or more
   */
  public static void requireBelowLimit(String where, String what, long... sizes) {
    double numbers = 1;
    for (long size : sizes) {
      numbers *= size < 0 ? 1 : size;
    }
    if (numbers >= LIMIT) {
      throw UserError.in(where)
          .what(what + " is too large")
          .expected("fewer than 2^31 numbers")
          .received(String.format(Locale.ROOT, "%s = %.0f", describe(sizes), numbers))
          .build();
    }
  }

  private static UserError wrong(String where, String what, Shape shape) {
    return UserError.in(where)
        .what(what + " cannot have this shape")
        .expected("sizes of 0 or more, at most " + MOST_AXES + " axes, fewer than 2^31 numbers")
        .received(
            shape.isUnknown()
                ? "an unknown shape"
                : shape.numDimensions() > MOST_AXES
                    ? shape.numDimensions() + " axes"
                    : describe(shape.asArray()))
        .build();
  }

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

  /** A shape in human-readable form, {@code [?, 28, 28, 1]}, or {@code an unknown shape}. */
  public static String describe(Shape shape) {
    return shape.isUnknown() ? "an unknown shape" : describe(shape.asArray());
  }

  /** Sizes in human-readable form, {@code [?, 28, 28, 1]}. */
  public static String describe(long... sizes) {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < sizes.length; i++) {
      text.append(i == 0 ? "" : ", ").append(sizes[i] == -1 ? "?" : Long.toString(sizes[i]));
    }
    return text.append(']').toString();
  }
}

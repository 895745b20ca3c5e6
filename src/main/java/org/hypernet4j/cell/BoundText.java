// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.graph.internal.SharedSizes;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The texts that a batch of sequences reads, in the graph around a loop. A step takes them from its
 * values, as it does weights.
 */
final class BoundText {
  private static final String WHERE = "text of a soft window";

  private final Weight vectors;
  private final Weight lengths;
  private final long rows;
  private final boolean differentiable;

  private BoundText(Operand<TFloat32> vectors, Operand<TFloat32> lengths, boolean differentiable) {
    this.vectors = Weight.bound("characters", vectors);
    this.lengths = Weight.bound("lengths", lengths);
    this.rows = vectors.shape().isUnknown() ? -1 : vectors.shape().get(0);
    this.differentiable = differentiable;
  }

  /**
   * Checks a text and replaces what is past its end by zeros, whatever stood there.
   *
   * @param characters {@code [batch, U, size]}
   * @param lengths characters of each text, {@code [batch]}, or null for U
   * @param differentiable whether a derivative by the characters may be asked for
   */
  static BoundText of(
      Ops tf,
      Operand<TFloat32> characters,
      @Nullable Operand<TInt32> lengths,
      int size,
      boolean differentiable) {
    Shapes.require(WHERE, "characters", characters, -1, -1, size);
    Operand<TFloat32> known = SharedSizes.withTrailing(tf, characters, 2, -1, -1, size);
    Operand<TInt32> rows = size(tf, known, 0);
    Operand<TInt32> places = size(tf, known, 1);
    if (lengths == null) {
      Operand<TFloat32> all =
          tf.fill(rows, tf.squeeze(tf.dtypes.cast(places, TFloat32.class))); // [batch]
      return new BoundText(known, all, differentiable);
    }
    if (lengths.type() != TInt32.class) {
      throw UserError.in(WHERE)
          .what("lengths are of the wrong type")
          .expected("int32")
          .received(lengths.asOutput().dataType())
          .build();
    }
    Operand<TInt32> own =
        SharedSizes.require(tf, WHERE, "lengths", lengths, 1, () -> rows, known.shape().get(0));
    Operand<TInt32> within = tf.math.minimum(tf.math.maximum(own, tf.constant(0)), places);
    Operand<TInt32> numbers = tf.range(tf.constant(0), tf.squeeze(places), tf.constant(1));
    Operand<TFloat32> masked =
        tf.select(
            tf.expandDims(
                tf.math.less(numbers, tf.expandDims(within, tf.constant(1))), tf.constant(2)),
            known,
            tf.constant(0f));
    return new BoundText(masked, tf.dtypes.cast(within, TFloat32.class), differentiable);
  }

  /** One size of a tensor, {@code [1]}. */
  static Operand<TInt32> size(Ops tf, Operand<?> tensor, int axis) {
    return tf.slice(tf.shape(tensor), tf.constant(new int[] {axis}), tf.constant(new int[] {1}));
  }

  /** Number of texts, or -1 where it is not known when the graph is built. */
  long rows() {
    return rows;
  }

  /** The characters' vectors, zero past a text's end: {@code [batch, U, C]}. */
  Operand<TFloat32> vectors(Ops tf, CellValues values) {
    Operand<TFloat32> own = values.of(vectors);
    // the derivative of one-hot vectors would be summed up in every step, to no use
    return differentiable ? own : tf.stopGradient(own);
  }

  /** The number of characters of each text, {@code [batch]}. */
  Operand<TFloat32> lengths(Ops tf, CellValues values) {
    return tf.stopGradient(values.of(lengths));
  }
}

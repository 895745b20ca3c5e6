// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.graph.internal.SharedSizes;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.AssertThat;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The rows of a memory that are there, checked, in the graph around a loop.
 *
 * @param memory {@code [batch, S, D]}, zeros behind the lengths
 * @param keys {@code [batch, S, A]} if they were given
 * @param shift what is added to a score, {@code [batch, 1, S]}: 0, or a number behind the length
 *     that leaves a weight of exactly 0; null if all rows are there
 */
record MemoryRows(
    Operand<TFloat32> memory, @Nullable Operand<TFloat32> keys, @Nullable Operand<TFloat32> shift) {
  /** Absorbs any score; finite, so that a memory without rows has a softmax without NaN. */
  private static final float ABSENT = -1e30f;

  private static final long SHOWN = 64L;

  /** Checks a memory and replaces what is behind its length by zeros, whatever stood there. */
  static MemoryRows of(
      Ops tf,
      String where,
      Operand<TFloat32> memory,
      @Nullable Operand<TInt32> lengths,
      int size,
      boolean checking) {
    Shapes.require(where, "memory", memory, -1, -1, size);
    Operand<TFloat32> known = SharedSizes.withTrailing(tf, memory, 2, -1, -1, size);
    if (known.shape().get(1) == 0) {
      throw UserError.in(where)
          .what("there is nothing to attend to: the memory has no rows")
          .expected("[batch, S, " + size + "], S 1 or more")
          .received(Shapes.describe(known.shape()))
          .build();
    }
    if (lengths == null) {
      return new MemoryRows(
          checking && known.shape().get(1) < 0 ? checkedRows(tf, where, known) : known, null, null);
    }
    Operand<TInt32> own = lengths(tf, where, known, lengths);
    if (checking) {
      own = checkedLengths(tf, where, own, size(tf, known, 1));
    }
    Operand<TBool> there = there(tf, known, own);
    return new MemoryRows(
        tf.select(tf.expandDims(there, tf.constant(2)), known, tf.constant(0f)),
        null,
        shift(tf, there));
  }

  /** Takes a memory and its keys as they are. */
  static MemoryRows given(
      Ops tf,
      String where,
      Operand<TFloat32> memory,
      Operand<TFloat32> keys,
      Operand<TInt32> lengths,
      int size,
      int units) {
    List<Operand<TFloat32>> both =
        SharedSizes.require(
            tf,
            where,
            List.of("memory", "keys"),
            List.of(memory, keys),
            List.of(
                new long[] {known(memory, keys, 0), known(memory, keys, 1), size},
                new long[] {known(memory, keys, 0), known(memory, keys, 1), units}),
            2,
            () ->
                tf.slice(tf.shape(memory), tf.constant(new int[] {0}), tf.constant(new int[] {2})));
    Operand<TInt32> own = lengths(tf, where, both.get(0), lengths);
    return new MemoryRows(both.get(0), both.get(1), shift(tf, there(tf, both.get(0), own)));
  }

  /** A size that is known of one of two tensors, or -1. */
  private static long known(Operand<?> one, Operand<?> other, int axis) {
    for (Operand<?> tensor : List.of(one, other)) {
      Shape shape = tensor.shape();
      if (!shape.isUnknown() && shape.numDimensions() == 3 && shape.get(axis) >= 0) {
        return shape.get(axis);
      }
    }
    return -1;
  }

  private static Operand<TInt32> lengths(
      Ops tf, String where, Operand<TFloat32> memory, Operand<TInt32> lengths) {
    if (lengths.type() != TInt32.class) {
      throw UserError.in(where)
          .what("lengths are of the wrong type")
          .expected("int32")
          .received(lengths.asOutput().dataType())
          .build();
    }
    return SharedSizes.require(
        tf,
        where,
        "lengths",
        lengths,
        1,
        () -> BoundText.size(tf, memory, 0),
        memory.shape().get(0));
  }

  private static Operand<TInt32> checkedLengths(
      Ops tf, String where, Operand<TInt32> lengths, Operand<TInt32> places) {
    Operand<TBool> right =
        tf.math.logicalAnd(
            tf.math.greaterEqual(lengths, tf.constant(1)), tf.math.lessEqual(lengths, places));
    Op check =
        tf.assertThat(
            tf.reduceAll(right, tf.constant(0)),
            List.of(
                tf.constant(
                    unquoted(where)
                        + ": nothing to attend to, or a length beyond the memory; expected 1 to"),
                places,
                tf.constant("received lengths"),
                lengths),
            AssertThat.summarize(SHOWN));
    return tf.withControlDependencies(check).identity(lengths);
  }

  private static Operand<TFloat32> checkedRows(Ops tf, String where, Operand<TFloat32> memory) {
    Op check =
        tf.assertThat(
            tf.math.greaterEqual(size(tf, memory, 1), tf.constant(1)),
            List.of(
                tf.constant(
                    unquoted(where) + ": nothing to attend to: the memory has no rows; received"),
                tf.shape(memory)));
    return tf.withControlDependencies(check).identity(memory);
  }

  /** A place for a message of TensorFlow, which marks quotes by backslashes. */
  private static String unquoted(String where) {
    return where.replace("'", "");
  }

  /** Which rows are there, {@code [batch, S]}. */
  private static Operand<TBool> there(Ops tf, Operand<TFloat32> memory, Operand<TInt32> lengths) {
    Operand<TInt32> numbers = tf.range(tf.constant(0), size(tf, memory, 1), tf.constant(1));
    return tf.math.less(numbers, tf.expandDims(lengths, tf.constant(1)));
  }

  private static Operand<TFloat32> shift(Ops tf, Operand<TBool> there) {
    return tf.select(tf.expandDims(there, tf.constant(1)), tf.constant(0f), tf.constant(ABSENT));
  }

  /** One size of a tensor, a scalar: a constant where it is known when the graph is built. */
  static Operand<TInt32> size(Ops tf, Operand<?> tensor, int axis) {
    Shape shape = tensor.shape();
    return !shape.isUnknown() && shape.get(axis) >= 0
        ? tf.constant((int) shape.get(axis))
        : tf.squeeze(BoundText.size(tf, tensor, axis));
  }

  /** Sizes for a reshape, the last of which is a number. */
  static Operand<TInt32> sizes(Ops tf, Operand<TInt32> first, Operand<TInt32> second, int last) {
    return tf.stack(List.of(first, second, tf.constant(last)));
  }

  /** Sizes of four axes for a reshape. */
  static Operand<TInt32> sizes(
      Ops tf, Operand<TInt32> first, Operand<TInt32> second, Operand<TInt32> third, int last) {
    return tf.stack(List.of(first, second, third, tf.constant(last)));
  }

  /** A product of matrices for each example. The newer op would repeat one for a whole batch. */
  static Operand<TFloat32> product(
      Ops tf, Operand<TFloat32> left, Operand<TFloat32> right, boolean transposeRight) {
    return tf.scope()
        .opBuilder("BatchMatMul", "AttentionProduct")
        .addInput(left.asOutput())
        .addInput(right.asOutput())
        .setAttr("adj_y", transposeRight)
        .build()
        .output(0);
  }
}

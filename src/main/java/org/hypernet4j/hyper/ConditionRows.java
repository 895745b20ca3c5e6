// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.hypernet4j.graph.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Conditions beside embeddings, and generated numbers cut up into weights, row by row. */
final class ConditionRows {
  private ConditionRows() {}

  /**
   * The length of a condition and an embedding together.
   *
   * @throws org.hypernet4j.error.UserError if it is 2^31 or more
   */
  static int sizeBeside(String where, int conditionSize, int embeddingSize) {
    long size = (long) conditionSize + embeddingSize;
    Shapes.requireBelowLimit(where, "condition and embedding together", size);
    return (int) size;
  }

  /**
   * Every condition beside every embedding.
   *
   * @param conditions {@code [rows, N_c]}
   * @param embeddings {@code [K, N_z]}
   * @return {@code [rows, K, N_c + N_z]}
   */
  static Operand<TFloat32> beside(
      Ops tf, Operand<TFloat32> conditions, Operand<TFloat32> embeddings) {
    long size = conditions.shape().get(1);
    long count = embeddings.shape().get(0);
    long own = embeddings.shape().get(1);
    Shapes.requireBelowLimit(
        "conditions beside embeddings",
        "the tensor of all pairs",
        conditions.shape().get(0),
        count,
        size + own);
    // Repeated by sums with zeros: the gradient of a tile logs an error on the CPU.
    Operand<TFloat32> byRow =
        tf.reshape(
            tf.zerosLike(
                tf.slice(
                    conditions, tf.constant(new int[] {0, 0}), tf.constant(new int[] {-1, 1}))),
            tf.constant(new long[] {-1, 1, 1}));
    Operand<TFloat32> left =
        tf.math.add(
            tf.reshape(conditions, tf.constant(new long[] {-1, 1, size})),
            tf.zeros(tf.constant(new long[] {1, count, 1}), TFloat32.class));
    Operand<TFloat32> right =
        tf.math.add(byRow, tf.reshape(embeddings, tf.constant(new long[] {1, count, own})));
    return tf.concat(List.of(left, right), tf.constant(2));
  }

  /**
   * Some numbers of every row, as weights of one shape.
   *
   * @param numbers {@code [rows, n]}
   * @param first the first of them
   * @param shape of a weight
   * @param condition one, or several: whether there is an axis of rows before the shape
   */
  static Operand<TFloat32> cut(
      Ops tf, Operand<TFloat32> numbers, long first, WeightShape shape, Condition condition) {
    Operand<TFloat32> part =
        first == 0 && numbers.shape().get(1) == shape.size()
            ? numbers
            : tf.slice(
                numbers,
                // int32: the gradient of Slice cannot be built for int64 positions
                tf.constant(new int[] {0, Math.toIntExact(first)}),
                tf.constant(new int[] {-1, Math.toIntExact(shape.size())}));
    return shaped(tf, part, shape, condition);
  }

  /** Numbers in row-major order, in any shape, as weights of one shape. */
  static Operand<TFloat32> shaped(
      Ops tf, Operand<TFloat32> numbers, WeightShape shape, Condition condition) {
    long[] own = shape.shape().asArray();
    if (!condition.hasRows()) {
      return tf.reshape(numbers, tf.constant(own));
    }
    // The number of rows is often known, and then the shapes of all that follows are.
    long rows = condition.value().shape().get(0);
    return tf.reshape(
        numbers, tf.constant(LongStream.concat(LongStream.of(rows), LongStream.of(own)).toArray()));
  }

  /** Multiplies by the root of a ratio of variances, if that is not 1. */
  static Operand<TFloat32> scaled(Ops tf, Operand<TFloat32> weights, double ratio) {
    return ratio == 1 ? weights : tf.math.mul(weights, tf.constant((float) Math.sqrt(ratio)));
  }

  /** {@code [n_1, N], [n_2, N], ...} one below the other. */
  static Operand<TFloat32> below(Ops tf, List<? extends Operand<TFloat32>> rows) {
    return rows.size() == 1 ? rows.get(0) : tf.concat(new ArrayList<>(rows), tf.constant(0));
  }
}

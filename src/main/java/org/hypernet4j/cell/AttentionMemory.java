// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import org.hypernet4j.graph.Shapes;
import org.hypernet4j.graph.internal.SharedSizes;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * What a batch attends to: a memory for each example, and its keys. It belongs to the graph around
 * a loop. A step reads it through its values, as it does weights: it is invariant in the loop, and
 * a scan has its derivative.
 *
 * <p>The methods take the values of the graph they are called in: {@code CellValues.make(tf)}
 * outside of a loop, the loop's own inside.
 */
public final class AttentionMemory {
  private final Attention attention;
  private final Operand<TFloat32> memory;
  private final Operand<TFloat32> keys;
  private final Weight boundMemory;
  private final Weight boundKeys;
  private final @Nullable Weight boundShift;

  AttentionMemory(Attention attention, MemoryRows rows, Operand<TFloat32> keys) {
    this.attention = attention;
    this.memory = rows.memory();
    this.keys = keys;
    this.boundMemory = Weight.bound("memory", memory);
    this.boundKeys = Weight.bound("keys", keys);
    Operand<TFloat32> shift = rows.shift();
    this.boundShift = shift == null ? null : Weight.bound("lengths of the memory", shift);
  }

  /** The attention whose keys these are. */
  public Attention attention() {
    return attention;
  }

  /** The memory in the graph around a loop, zeros behind its length: {@code [batch, S, D]}. */
  public Operand<TFloat32> memory() {
    return memory;
  }

  /**
   * The part of the scores that does not depend on the query, in the graph around a loop: {@code
   * [batch, S, A]}.
   */
  public Operand<TFloat32> keys() {
    return keys;
  }

  /** Number of memories, or -1 where it is not known when the graph is built. */
  long rows() {
    return memory.shape().get(0);
  }

  /**
   * How much each query attends to each row.
   *
   * @param queries {@code [batch, Q, N]}; Q may be anything, all steps of a sequence for example
   * @return {@code [batch, Q, S]}: each sums to 1 over S, and is exactly 0 behind the length
   */
  public Operand<TFloat32> alignments(Ops tf, CellValues values, Operand<TFloat32> queries) {
    int size = attention.settings().querySize();
    Operand<TFloat32> known =
        SharedSizes.withTrailing(tf, attention.queries(queries, rows()), 2, -1, -1, size);
    Operand<TFloat32> projected =
        attention.projected(
            tf, values, tf.reshape(known, tf.constant(new int[] {-1, size})), false);
    return weigh(
        tf,
        values,
        tf.reshape(
            projected,
            MemoryRows.sizes(
                tf,
                MemoryRows.size(tf, known, 0),
                MemoryRows.size(tf, known, 1),
                attention.settings().units())));
  }

  /** As {@link #alignments}, from projected queries {@code [batch, Q, A]}. */
  Operand<TFloat32> weigh(Ops tf, CellValues values, Operand<TFloat32> queries) {
    Operand<TFloat32> scores = attention.scores(tf, values, queries, values.of(boundKeys));
    if (boundShift != null) {
      scores = tf.math.add(scores, tf.stopGradient(values.of(boundShift)));
    }
    return tf.nn.softmax(scores);
  }

  /**
   * The means of the rows by these weights.
   *
   * @param alignments {@code [batch, Q, S]}
   * @return {@code [batch, Q, D]}
   */
  public Operand<TFloat32> contexts(Ops tf, CellValues values, Operand<TFloat32> alignments) {
    Operand<TFloat32> rows = values.of(boundMemory);
    Shapes.require(attention.where(), "alignments", alignments, rows(), -1, memory.shape().get(1));
    return MemoryRows.product(tf, alignments, rows, false);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.List;
import java.util.Objects;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Precision;
import org.hypernet4j.graph.Role;
import org.hypernet4j.graph.Shapes;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * How much a query has to do with each row of a memory: a score of query q and row m, whose softmax
 * over the rows are weights that sum to 1, and the mean of the rows by these weights, the context.
 *
 * <pre>
 * additive               sum over a of v_a tanh(m W_m + q W_q)_a
 * additive, normalised   sum over a of g v_a / |v| tanh(m W_m + q W_q + b)_a
 * multiplicative         q . (m W_m)
 * multiplicative, scaled g q . (m W_m)
 * </pre>
 *
 * <p>All that does not depend on the query, the keys, is formed once for a memory: {@link #over}.
 * It does not grow with the number of queries. Keys are {@code m W_m}, with b or times g where
 * there is one.
 *
 * <p>Parameters: {@code memory_kernel [D, A]}; of an additive score also {@code query_kernel [N,
 * A]} and {@code v [A]}; normalised, {@code g []}, at first {@code sqrt(1 / A)}, and {@code b [A]},
 * at first 0; scaled, {@code g []}, at first 1. N is the size of a query, D that of the memory, A
 * that of a key.
 *
 * <pre>{@code
 * Attention attention = new Attention(scope, AttentionSettings.additive(256, 256, 256));
 * AttentionMemory memory = attention.over(tf, encoded, lengths);
 * AttendingCell<LstmState> cell = new AttentionCell<>(lstm, attention).reading(memory);
 * }</pre>
 */
public final class Attention {
  private final AttentionSettings settings;
  private final String where;
  private final Parameter memoryKernel;
  private final @Nullable Parameter queryKernel;
  private final @Nullable Parameter direction;
  private final @Nullable Parameter gain;
  private final @Nullable Parameter shift;

  /** Creates the parameters in the given scope. */
  public Attention(ParameterScope scope, AttentionSettings settings) {
    this.settings = settings;
    this.where = "attention '" + scope.path() + "'";
    int a = settings.units();
    memoryKernel =
        scope.regularisedParameter(
            "memory_kernel",
            Shape.of(settings.memorySize(), a),
            settings.initializer(),
            Role.KERNEL);
    boolean additive = settings.isAdditive();
    queryKernel =
        additive
            ? scope.regularisedParameter(
                "query_kernel",
                Shape.of(settings.querySize(), a),
                settings.initializer(),
                Role.KERNEL)
            : null;
    direction =
        additive
            ? scope.regularisedParameter("v", Shape.of(a), settings.initializer(), Role.KERNEL)
            : null;
    float first = additive ? (float) Math.sqrt(1.0 / a) : 1f;
    gain =
        settings.isNormalised() || settings.isScaled()
            ? scope.parameter("g", Shape.scalar(), Initializers.constant(first), Role.NORMALISATION)
            : null;
    shift =
        settings.isNormalised()
            ? scope.parameter("b", Shape.of(a), Initializers.zeros(), Role.BIAS)
            : null;
  }

  /** The settings. */
  public AttentionSettings settings() {
    return settings;
  }

  /**
   * The memory of a batch and its keys. What is behind a length has no influence on anything, even
   * if it is NaN, and a derivative of 0. A length that is not from 1 to S stops the run.
   *
   * @param memory {@code [batch, S, D]}
   * @param lengths rows of each memory, {@code [batch]}; null if all have S
   */
  public AttentionMemory over(Ops tf, Operand<TFloat32> memory, @Nullable Operand<TInt32> lengths) {
    return keyed(tf, MemoryRows.of(tf, where, memory, lengths, settings.memorySize(), true));
  }

  /**
   * As {@link #over(Ops, Operand, Operand)}, for lengths that were checked before: no op looks at
   * them when the graph runs. A memory of length 0 has a context of zeros.
   */
  public AttentionMemory overChecked(Ops tf, Operand<TFloat32> memory, Operand<TInt32> lengths) {
    return keyed(tf, MemoryRows.of(tf, where, memory, lengths, settings.memorySize(), false));
  }

  /**
   * A memory and its keys as an earlier run returned them: {@link AttentionMemory#memory} and
   * {@link AttentionMemory#keys}. Neither is made again, and the lengths are not checked again.
   *
   * @param memory {@code [batch, S, D]}, zeros behind the lengths
   * @param keys {@code [batch, S, A]}
   * @param lengths rows of each memory, {@code [batch]}
   */
  public AttentionMemory over(
      Ops tf, Operand<TFloat32> memory, Operand<TFloat32> keys, Operand<TInt32> lengths) {
    MemoryRows rows =
        MemoryRows.given(tf, where, memory, keys, lengths, settings.memorySize(), settings.units());
    return new AttentionMemory(this, rows, Objects.requireNonNull(rows.keys()));
  }

  private AttentionMemory keyed(Ops tf, MemoryRows rows) {
    Operand<TFloat32> kernel = memoryKernel.value();
    if (settings.isScaled()) {
      kernel = tf.math.mul(kernel, Objects.requireNonNull(gain).value());
    }
    Operand<TFloat32> flat =
        tf.reshape(rows.memory(), tf.constant(new int[] {-1, settings.memorySize()}));
    Operand<TFloat32> keys = Precision.of(tf).matMul(tf, flat, kernel);
    if (shift != null) {
      keys = tf.math.add(keys, shift.value());
    }
    return new AttentionMemory(
        this,
        rows,
        tf.reshape(
            keys,
            MemoryRows.sizes(
                tf,
                MemoryRows.size(tf, rows.memory(), 0),
                MemoryRows.size(tf, rows.memory(), 1),
                settings.units())));
  }

  String where() {
    return where;
  }

  /**
   * The part of a score that depends on the query alone.
   *
   * @param queries {@code [rows, N]}
   * @param ofBatch whether there is one query for each sequence of a batch
   * @return {@code [rows, A]}
   */
  Operand<TFloat32> projected(
      Ops tf, CellValues values, Operand<TFloat32> queries, boolean ofBatch) {
    if (queryKernel == null) {
      return queries;
    }
    // a loop forms the derivative of its own products later, which needs the rows of a batch
    return ofBatch
        ? values.product(tf, queries, queryKernel)
        : Precision.of(tf).matMul(tf, queries, values.of(queryKernel));
  }

  /**
   * The scores of all queries and rows.
   *
   * @param queries projected, {@code [batch, Q, A]}
   * @param keys {@code [batch, S, A]}
   * @return {@code [batch, Q, S]}
   */
  Operand<TFloat32> scores(
      Ops tf, CellValues values, Operand<TFloat32> queries, Operand<TFloat32> keys) {
    if (direction == null) {
      return MemoryRows.product(tf, queries, keys, true);
    }
    int a = settings.units();
    Operand<TInt32> batch = MemoryRows.size(tf, queries, 0);
    Operand<TInt32> each = MemoryRows.size(tf, queries, 1);
    Operand<TInt32> places = MemoryRows.size(tf, keys, 1);
    Operand<TInt32> one = tf.constant(1);
    // the size of the queries' batch, so that one memory is never read by a whole batch
    Operand<TFloat32> sum =
        tf.math.add(
            tf.reshape(keys, MemoryRows.sizes(tf, batch, one, places, a)),
            tf.expandDims(queries, tf.constant(2))); // [batch, Q, S, A]
    Operand<TFloat32> hidden = tf.reshape(tf.math.tanh(sum), tf.constant(new int[] {-1, a}));
    Operand<TFloat32> scores = tf.linalg.matMul(hidden, values.of(column()));
    return tf.reshape(scores, tf.stack(List.of(batch, each, places)));
  }

  /** {@code v}, or {@code g v / |v|}, as a matrix of one column. */
  private Weight column() {
    Parameter v = Objects.requireNonNull(direction);
    return Weight.madeOf(
        v,
        v.name() + " as a column",
        tf -> {
          Operand<TFloat32> value = v.value();
          if (gain != null) {
            Operand<TFloat32> length =
                tf.math.sqrt(tf.reduceSum(tf.math.mul(value, value), tf.constant(0)));
            value = tf.math.mul(value, tf.math.div(gain.value(), length));
          }
          return tf.reshape(value, tf.constant(new int[] {settings.units(), 1}));
        });
  }

  /** Checks that a query has the right size. */
  Operand<TFloat32> queries(Operand<TFloat32> queries, long batch) {
    return Shapes.require(where, "queries", queries, batch, -1, settings.querySize());
  }
}

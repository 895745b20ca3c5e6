// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.graph.internal.KeyedRandom;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * What a hypernetwork makes weights for: a task, a noise, a preference, a description, an example.
 * Either one for everything that the network reads, or rows of several: one for each example, one
 * for each draw.
 */
public final class Condition {
  private static final String WHERE = "condition";

  private final Operand<TFloat32> value;
  private final boolean rows;

  private Condition(Operand<TFloat32> value, boolean rows) {
    this.value = value;
    this.rows = rows;
  }

  /**
   * A tensor: fed, read from a parameter, or computed from an example.
   *
   * @param value {@code [N_c]} for one condition, {@code [rows, N_c]} for several
   * @throws UserError if it has other axes, or N_c is not known
   */
  public static Condition of(Operand<TFloat32> value) {
    int axes = value.shape().numDimensions();
    boolean fits = axes == 1 || axes == 2;
    long size = fits ? value.shape().get(axes - 1) : 0;
    if (size < 1 || size >= Shapes.LIMIT) {
      throw UserError.in(WHERE)
          .what("has the wrong shape")
          .expected("[N_c] for one, [rows, N_c] for several, N_c known and positive")
          .received(Shapes.describe(value.shape()))
          .build();
    }
    return new Condition(value, axes == 2);
  }

  /**
   * The embedding of one task, or of each example's.
   *
   * @param tasks with one row of embeddings for each task
   * @param task the number of a task, a scalar, or {@code [rows]} numbers
   */
  public static Condition task(Ops tf, TaskEmbeddings tasks, Operand<TInt32> task) {
    if (tasks.rows() != 1) {
      throw UserError.in(WHERE)
          .what("a task has several embeddings")
          .expected("task embeddings with rows = 1")
          .received(tasks.rows())
          .next("pass them to GeneratedKernels instead, which reads one for each basic kernel")
          .build();
    }
    boolean one = task.shape().numDimensions() == 0;
    Operand<TFloat32> rows = one ? tasks.of(tf, task) : tasks.ofEach(tf, task);
    long[] sizes = one ? new long[] {tasks.size()} : new long[] {-1, tasks.size()};
    return of(tf.reshape(rows, tf.constant(sizes)));
  }

  /**
   * One draw from N(0, I), a function of (seed, name, step) on any device.
   *
   * @param size N_c
   * @param seed the run's seed
   * @param name distinguishes this noise from others of the run
   * @param step the training step, or the number that a caller draws by; a scalar
   */
  public static Condition noise(Ops tf, int size, long seed, String name, Operand<TInt64> step) {
    return of(draw(tf, seed, name, step, size));
  }

  /** As {@link #noise(Ops, int, long, String, Operand)}, {@code [rows, N_c]} draws at once. */
  public static Condition noise(
      Ops tf, int rows, int size, long seed, String name, Operand<TInt64> step) {
    return of(draw(tf, seed, name, step, rows, size));
  }

  private static Operand<TFloat32> draw(
      Ops tf, long seed, String name, Operand<TInt64> step, long... sizes) {
    Shapes.require("noise '" + name + "'", "step", step);
    Shapes.requireTensor("noise '" + name + "'", "the noise", Shape.of(sizes));
    Operand<TInt64> shape = tf.constant(sizes);
    // reshaped, so that its sizes are known when the graph is built
    return tf.reshape(KeyedRandom.normal(tf, shape, seed, name, step), shape);
  }

  /** The tensor, {@code [N_c]} or {@code [rows, N_c]}. */
  public Operand<TFloat32> value() {
    return value;
  }

  /** N_c. */
  public int size() {
    return (int) value.shape().get(rows ? 1 : 0);
  }

  /** Whether there is a row each for several networks. */
  public boolean hasRows() {
    return rows;
  }

  /**
   * This condition and another side by side. One condition beside several is that of every row.
   *
   * @return of length {@code size() + other.size()}
   * @throws UserError if both have rows, and not equally many
   */
  public Condition and(Ops tf, Condition other) {
    if (rows && other.rows) {
      Shapes.require(WHERE, "the other", other.value, value.shape().get(0), -1);
    }
    Shapes.requireBelowLimit(WHERE, "the two side by side", (long) size() + other.size());
    if (rows == other.rows) {
      return of(tf.concat(List.of(value, other.value), tf.constant(rows ? 1 : 0)));
    }
    Operand<TFloat32> first = rows ? value : repeat(tf, value, other.value);
    Operand<TFloat32> second = rows ? repeat(tf, other.value, value) : other.value;
    return of(tf.concat(List.of(first, second), tf.constant(1)));
  }

  /** {@code [rows, N_c]}, one row for a single condition. */
  Operand<TFloat32> asRows(Ops tf) {
    return rows ? value : tf.reshape(value, tf.constant(new long[] {1, size()}));
  }

  /** Checks the length. */
  void require(String where, int expected) {
    Shapes.require(
        where, "condition", value, rows ? new long[] {-1, expected} : new long[] {expected});
  }

  /**
   * Checks the length, and that the weights of all rows are not too many, as far as the number of
   * rows is known.
   *
   * @return {@code [rows, N_c]}, one row for a single condition
   */
  Operand<TFloat32> rowsFor(Ops tf, String where, int expected, WeightTable table) {
    require(where, expected);
    if (rows) {
      table
          .shapes()
          .forEach(
              (name, weight) ->
                  Shapes.requireBelowLimit(
                      where, "'" + name + "' of all rows", value.shape().get(0), weight.size()));
    }
    return asRows(tf);
  }

  /** The vector as every row; by a sum, as the gradient of a tile logs an error on the CPU. */
  private static Operand<TFloat32> repeat(
      Ops tf, Operand<TFloat32> vector, Operand<TFloat32> rows) {
    Operand<TFloat32> zeros =
        tf.zerosLike(tf.slice(rows, tf.constant(new int[] {0, 0}), tf.constant(new int[] {-1, 1})));
    return tf.math.add(
        zeros, tf.reshape(vector, tf.constant(new long[] {1, vector.shape().get(0)})));
  }
}

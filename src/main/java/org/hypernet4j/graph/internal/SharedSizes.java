// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.hypernet4j.graph.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.AssertThat;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * Checks of leading sizes that several tensors share: batch, or time and batch. TensorFlow would
 * silently repeat a single row for a whole batch, so sizes that are unknown when the graph is built
 * are checked when it runs.
 */
public final class SharedSizes {
  /** Number of sizes that an error shows. */
  private static final long SHOWN = 64L;

  private SharedSizes() {}

  /**
   * Checks one tensor; see {@link #require(Ops, String, List, List, List, int, Supplier)}.
   *
   * @param shape sizes, -1 for those that are not known when the graph is built
   */
  public static <T extends TType> Operand<T> require(
      Ops tf,
      String where,
      String what,
      Operand<T> operand,
      int leading,
      Supplier<Operand<TInt32>> sizes,
      long... shape) {
    return require(tf, where, List.of(what), List.of(operand), List.of(shape), leading, sizes)
        .get(0);
  }

  /**
   * Checks tensors of one rank: immediately where their shapes are known, otherwise when the graph
   * runs. No op is added if everything is known.
   *
   * @param where the scope that is named in the error
   * @param names what the tensors are called in the error
   * @param shapes of each its sizes, -1 for those that are not known when the graph is built
   * @param leading number of leading sizes that all share
   * @param sizes these sizes when the graph runs, {@code [leading]}; asked for only if needed
   * @return the tensors, which depend on the check
   */
  public static <T extends TType> List<Operand<T>> require(
      Ops tf,
      String where,
      List<String> names,
      List<? extends Operand<T>> operands,
      List<long[]> shapes,
      int leading,
      Supplier<Operand<TInt32>> sizes) {
    List<Operand<T>> all = new ArrayList<>();
    List<Integer> open = new ArrayList<>();
    for (int i = 0; i < operands.size(); i++) {
      long[] shape = shapes.get(i);
      Operand<T> operand = Shapes.require(where, names.get(i), operands.get(i), shape);
      all.add(withTrailing(tf, operand, leading, shape));
      if (!proven(operand.shape(), 0, leading, shape)) {
        open.add(i);
      }
    }
    if (!open.isEmpty()) {
      List<Operand<T>> checked =
          behindCheck(
              tf,
              where,
              open.stream().map(names::get).toList(),
              open.stream().map(all::get).toList(),
              leading,
              sizes.get());
      for (int i = 0; i < checked.size(); i++) {
        all.set(open.get(i), checked.get(i));
      }
    }
    return all;
  }

  private static <T extends TType> List<Operand<T>> behindCheck(
      Ops tf,
      String where,
      List<String> names,
      List<Operand<T>> operands,
      int leading,
      Operand<TInt32> expected) {
    List<Operand<TInt32>> shapes = new ArrayList<>();
    operands.forEach(operand -> shapes.add(tf.shape(operand)));
    Operand<TInt32> received =
        tf.slice(
            tf.stack(shapes),
            tf.constant(new int[] {0, 0}),
            tf.constant(new int[] {-1, leading})); // [operands, leading]
    Op check =
        tf.assertThat(
            tf.reduceAll(tf.math.equal(received, expected), tf.constant(new int[] {0, 1})),
            List.of(
                tf.constant(
                    where
                        + ": "
                        + String.join(", ", names)
                        + ": wrong first sizes (one row is not repeated for a batch); expected"),
                expected,
                tf.constant("received"),
                received),
            AssertThat.summarize(SHOWN));
    Ops behind = tf.withControlDependencies(check);
    List<Operand<T>> checked = new ArrayList<>();
    operands.forEach(operand -> checked.add(behind.identity(operand)));
    return checked;
  }

  /**
   * Checks rank and trailing sizes; where they are unknown TensorFlow compares them when the graph
   * runs.
   *
   * @param leading number of leading sizes that are not checked
   */
  public static <T extends TType> Operand<T> withTrailing(
      Ops tf, Operand<T> operand, int leading, long... shape) {
    if (proven(operand.shape(), leading, shape.length, shape)) {
      return operand;
    }
    long[] trailing = shape.clone();
    Arrays.fill(trailing, 0, leading, -1);
    return tf.ensureShape(operand, Shape.of(trailing));
  }

  private static boolean proven(Shape shape, int from, int to, long[] expected) {
    for (int i = from; i < to; i++) {
      if (shape.isUnknown() || expected[i] < 0 || shape.get(i) != expected[i]) {
        return false;
      }
    }
    // an unknown rank leaves the number of trailing sizes open
    return !shape.isUnknown();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import java.util.Arrays;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.graph.internal.SharedSizes;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * A mask of the steps that count in a padded batch of sequences. Padding is replaced before
 * anything is computed from it: a product with zero afterwards is not enough, because {@code 0 *
 * NaN} is NaN, in the result and in its derivative.
 *
 * <pre>{@code
 * SequenceMask mask = SequenceMask.of(tf, "my loss", lengths, outputs);
 * Operand<TFloat32> errors = tf.math.square(tf.math.sub(mask.only(tf, outputs), mask.only(tf, targets)));
 * }</pre>
 */
public final class SequenceMask {
  private final String where;
  private final Operand<TInt32> lengths;
  private final Operand<TBool> steps;

  private SequenceMask(String where, Operand<TInt32> lengths, Operand<TBool> steps) {
    this.where = where;
    this.lengths = lengths;
    this.steps = steps;
  }

  /**
   * Builds the mask.
   *
   * @param where start of an error message
   * @param lengths steps of each sequence, {@code [batch]}; a length below 0 counts as 0, one
   *     beyond the number of steps as all steps
   * @param series any tensor {@code [time, batch, ...]} of the sequences
   * @throws UserError if the lengths are not int32 or not one for each sequence, or the series has
   *     no two axes
   */
  public static SequenceMask of(Ops tf, String where, Operand<TInt32> lengths, Operand<?> series) {
    if (!series.shape().isUnknown() && series.shape().numDimensions() < 2) {
      throw UserError.in(where)
          .what("the series has no axes of time and batch")
          .expected("[time, batch, ...]")
          .received(Shapes.describe(series.shape().asArray()))
          .build();
    }
    long batch = series.shape().isUnknown() ? -1 : series.shape().get(1);
    Operand<TInt32> shape = tf.shape(series);
    return of(tf, where, lengths, element(tf, shape, 0), element(tf, shape, 1), batch);
  }

  /**
   * As {@link #of(Ops, String, Operand, Operand)}, for known sizes.
   *
   * @param time steps, {@code [1]}
   * @param dynamicBatch sequences, {@code [1]}
   * @param batch the number of sequences where it is known when the graph is built, or -1
   */
  static SequenceMask of(
      Ops tf,
      String where,
      Operand<TInt32> lengths,
      Operand<TInt32> time,
      Operand<TInt32> dynamicBatch,
      long batch) {
    if (lengths.type() != TInt32.class) {
      throw UserError.in(where)
          .what("lengths are of the wrong type")
          .expected("int32")
          .received(lengths.asOutput().dataType())
          .build();
    }
    Operand<TInt32> checked =
        SharedSizes.require(tf, where, "lengths", lengths, 1, () -> dynamicBatch, batch);
    Operand<TInt32> clamped = tf.math.minimum(tf.math.maximum(checked, tf.constant(0)), time);
    Operand<TInt32> numbers = tf.range(tf.constant(0), tf.squeeze(time), tf.constant(1));
    return new SequenceMask(
        where,
        clamped,
        tf.math.less(
            tf.expandDims(numbers, tf.constant(1)), tf.expandDims(clamped, tf.constant(0))));
  }

  /** The length of each sequence, {@code [batch]}, from 0 to the number of steps. */
  public Operand<TInt32> lengths() {
    return lengths;
  }

  /** Whether a step of a sequence counts, {@code [time, batch]}. */
  public Operand<TBool> steps() {
    return steps;
  }

  /**
   * A series with zeros in place of padding, whatever stood there. The derivative by padding is
   * zero, whatever gradient arrives there.
   *
   * @param series {@code [time, batch, size]}
   * @throws UserError if it has other axes, or another time or batch; where the latter are not
   *     known when the graph is built, they are checked when it runs
   */
  public Operand<TFloat32> only(Ops tf, Operand<TFloat32> series) {
    return onlyOfChecked(tf, ofSteps(tf, "the series", series, 3));
  }

  /** As {@link #only}, for a series whose time and batch are known to be those of the mask. */
  Operand<TFloat32> onlyOfChecked(Ops tf, Operand<TFloat32> series) {
    return tf.select(tf.expandDims(steps, tf.constant(2)), series, tf.constant(0f));
  }

  /** Checks the axes: TensorFlow would repeat one that is missing or of size 1. */
  private Operand<TFloat32> ofSteps(Ops tf, String what, Operand<TFloat32> values, int axes) {
    long[] sizes = Arrays.copyOf(steps.shape().asArray(), axes);
    Arrays.fill(sizes, 2, axes, -1);
    return SharedSizes.require(tf, where, what, values, 2, () -> tf.shape(steps), sizes);
  }

  /**
   * The mean over the steps that count; 0 if none does.
   *
   * @param values {@code [time, batch]}, checked as in {@link #only}
   * @return a scalar
   */
  public Operand<TFloat32> mean(Ops tf, Operand<TFloat32> values) {
    Operand<TInt32> all = tf.constant(new int[] {0, 1});
    Operand<TFloat32> checked = ofSteps(tf, "the values", values, 2);
    Operand<TFloat32> sum = tf.reduceSum(tf.select(steps, checked, tf.constant(0f)), all);
    Operand<TFloat32> number =
        tf.dtypes.cast(tf.reduceSum(lengths, tf.constant(0)), TFloat32.class);
    return tf.math.div(sum, tf.math.maximum(number, tf.constant(1f)));
  }

  /**
   * The rows of sequences that have any step, those of {@code other} for the rest.
   *
   * @param rows {@code [batch, size]}
   * @param other of the same shape, or a scalar
   */
  Operand<TFloat32> ifAny(Ops tf, Operand<TFloat32> rows, Operand<TFloat32> other) {
    Operand<TBool> any =
        tf.expandDims(tf.math.greater(lengths, tf.constant(0)), tf.constant(1)); // [batch, 1]
    return tf.select(any, rows, other);
  }

  /** Whether each sequence still runs at a step, {@code [batch, 1]}. */
  Operand<TBool> at(Ops tf, int step) {
    return tf.expandDims(tf.math.less(tf.constant(step), lengths), tf.constant(1));
  }

  private static <T extends TNumber> Operand<T> element(Ops tf, Operand<T> vector, int at) {
    return tf.slice(vector, tf.constant(new int[] {at}), tf.constant(new int[] {1}));
  }
}

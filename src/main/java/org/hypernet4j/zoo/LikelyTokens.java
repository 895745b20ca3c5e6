// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.op.core.ReduceMax;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.nn.TopK;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/**
 * The most probable tokens of each row of logits, equal ones in the order of their ids. A row gives
 * the same to the last bit wherever in a batch it stands.
 *
 * @param ids {@code [rows, K]}, the most probable first
 * @param logProbs {@code [rows, K]}
 */
record LikelyTokens(Operand<TInt32> ids, Operand<TFloat64> logProbs) {
  /**
   * Columns are searched in groups of so many. Also a multiple of the numbers that TensorFlow
   * calculates with one instruction: those that are left over at the very end of a matrix get
   * another exponential function, so that the last row would differ from the others.
   */
  private static final int GROUP = 32;

  /**
   * Takes the K most probable tokens.
   *
   * @param logits {@code [rows, V]}, V known and at least K
   */
  static LikelyTokens of(Ops tf, Operand<TFloat32> logits, int k) {
    Operand<TInt32> one = tf.constant(1);
    Operand<TFloat32> full = filledUp(tf, logits);
    int groups = (int) (full.shape().get(1) / GROUP);
    Operand<TFloat32> grouped = tf.reshape(full, tf.constant(new int[] {-1, groups, GROUP}));
    Operand<TFloat32> tops = tf.reduceMax(grouped, tf.constant(2)); // [rows, groups]
    Operand<TFloat32> largest = tf.reduceMax(tops, one, ReduceMax.keepDims(true));
    Operand<TFloat32> norms = logSums(tf, full, largest);
    Ops checked = numbersOnly(tf, norms);

    Operand<TInt32> number = tf.constant(k);
    TopK<TFloat32, TInt32> best;
    Operand<TInt32> ids;
    if (groups < 2 * k) {
      best = checked.nn.topK(full, number, TInt32.class);
      ids = best.indices();
    } else {
      // one search over all columns takes nearly as long as the product that makes the logits; the
      // best K stand in the K groups with the largest maxima. These are put in order again, so that
      // equal logits stay in the order of their ids
      Gather.Options ofRow = Gather.batchDims(1L);
      Operand<TInt32> chosen = checked.nn.topK(tops, number, TInt32.class).indices();
      Operand<TInt32> inOrder =
          tf.math.neg(tf.nn.topK(tf.math.neg(chosen), number, TInt32.class).values());
      Operand<TFloat32> members =
          tf.reshape(
              tf.gather(grouped, inOrder, one, ofRow), tf.constant(new int[] {-1, k * GROUP}));
      best = tf.nn.topK(members, number, TInt32.class);
      Operand<TInt32> size = tf.constant(GROUP);
      Operand<TInt32> group =
          tf.gather(inOrder, tf.math.floorDiv(best.indices(), size), one, ofRow);
      ids = tf.math.add(tf.math.mul(group, size), tf.math.floorMod(best.indices(), size));
    }
    return new LikelyTokens(
        ids,
        tf.math.sub(
            tf.dtypes.cast(best.values(), TFloat64.class), tf.dtypes.cast(norms, TFloat64.class)));
  }

  /** More columns, which cannot be chosen, up to whole groups. */
  private static Operand<TFloat32> filledUp(Ops tf, Operand<TFloat32> logits) {
    int rest = (int) (logits.shape().get(1) % GROUP);
    return rest == 0
        ? logits
        : tf.pad(
            logits,
            tf.constant(new int[][] {{0, 0}, {0, GROUP - rest}}),
            tf.constant(Float.NEGATIVE_INFINITY));
  }

  /**
   * The logarithm of the sum of each row's exponentials, {@code [rows, 1]}. Not LogSoftmax, which
   * takes the logarithms of several rows at once and those that are left over in another way: here
   * they are rounded, which hides that.
   */
  private static Operand<TFloat32> logSums(
      Ops tf, Operand<TFloat32> logits, Operand<TFloat32> largest) {
    Operand<TFloat32> sums =
        tf.reduceSum(
            tf.math.exp(tf.math.sub(logits, largest)), tf.constant(1), ReduceSum.keepDims(true));
    Operand<TFloat64> logs = tf.math.log(tf.dtypes.cast(sums, TFloat64.class));
    return tf.dtypes.cast(
        tf.math.add(logs, tf.dtypes.cast(largest, TFloat64.class)), TFloat32.class);
  }

  /** Ops that run only if no sum is NaN: sorting NaN is undefined in TensorFlow. */
  private static Ops numbersOnly(Ops tf, Operand<TFloat32> sums) {
    Op check =
        tf.assertThat(
            tf.reduceAll(tf.math.logicalNot(tf.math.isNan(sums)), tf.constant(new int[] {0, 1})),
            List.of(
                tf.constant(
                    BeamSearch.WHERE
                        + ": the scores of the model are not finite; train again, or use an earlier"
                        + " checkpoint")));
    return tf.withControlDependencies(check);
  }
}

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
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/**
 * The beams after one step of {@link BeamSearch}.
 *
 * @param tokens the token that each beam continues with, {@code [B * K]}
 * @param parents row of the beam that each one continues, {@code [B * K]}
 * @param logProbs {@code [B, K]}
 * @param lengths {@code [B, K]}
 * @param finished whether a beam is complete, {@code [B, K]}
 */
record BeamChoice(
    Operand<TInt32> tokens,
    Operand<TInt32> parents,
    Operand<TFloat64> logProbs,
    Operand<TInt32> lengths,
    Operand<TBool> finished) {

  /**
   * Sums of rows are taken over a multiple of so many columns: TensorFlow calculates what is left
   * over at the very end of a matrix with another exponential function, so that the last sentence
   * of a batch would differ from the others in the last bit.
   */
  private static final int VECTOR = 16;

  /**
   * Chooses the best continuations. No more than K tokens of a beam can be among the best K, so the
   * K best of each row are taken first, and only K * K numbers of a sentence are compared: in
   * double precision, which keeps apart what the logits keep apart.
   *
   * @param logits {@code [B * K, V]}
   * @param before log-probabilities, {@code [B, K]}
   * @param lengths {@code [B, K]}
   * @param done beams that are not continued, {@code [B, K]}
   * @param penalties the divisor of a log-probability, by length
   */
  static BeamChoice of(
      Ops tf,
      BeamSettings settings,
      Operand<TFloat32> logits,
      Operand<TFloat64> before,
      Operand<TInt32> lengths,
      Operand<TBool> done,
      Operand<TFloat64> penalties) {
    int k = settings.beams();
    Operand<TInt32> zero = tf.constant(0);
    Operand<TInt32> one = tf.constant(1);
    Operand<TInt32> two = tf.constant(2);
    Operand<TInt32> beams = tf.constant(k);
    Operand<TInt32> cube = tf.constant(new int[] {-1, k, k});

    Operand<TFloat32> norms = logSums(tf, logits);
    TopK<TFloat32, TInt32> likely =
        numbersOnly(tf, norms).nn.topK(logits, beams, TInt32.class); // equal ones by their ids
    Operand<TFloat64> gains =
        tf.math.sub(
            tf.dtypes.cast(likely.values(), TFloat64.class),
            tf.dtypes.cast(norms, TFloat64.class)); // [B * K, K]
    Operand<TBool> stays = tf.expandDims(done, two); // [B, K, 1]
    Operand<TFloat64> own = tf.expandDims(before, two);
    Operand<TBool> once = tf.math.equal(tf.range(zero, beams, one), zero);
    Operand<TFloat64> totals =
        tf.select(
            stays,
            tf.select(once, own, tf.constant(BeamSearch.NEVER)),
            tf.math.add(own, tf.reshape(gains, cube)));
    Operand<TInt32> tokens =
        tf.select(stays, tf.constant(settings.end()), tf.reshape(likely.indices(), cube));
    Operand<TInt32> longer =
        tf.math.add(lengths, tf.dtypes.cast(tf.math.logicalNot(done), TInt32.class));
    Operand<TFloat64> scores =
        tf.math.div(totals, tf.expandDims(tf.gather(penalties, longer, zero), two));

    Operand<TInt32> square = tf.constant(new int[] {-1, k * k});
    Operand<TInt32> best =
        tf.nn.topK(tf.reshape(scores, square), beams, TInt32.class).indices(); // [B, K]
    Gather.Options ofSentence = Gather.batchDims(1L);
    Operand<TInt32> parents = tf.math.floorDiv(best, beams); // of its sentence
    Operand<TInt32> chosen = tf.gather(tf.reshape(tokens, square), best, one, ofSentence);
    Operand<TInt32> sentence = tf.range(zero, tf.gather(tf.shape(lengths), zero, zero), one); // [B]
    Operand<TInt32> all = tf.constant(new int[] {-1});
    Operand<TInt32> rows = tf.math.add(parents, tf.expandDims(tf.math.mul(sentence, beams), one));
    return new BeamChoice(
        tf.reshape(chosen, all),
        tf.reshape(rows, all),
        tf.gather(tf.reshape(totals, square), best, one, ofSentence),
        tf.gather(longer, parents, one, ofSentence),
        tf.math.logicalOr(
            tf.gather(done, parents, one, ofSentence),
            tf.math.equal(chosen, tf.constant(settings.end()))));
  }

  /**
   * The logarithm of the sum of each row's exponentials, {@code [rows, 1]}. It has to be the same
   * wherever a row stands, hence not LogSoftmax, which takes the logarithms of several rows at once
   * and those that are left over in another way.
   */
  private static Operand<TFloat32> logSums(Ops tf, Operand<TFloat32> logits) {
    Operand<TInt32> columns = tf.constant(1);
    Operand<TFloat32> full = logits;
    int rest = (int) (logits.shape().get(1) % VECTOR);
    if (rest > 0) {
      full =
          tf.pad(
              logits,
              tf.constant(new int[][] {{0, 0}, {0, VECTOR - rest}}),
              tf.constant(Float.NEGATIVE_INFINITY));
    }
    Operand<TFloat32> largest = tf.reduceMax(full, columns, ReduceMax.keepDims(true));
    Operand<TFloat32> sums =
        tf.reduceSum(tf.math.exp(tf.math.sub(full, largest)), columns, ReduceSum.keepDims(true));
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

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
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

    LikelyTokens likely = LikelyTokens.of(tf, logits, k);
    Operand<TFloat64> gains = likely.logProbs(); // [B * K, K]
    Operand<TBool> stays = tf.expandDims(done, two); // [B, K, 1]
    Operand<TFloat64> own = tf.expandDims(before, two);
    Operand<TBool> once = tf.math.equal(tf.range(zero, beams, one), zero);
    Operand<TFloat64> totals =
        tf.select(
            stays,
            tf.select(once, own, tf.constant(BeamSearch.NEVER)),
            tf.math.add(own, tf.reshape(gains, cube)));
    Operand<TInt32> tokens =
        tf.select(stays, tf.constant(settings.end()), tf.reshape(likely.ids(), cube));
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
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.List;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.unroll.SequenceMask;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The loss of written sentences.
 *
 * @param sum cross entropy over all pieces that count, ends included, with label smoothing; nats
 * @param nats the same without label smoothing
 * @param pieces number of the pieces that count
 * @param sentences number of the sentences
 */
public record TranslationLoss(
    Operand<TFloat32> sum,
    Operand<TFloat32> nats,
    Operand<TFloat32> pieces,
    Operand<TFloat32> sentences) {
  private static final String WHERE = "loss of a translation";

  /**
   * Measures sentences. Logits and targets behind a sentence's end may be anything, NaN included.
   *
   * <p>With smoothing eps the loss of a piece is {@code (1 - eps) CE + eps m}, m the mean over all
   * V pieces of {@code -log p}.
   *
   * @param logits {@code [T, B, V]}
   * @param targets the id that each step should predict, {@code [B, T]}
   * @param lengths steps that count, {@code [B]}
   * @param smoothing eps, from 0 to below 1
   */
  public static TranslationLoss of(
      Ops tf,
      Operand<TFloat32> logits,
      Operand<TInt32> targets,
      Operand<TInt32> lengths,
      float smoothing) {
    Shapes.require(WHERE, "targets", targets, -1, -1);
    SequenceMask mask = SequenceMask.of(tf, WHERE, lengths, logits);
    int pieces = (int) logits.shape().get(2);
    Operand<TFloat32> rows = tf.reshape(mask.only(tf, logits), tf.constant(new int[] {-1, pieces}));
    Operand<TInt32> ids =
        tf.select(
            mask.steps(),
            IdAxes.exchanged(tf, targets),
            tf.constant(0));
    Operand<TInt32> flat = tf.reshape(ids, tf.constant(new int[] {-1}));
    Operand<TFloat32> counts =
        tf.reshape(tf.dtypes.cast(mask.steps(), TFloat32.class), tf.constant(new int[] {-1}));
    Operand<TFloat32> plain = tf.nn.sparseSoftmaxCrossEntropyWithLogits(rows, flat).loss();
    Operand<TFloat32> nats = sum(tf, plain, counts);
    Operand<TFloat32> smoothed = nats;
    if (smoothing > 0) {
      float rest = smoothing / pieces;
      Operand<TFloat32> labels =
          tf.oneHot(
              flat, tf.constant(pieces), tf.constant(1 - smoothing + rest), tf.constant(rest));
      smoothed = sum(tf, tf.nn.softmaxCrossEntropyWithLogits(rows, labels).loss(), counts);
    }
    return new TranslationLoss(
        smoothed,
        nats,
        tf.reduceSum(counts, tf.constant(0)),
        tf.dtypes.cast(TranslationModel.size(tf, targets, 0), TFloat32.class));
  }

  private static Operand<TFloat32> sum(Ops tf, Operand<TFloat32> losses, Operand<TFloat32> counts) {
    // a row that does not count has logits of 0, so its loss is finite
    return tf.reduceSum(tf.math.mul(losses, counts), tf.constant(0));
  }

  /** Per sentence, as tensorflow/nmt has it: its rates and its bound of gradients go with this. */
  public Operand<TFloat32> perSentence(Ops tf) {
    return tf.math.div(sum, sentences);
  }

  /** Per piece. */
  public Operand<TFloat32> perPiece(Ops tf) {
    return tf.math.div(sum, tf.math.maximum(pieces, tf.constant(1f)));
  }

  /** Nats for each piece, without label smoothing: the logarithm of the perplexity. */
  public Operand<TFloat32> natsPerPiece(Ops tf) {
    return tf.math.div(nats, tf.math.maximum(pieces, tf.constant(1f)));
  }

  /** All tensors, for a caller that adds up batches. */
  public List<Operand<TFloat32>> all() {
    return List.of(sum, nats, pieces, sentences);
  }
}

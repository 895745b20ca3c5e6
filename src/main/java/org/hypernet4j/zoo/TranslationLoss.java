// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
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
  private static final int PARTS = 2;

  /**
   * Measures sentences. Outputs and targets behind a sentence's end may be anything, NaN included.
   *
   * <p>With smoothing eps the loss of a piece is {@code (1 - eps) CE + eps m}, m the mean over all
   * V pieces of {@code -log p}.
   *
   * <p>Logits, the largest tensors of a step, are made only of the pieces that count, and in parts:
   * their chains of few large products and sums can run side by side.
   *
   * @param logits makes {@code [rows, V]} of outputs {@code [rows, N]}
   * @param outputs of the top layer, {@code [T, B, N]}
   * @param targets the id that each step should predict, {@code [B, T]}
   * @param lengths steps that count, {@code [B]}
   * @param smoothing eps, from 0 to below 1
   */
  public static TranslationLoss of(
      Ops tf,
      UnaryOperator<Operand<TFloat32>> logits,
      Operand<TFloat32> outputs,
      Operand<TInt32> targets,
      Operand<TInt32> lengths,
      float smoothing) {
    Shapes.require(WHERE, "outputs", outputs, -1, -1, -1);
    Shapes.require(WHERE, "targets", targets, -1, -1);
    SequenceMask mask = SequenceMask.of(tf, WHERE, lengths, outputs);
    Operand<TInt32> flat = tf.constant(new int[] {-1});
    Operand<TInt32> counting =
        tf.dtypes.cast(tf.reshape(tf.where(tf.reshape(mask.steps(), flat)), flat), TInt32.class);
    Operand<TFloat32> rows =
        tf.gather(
            tf.reshape(outputs, tf.constant(new int[] {-1, (int) outputs.shape().get(2)})),
            counting,
            tf.constant(0));
    Operand<TInt32> ids =
        tf.gather(tf.reshape(IdAxes.exchanged(tf, targets), flat), counting, tf.constant(0));
    Operand<TInt32> number = TranslationModel.size(tf, rows, 0);
    List<Operand<TFloat32>> nats = new ArrayList<>();
    List<Operand<TFloat32>> smoothed = new ArrayList<>();
    Operand<TInt32> begin = tf.constant(0);
    for (int i = 1; i <= PARTS; i++) {
      Operand<TInt32> end = tf.math.div(tf.math.mul(number, tf.constant(i)), tf.constant(PARTS));
      Operand<TInt32> part = tf.range(begin, end, tf.constant(1));
      Operand<TFloat32> scores = logits.apply(tf.gather(rows, part, tf.constant(0)));
      Operand<TInt32> right = tf.gather(ids, part, tf.constant(0));
      Operand<TFloat32> plain = tf.nn.sparseSoftmaxCrossEntropyWithLogits(scores, right).loss();
      nats.add(tf.reduceSum(plain, tf.constant(0)));
      smoothed.add(smoothing > 0 ? smoothed(tf, scores, right, smoothing) : nats.get(i - 1));
      begin = end;
    }
    return new TranslationLoss(
        tf.math.addN(smoothed),
        tf.math.addN(nats),
        tf.dtypes.cast(number, TFloat32.class),
        tf.dtypes.cast(TranslationModel.size(tf, targets, 0), TFloat32.class));
  }

  private static Operand<TFloat32> smoothed(
      Ops tf, Operand<TFloat32> scores, Operand<TInt32> ids, float smoothing) {
    int pieces = (int) scores.shape().get(1);
    float rest = smoothing / pieces;
    Operand<TFloat32> labels =
        tf.oneHot(ids, tf.constant(pieces), tf.constant(1 - smoothing + rest), tf.constant(rest));
    return tf.reduceSum(tf.nn.softmaxCrossEntropyWithLogits(scores, labels).loss(), tf.constant(0));
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

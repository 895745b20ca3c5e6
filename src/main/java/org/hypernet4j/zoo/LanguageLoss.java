// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import org.hypernet4j.graph.Shapes;
import org.hypernet4j.graph.internal.SharedSizes;
import org.hypernet4j.unroll.SequenceMask;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Computes {@link LanguageModel#loss}. */
final class LanguageLoss {
  private static final String WHERE = "language model";

  private LanguageLoss() {}

  static Operand<TFloat32> of(
      Ops tf,
      int symbols,
      Operand<TFloat32> logits,
      Operand<TInt32> targets,
      @Nullable Operand<TInt32> lengths) {
    Shapes.require(WHERE, "logits", logits, -1, -1, symbols);
    Shape shape = logits.shape();
    long time = shape.isUnknown() ? -1 : shape.get(0);
    long batch = shape.isUnknown() ? -1 : shape.get(1);
    Operand<TInt32> expected =
        SharedSizes.require(
            tf, WHERE, "targets", targets, 2, () -> leading(tf, logits), time, batch);
    if (lengths == null) {
      Operand<TFloat32> nats = nats(tf, symbols, logits, expected);
      return time > 0 && batch > 0 ? tf.math.mean(nats, tf.constant(0)) : meanOfAny(tf, nats);
    }
    // both before the loss: padding that is NaN, or an id that does not exist, must not get in
    SequenceMask mask = SequenceMask.of(tf, WHERE, lengths, logits);
    Operand<TInt32> counted = tf.select(mask.steps(), expected, tf.constant(0));
    Operand<TFloat32> nats = nats(tf, symbols, mask.only(tf, logits), counted);
    return mask.mean(tf, tf.reshape(nats, leading(tf, logits)));
  }

  /** The loss of each row in nats, {@code [T B]}. */
  private static Operand<TFloat32> nats(
      Ops tf, int symbols, Operand<TFloat32> logits, Operand<TInt32> targets) {
    return tf.nn
        .sparseSoftmaxCrossEntropyWithLogits(
            tf.reshape(logits, tf.constant(new long[] {-1, symbols})),
            tf.reshape(targets, tf.constant(new long[] {-1})))
        .loss();
  }

  /** The mean; 0 if there are no values. */
  private static Operand<TFloat32> meanOfAny(Ops tf, Operand<TFloat32> values) {
    Operand<TFloat32> number = tf.dtypes.cast(tf.size(values), TFloat32.class);
    return tf.math.divNoNan(tf.reduceSum(values, tf.constant(0)), number);
  }

  /** T and B when the graph runs. */
  private static Operand<TInt32> leading(Ops tf, Operand<TFloat32> logits) {
    return tf.slice(tf.shape(logits), tf.constant(new int[] {0}), tf.constant(new int[] {2}));
  }
}

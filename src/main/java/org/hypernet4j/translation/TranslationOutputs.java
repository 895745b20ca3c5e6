// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.translation;

import org.hypernet4j.spec.BeamSpec;
import org.hypernet4j.zoo.BeamSearch;
import org.hypernet4j.zoo.TranslationLoss;
import org.hypernet4j.zoo.TranslationModel;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The ops that measure a translation model: the loss of given translations, and translations of its
 * own.
 *
 * @param source ids {@code [B, S]}
 * @param sourceLengths {@code [B]}
 * @param inputs the id before each that is to be predicted, {@code [B, T]}
 * @param targets {@code [B, T]}
 * @param targetLengths {@code [B]}
 * @param nats the loss summed over all pieces, a scalar
 * @param greedy ids {@code [B, T]} of the likeliest piece after each piece, padded behind the end
 * @param beam ids {@code [B, K, T]} of the search, best first
 */
record TranslationOutputs(
    Placeholder<TInt32> source,
    Placeholder<TInt32> sourceLengths,
    Placeholder<TInt32> inputs,
    Placeholder<TInt32> targets,
    Placeholder<TInt32> targetLengths,
    Operand<TFloat32> nats,
    Operand<TInt32> greedy,
    Operand<TInt32> beam) {

  static TranslationOutputs build(Ops tf, TranslationModel model, BeamSpec beam) {
    Placeholder<TInt32> source = ids(tf, "source", -1, -1);
    Placeholder<TInt32> sourceLengths = ids(tf, "source_lengths", -1);
    Placeholder<TInt32> inputs = ids(tf, "inputs", -1, -1);
    Placeholder<TInt32> targets = ids(tf, "targets", -1, -1);
    Placeholder<TInt32> targetLengths = ids(tf, "target_lengths", -1);
    TranslationModel.Encoded encoded = model.encode(tf, source, sourceLengths, null);
    TranslationModel.Written written = model.write(tf, encoded, inputs, targetLengths, null);
    TranslationLoss loss = model.loss(tf, written, targets, targetLengths, 0f);
    TranslationSearch search = new TranslationSearch(model, beam);
    BeamSearch.Greedy greedy = search.greedy(tf, encoded);
    BeamSearch.Beams beams = search.beams(tf, encoded);
    return new TranslationOutputs(
        source,
        sourceLengths,
        inputs,
        targets,
        targetLengths,
        loss.nats(),
        greedy.ids(),
        beams.ids());
  }

  private static Placeholder<TInt32> ids(Ops tf, String name, long... shape) {
    return tf.withName(name).placeholder(TInt32.class, Placeholder.shape(Shape.of(shape)));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.translation;

import org.hypernet4j.data.TranslationBatch;
import org.hypernet4j.spec.BeamSpec;
import org.hypernet4j.zoo.BeamSearch;
import org.hypernet4j.zoo.BeamSettings;
import org.hypernet4j.zoo.TranslationModel;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The searches of a specification. A translation has at most {@code lengthFactor} times as many
 * pieces as its own source, whatever else is in the batch: so a batch equals its sentences one by
 * one.
 */
final class TranslationSearch {
  private final TranslationModel model;
  private final BeamSpec spec;

  TranslationSearch(TranslationModel model, BeamSpec spec) {
    this.model = model;
    this.spec = spec;
  }

  /** The search of the specification. */
  BeamSearch.Beams beams(Ops tf, TranslationModel.Encoded encoded) {
    return BeamSearch.search(
        tf,
        settings(spec.beams(), spec.alpha(), spec.beta()),
        model.searching(encoded),
        model.pieces(),
        encoded.lengths(),
        limits(tf, encoded.lengths()));
  }

  /** The likeliest piece after each piece. */
  BeamSearch.Greedy greedy(Ops tf, TranslationModel.Encoded encoded) {
    return BeamSearch.greedy(
        tf,
        settings(1, 0, 0),
        model.searching(encoded),
        model.pieces(),
        encoded.lengths(),
        limits(tf, encoded.lengths()));
  }

  private static BeamSettings settings(int beams, double alpha, double beta) {
    return new BeamSettings(
        beams,
        (float) alpha,
        (float) beta,
        TranslationBatch.START,
        TranslationBatch.END,
        TranslationBatch.PAD);
  }

  /** The most pieces of each translation, at least 1. */
  private Operand<TInt32> limits(Ops tf, Operand<TInt32> lengths) {
    Operand<TFloat32> most =
        tf.math.ceil(
            tf.math.mul(
                tf.dtypes.cast(lengths, TFloat32.class), tf.constant((float) spec.lengthFactor())));
    return tf.math.maximum(tf.dtypes.cast(most, TInt32.class), tf.constant(1));
  }
}

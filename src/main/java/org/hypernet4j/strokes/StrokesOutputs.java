// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import org.hypernet4j.nn.MixtureDensity;
import org.hypernet4j.zoo.StrokeLatent;
import org.hypernet4j.zoo.StrokeModel;
import org.hypernet4j.zoo.StrokeSeries;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The ops that measure a model of strokes: they take a batch of drawings and return the nats of
 * each. A model with a latent vector reads each drawing first and decodes from the mean of z.
 *
 * @param ends whether the pen has a third state, the end of a drawing
 * @param points {@code dx, dy, pen} in normalised units, {@code [T, B, 3]}
 * @param lengths points of each drawing, {@code [B]}
 * @param text the texts that the drawings say; null without a window
 * @param offsets nats of the offsets of each drawing, {@code [B]}
 * @param pens nats of the pens of each drawing, {@code [B]}
 * @param penErrors states of the pen of each drawing that are not the likeliest, {@code [B]}
 * @param divergence nats of the latent vector of each drawing, {@code [B]}; null without one
 */
record StrokesOutputs(
    boolean ends,
    Placeholder<TFloat32> points,
    Placeholder<TInt32> lengths,
    @Nullable Text text,
    Operand<TFloat32> offsets,
    Operand<TFloat32> pens,
    Operand<TFloat32> penErrors,
    @Nullable Operand<TFloat32> divergence) {

  /**
   * Texts to feed.
   *
   * @param labels of the characters, {@code [B, U]}
   * @param lengths characters of each text, {@code [B]}
   */
  record Text(Placeholder<TInt32> labels, Placeholder<TInt32> lengths) {
    /** The texts of a signature or of an evaluation, with the names of the former's inputs. */
    static Text of(Ops tf) {
      return new Text(
          tf.withName(StrokesSignatures.TEXT)
              .placeholder(TInt32.class, Placeholder.shape(Shape.of(-1, -1))),
          tf.withName(StrokesSignatures.TEXT_LENGTHS)
              .placeholder(TInt32.class, Placeholder.shape(Shape.of(-1))));
    }
  }

  static StrokesOutputs build(Ops tf, StrokeModel given) {
    Placeholder<TFloat32> points =
        tf.withName("points").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, -1, 3)));
    Placeholder<TInt32> lengths =
        tf.withName("lengths").placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
    Text text = given.characters() == 0 ? null : Text.of(tf);
    StrokeModel model = text == null ? given : given.reading(tf, text.labels(), text.lengths());
    StrokeSeries series = new StrokeSeries(tf, model.density(), points, lengths);
    Operand<TFloat32> z = null;
    Operand<TFloat32> divergence = null;
    StrokeLatent latent = model.latent();
    if (latent != null) {
      StrokeLatent.Code code = latent.encode(tf, series.drawn(tf), series.lengths(), null);
      z = code.mean();
      divergence = code.divergence(tf);
    }
    Operand<TInt32> batch = tf.gather(tf.shape(points), tf.constant(1), tf.constant(0));
    StrokeModel.Outputs outputs =
        model.raw(tf, series.inputs(), z, model.initialState(tf, batch, z), null);
    StrokeSeries.Nats nats = series.nats(tf, outputs.raw());
    Operand<TInt32> time = tf.constant(0);
    return new StrokesOutputs(
        model.density().settings().pen() == MixtureDensity.Pen.THREE_WAY,
        points,
        lengths,
        text,
        tf.reduceSum(nats.offsets(), time),
        tf.reduceSum(nats.pens(), time),
        tf.reduceSum(series.penErrors(tf, outputs.raw()), time),
        divergence);
  }
}

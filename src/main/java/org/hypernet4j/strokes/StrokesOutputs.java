// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

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
 * @param points {@code dx, dy, pen} in normalised units, {@code [T, B, 3]}
 * @param lengths points of each drawing, {@code [B]}
 * @param offsets nats of the offsets of each drawing, {@code [B]}
 * @param pens nats of the pens of each drawing, {@code [B]}
 * @param divergence nats of the latent vector of each drawing, {@code [B]}; null without one
 */
record StrokesOutputs(
    Placeholder<TFloat32> points,
    Placeholder<TInt32> lengths,
    Operand<TFloat32> offsets,
    Operand<TFloat32> pens,
    @Nullable Operand<TFloat32> divergence) {

  static StrokesOutputs build(Ops tf, StrokeModel model) {
    Placeholder<TFloat32> points =
        tf.withName("points").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, -1, 3)));
    Placeholder<TInt32> lengths =
        tf.withName("lengths").placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
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
        points,
        lengths,
        tf.reduceSum(nats.offsets(), time),
        tf.reduceSum(nats.pens(), time),
        divergence);
  }
}

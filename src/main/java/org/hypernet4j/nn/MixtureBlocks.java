// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import java.util.List;
import org.hypernet4j.nn.MixtureDensity.Settings;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The raw columns of a mixture by their meaning.
 *
 * @param pen logits, {@code [rows, pen columns]}; null without a pen
 * @param pi logits of the weights, {@code [rows, K]}
 * @param mu means, {@code [rows, 2K]}: K of the first axis, K of the second
 * @param s logarithms of the standard deviations before their limit, {@code [rows, 2K]}
 * @param r inverse hyperbolic tangents of the correlations before their limit, {@code [rows, K]}
 */
record MixtureBlocks(
    Settings settings,
    @Nullable Operand<TFloat32> pen,
    Operand<TFloat32> pi,
    Operand<TFloat32> mu,
    Operand<TFloat32> s,
    Operand<TFloat32> r) {
  static MixtureBlocks of(Ops tf, Settings settings, Operand<TFloat32> raw) {
    int k = settings.components();
    int pen = settings.pen().columns();
    int[] sizes = {k, 2 * k, 2 * k, k};
    if (pen == 0) {
      List<? extends Operand<TFloat32>> parts = split(tf, raw, sizes);
      return new MixtureBlocks(
          settings, null, parts.get(0), parts.get(1), parts.get(2), parts.get(3));
    }
    List<? extends Operand<TFloat32>> parts =
        split(tf, raw, pen, sizes[0], sizes[1], sizes[2], sizes[3]);
    return new MixtureBlocks(
        settings, parts.get(0), parts.get(1), parts.get(2), parts.get(3), parts.get(4));
  }

  private static List<? extends Operand<TFloat32>> split(
      Ops tf, Operand<TFloat32> raw, int... sizes) {
    return tf.splitV(raw, tf.constant(sizes), tf.constant(1), (long) sizes.length).output();
  }

  /** {@code log(exp(s) + floor)}. */
  Operand<TFloat32> limitedS(Ops tf) {
    if (settings.sigmaFloor() == 0) {
      return s;
    }
    return tf.math.add(tf.math.softplus(aboveFloor(tf)), tf.constant(logFloor()));
  }

  /** The derivative of {@link #limitedS} by s; only where there is a floor. */
  Operand<TFloat32> limitedSlope(Ops tf) {
    return tf.math.sigmoid(aboveFloor(tf));
  }

  private Operand<TFloat32> aboveFloor(Ops tf) {
    return tf.math.sub(s, tf.constant(logFloor()));
  }

  private float logFloor() {
    return (float) Math.log(settings.sigmaFloor());
  }

  /** {@code b tanh(r / b)}. */
  Operand<TFloat32> limitedR(Ops tf) {
    if (settings.correlationBound() == 0) {
      return r;
    }
    Operand<TFloat32> bound = tf.constant(settings.correlationBound());
    return tf.math.mul(tf.math.tanh(tf.math.div(r, bound)), bound);
  }

  /**
   * The derivative of {@link #limitedR} by r, {@code 4 e / (1 + e)^2} with {@code e = exp(-2 |r| /
   * b)}: {@code 1 - tanh^2} is 0 in float32 from 9 b on.
   */
  Operand<TFloat32> boundSlope(Ops tf) {
    Operand<TFloat32> e =
        tf.math.exp(tf.math.mul(tf.math.abs(r), tf.constant(-2f / settings.correlationBound())));
    return tf.math.div(
        tf.math.mul(e, tf.constant(4f)), tf.math.square(tf.math.add(e, tf.constant(1f))));
  }

  /** A column of a matrix, {@code [rows]}. */
  static Operand<TFloat32> column(Ops tf, Operand<TFloat32> matrix, int at) {
    return tf.reshape(
        tf.slice(matrix, tf.constant(new int[] {0, at}), tf.constant(new int[] {-1, 1})),
        tf.constant(new int[] {-1}));
  }
}

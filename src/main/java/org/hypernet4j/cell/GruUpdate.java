// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The update of every GRU here, after its input is projected; its parameters are {@code W_h},
 * {@code b_h} and those of layer normalisation. A hypernetwork scales the products with W_h by d.
 *
 * <pre>
 * (z, r) = sigmoid(LN( x + d (h W_h) + b_h ))        columns z, r
 * g  = tanh(LN( x + r (d (h W_h) + b_h) ))           column g, reset after the product
 * g  = tanh(LN( x + d ((r h) W_h) ))                 column g, reset before it; there is no b_h
 * h' = z h + (1 - z) dropout(g)
 * </pre>
 */
final class GruUpdate {
  private final int units;
  private final boolean resetAfter;
  private final Parameter kernel;
  private final @Nullable Parameter bias;
  private final @Nullable LayerNorm gateNorm;
  private final @Nullable LayerNorm candidateNorm;

  GruUpdate(ParameterScope scope, GruSettings<?> settings, boolean biased) {
    units = settings.units();
    resetAfter = settings.resetAfter();
    kernel = settings.recurrentKernel(scope);
    bias = biased && resetAfter ? settings.bias(scope, "b_h") : null;
    gateNorm = settings.norm(scope.child("ln"), 2, settings.gateEpsilon());
    candidateNorm = settings.norm(scope.child("ln_g"), 1, settings.gateEpsilon());
  }

  /** W_h, {@code [units, 3 units]}. */
  Parameter kernel() {
    return kernel;
  }

  /**
   * The next state.
   *
   * @param x the projected input, {@code [batch, 3 units]}, columns z, r, g
   * @param scale d, {@code [batch, 3 units]}, or null for 1
   * @param h state before the step, {@code [batch, units]}
   * @param mask of recurrent dropout without memory loss, {@code [batch, units]}, or null
   */
  Operand<TFloat32> next(
      Ops tf,
      CellValues values,
      Operand<TFloat32> x,
      @Nullable Operand<TFloat32> scale,
      Operand<TFloat32> h,
      @Nullable Operand<TFloat32> mask) {
    int n = units;
    int columns = resetAfter ? 3 * n : 2 * n;
    Operand<TFloat32> product = product(tf, values, h, scale, 0, columns);
    if (bias != null) {
      product = values.shifted(tf, product, bias);
    }
    Operand<TFloat32> sums = tf.math.add(columns(tf, x, 0, 2 * n), columns(tf, product, 0, 2 * n));
    if (gateNorm != null) {
      sums = gateNorm.apply(tf, values, sums);
    }
    Operand<TFloat32> gates = values.sigmoid(tf, sums);
    Operand<TFloat32> z = columns(tf, gates, 0, n);
    Operand<TFloat32> r = columns(tf, gates, n, 2 * n);

    Operand<TFloat32> remembered =
        resetAfter
            ? tf.math.mul(r, columns(tf, product, 2 * n, 3 * n))
            : product(tf, values, tf.math.mul(r, h), scale, 2 * n, 3 * n);
    Operand<TFloat32> sum = tf.math.add(columns(tf, x, 2 * n, 3 * n), remembered);
    if (candidateNorm != null) {
      sum = candidateNorm.apply(tf, values, sum);
    }
    Operand<TFloat32> g = values.tanh(tf, sum);
    if (mask != null) {
      g = tf.math.mul(g, mask);
    }
    return tf.math.add(tf.math.mul(z, h), tf.math.mul(tf.math.sub(tf.constant(1f), z), g));
  }

  /** {@code scale (left W_h)} for some columns of W_h. */
  private Operand<TFloat32> product(
      Ops tf,
      CellValues values,
      Operand<TFloat32> left,
      @Nullable Operand<TFloat32> scale,
      int from,
      int to) {
    Weight block = to - from == 3 * units ? Weight.of(kernel) : Weight.block(kernel, 1, from, to);
    Operand<TFloat32> product = values.product(tf, left, block);
    return scale == null ? product : tf.math.mul(columns(tf, scale, from, to), product);
  }

  private static Operand<TFloat32> columns(Ops tf, Operand<TFloat32> of, int from, int to) {
    return from == 0 && of.shape().get(1) == to
        ? of
        : tf.slice(of, tf.constant(new int[] {0, from}), tf.constant(new int[] {-1, to - from}));
  }
}

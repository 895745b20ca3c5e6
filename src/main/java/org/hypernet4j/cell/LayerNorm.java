// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Layer normalisation of one or several gates side by side, each over its own units: {@code gain (a
 * - mean) / sqrt(variance + epsilon) + shift}, the variance being the biased one.
 *
 * <p>The variance is one of float32: where units differ from their mean by about 1e19 it is
 * infinite, and the output is {@code shift} alone, with a derivative by a of zero. Activations of
 * that size are far outside the range of a cell that trains.
 *
 * <p>Parameters: {@code gain [gates * units]}, at first 1, and {@code shift [gates * units]}, at
 * first 0, unless it has none.
 */
final class LayerNorm {
  private final Parameter gain;
  private final @Nullable Parameter shift;
  private final int gates;
  private final int units;
  private final float epsilon;

  LayerNorm(ParameterScope scope, int gates, int units, float epsilon, boolean shifted) {
    if (!(epsilon > 0)) {
      throw UserError.in(scope.path())
          .what("the epsilon of layer normalisation must be positive")
          .received(epsilon)
          .build();
    }
    this.gates = gates;
    this.units = units;
    this.epsilon = epsilon;
    Shape shape = Shape.of((long) gates * units);
    gain = scope.parameter("gain", shape, Initializers.ones(), Role.NORMALISATION);
    shift =
        shifted ? scope.parameter("shift", shape, Initializers.zeros(), Role.NORMALISATION) : null;
  }

  /** Normalises {@code [batch, gates * units]}; the result has the same shape. */
  Operand<TFloat32> apply(Ops tf, CellValues values, Operand<TFloat32> a) {
    Operand<TFloat32> normed = values.build(tf, new Normalisation(a, gates, units, epsilon));
    return shift == null
        ? tf.math.mul(normed, values.of(gain))
        : values.build(tf, new Affine(normed, values.of(gain), values.of(shift)));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.hypernet4j.graph.internal.Loop;
import org.hypernet4j.nn.Dense;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The layer that makes the columns of a density from a cell's output.
 *
 * @param kernel {@code [units, columns]}
 * @param bias {@code [columns]}
 */
record MixtureOutput(Operand<TFloat32> kernel, Operand<TFloat32> bias) {
  /** Creates {@code kernel} and {@code bias}. */
  static MixtureOutput of(ParameterScope scope, int units, int columns) {
    float limit = (float) Math.sqrt(3.0 / columns); // Glorot's for a vector, as in TensorFlow
    return new MixtureOutput(
        scope.value("kernel", Shape.of(units, columns), Initializers.glorotUniform(), Role.KERNEL),
        scope.value("bias", Shape.of(columns), Initializers.uniform(-limit, limit), Role.BIAS));
  }

  /** The layer in the body of a loop. */
  MixtureOutput in(Loop loop) {
    return new MixtureOutput(loop.invariant(kernel), loop.invariant(bias));
  }

  /**
   * Applies the layer.
   *
   * @param rows {@code [rows, units]}
   * @return {@code [rows, columns]}
   */
  Operand<TFloat32> apply(Ops tf, Operand<TFloat32> rows) {
    return Dense.apply(tf, rows, kernel, bias);
  }
}

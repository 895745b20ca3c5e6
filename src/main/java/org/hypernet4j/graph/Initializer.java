// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Builds the ops that compute a parameter's initial value. See {@link Initializers}. */
@FunctionalInterface
public interface Initializer {
  /**
   * Builds the value.
   *
   * @param tf ops in the parameter's own scope
   * @param shape the parameter's shape
   * @param seed a seed for this parameter alone
   * @return a tensor of that shape
   */
  Operand<TFloat32> call(Ops tf, Shape shape, long seed);
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell.internal;

import org.hypernet4j.graph.internal.CustomGradient;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Builds the pieces of a step that have a known derivative: a loop may keep their results, a single
 * step has no use for them.
 */
@FunctionalInterface
public interface CustomGradientBuilder {
  /** Builds op by op; TensorFlow differentiates the ops if a gradient is requested. */
  CustomGradientBuilder PLAIN = (tf, piece) -> piece.forward(tf).get(0);

  /**
   * Builds a piece.
   *
   * @return its value
   */
  Operand<TFloat32> build(Ops tf, CustomGradient piece);
}

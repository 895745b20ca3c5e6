// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell.internal;

import org.hypernet4j.graph.internal.KnownDerivative;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * How the pieces of a step with a known derivative get into the graph: a loop may keep what they
 * compute, a single step has no use for that.
 */
@FunctionalInterface
public interface PieceBuilder {
  /** Op by op, differentiated by TensorFlow where anybody asks for it. */
  PieceBuilder PLAIN = (tf, piece) -> piece.forward(tf).get(0);

  /**
   * Builds a piece.
   *
   * @return its value
   */
  Operand<TFloat32> build(Ops tf, KnownDerivative piece);
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph.internal;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A piece of a graph with its derivative in closed form: for pieces whose derivative then takes
 * fewer ops than TensorFlow's own, or can be computed from saved results without recomputing the
 * piece.
 *
 * <p>{@link #forward} consists of differentiable ops, so that a piece is right without its
 * derivative too.
 */
public interface CustomGradient {
  /** The inputs of the piece that have a derivative. */
  List<Operand<TFloat32>> inputs();

  /**
   * Builds the piece.
   *
   * @return its value, {@code [batch, size]}, followed by all other tensors that {@link #backward}
   *     reads, {@code [batch, size]} each
   */
  List<Operand<TFloat32>> forward(Ops tf);

  /**
   * Builds the derivative. Called while the graph is locked: it may build ops, but asking for a
   * shape or looking up an op never returns.
   *
   * @param results results of {@link #forward}, or tensors of equal value
   * @param byValue the derivative by the value
   * @return the derivative by each input, of its shape, or null for zero
   */
  List<@Nullable Operand<TFloat32>> backward(
      Ops tf, List<Operand<TFloat32>> results, Operand<TFloat32> byValue);

  /** Whether the results cost more to recompute than to keep in memory until the backward pass. */
  boolean worthKeeping();
}

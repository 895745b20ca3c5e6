package org.hypernet4j.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A piece of a graph with its derivative in closed form: for pieces where that takes fewer ops than
 * what TensorFlow puts together op by op, or where it needs only what was computed before and can
 * be had without computing the piece again.
 *
 * <p>{@link #forward} is made of differentiable ops, so that a piece is right without its
 * derivative too.
 */
public interface KnownDerivative {
  /** What the piece computes from, where a derivative is wanted. */
  List<Operand<TFloat32>> inputs();

  /**
   * Builds the piece.
   *
   * @return its value, {@code [batch, size]}, and behind it whatever else {@link #backward} reads,
   *     {@code [batch, size]} each
   */
  List<Operand<TFloat32>> forward(Ops tf);

  /**
   * Builds the derivative. Called while the graph is locked: it may make ops, but asking for a
   * shape or looking an op up would wait for ever.
   *
   * @param results of {@link #forward}, or tensors of the same values
   * @param byValue the derivative by the value
   * @return the derivative by each input, of its shape, or null for zero
   */
  List<@Nullable Operand<TFloat32>> backward(
      Ops tf, List<Operand<TFloat32>> results, Operand<TFloat32> byValue);

  /** Whether the results cost more to compute again than to keep in memory until then. */
  boolean worthKeeping();
}

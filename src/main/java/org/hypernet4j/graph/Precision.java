// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph;

import java.util.List;
import java.util.function.Supplier;
import org.hypernet4j.graph.internal.GraphState;
import org.tensorflow.ExecutionEnvironment;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;

/**
 * Numeric precision of matrix products and convolutions. Everything else is always float32:
 * parameters, states, sums, normalisation, softmax, loss and optimizer.
 *
 * <p>bfloat16 has the range of float32 and 8 bits of its mantissa. Gradients do not underflow, so
 * that no loss scaling is needed.
 *
 * <p>A graph has one precision at a time, returned by {@link #of}: the one set by {@link #during},
 * else float32. The body of a loop or function starts with the precision of the graph around it.
 * Code that builds a derivative later must keep the precision that its product was built with.
 */
public enum Precision {
  /** A mantissa of 24 bits. */
  FLOAT32,
  /** A mantissa of 8 bits, for both factors of a product and for its result. */
  BFLOAT16;

  /** The current precision of products built with these ops. */
  public static Precision of(Ops tf) {
    return of(tf.scope().env());
  }

  /** The current precision of products built in the graph of a tensor. */
  public static Precision of(Operand<?> tensor) {
    return of(tensor.op().env());
  }

  /** Products of an eager session are always float32. */
  private static Precision of(ExecutionEnvironment environment) {
    return environment instanceof Graph graph ? GraphState.precision(graph) : FLOAT32;
  }

  /**
   * Builds a part of a graph with this precision.
   *
   * @param tf ops of the graph
   * @param build builds products of that graph; bodies of loops that it begins inherit the
   *     precision
   * @throws IllegalArgumentException if these are the ops of an eager session
   */
  public <T> T during(Ops tf, Supplier<T> build) {
    if (!(tf.scope().env() instanceof Graph graph)) {
      throw new IllegalArgumentException("a precision can be set for a graph only");
    }
    Precision before = GraphState.setPrecision(graph, this);
    try {
      return build.get();
    } finally {
      GraphState.setPrecision(graph, before);
    }
  }

  /**
   * {@code a b}.
   *
   * @param options transpositions
   */
  public Operand<TFloat32> matMul(
      Ops tf, Operand<TFloat32> a, Operand<TFloat32> b, MatMul.Options... options) {
    return this == FLOAT32
        ? tf.linalg.matMul(a, b, options)
        : widened(tf, tf.linalg.matMul(narrowed(tf, a), narrowed(tf, b), options));
  }

  /**
   * A convolution, NHWC, with zero padding to equal size.
   *
   * @param strides of the four axes
   */
  public Operand<TFloat32> conv2d(
      Ops tf, Operand<TFloat32> x, Operand<TFloat32> kernel, List<Long> strides) {
    if (this == FLOAT32) {
      return tf.nn.conv2d(x, kernel, strides, "SAME");
    }
    Conv2d<TBfloat16> narrow = tf.nn.conv2d(narrowed(tf, x), narrowed(tf, kernel), strides, "SAME");
    return widened(tf, narrow);
  }

  private static Operand<TBfloat16> narrowed(Ops tf, Operand<TFloat32> x) {
    return tf.dtypes.cast(x, TBfloat16.class);
  }

  private static Operand<TFloat32> widened(Ops tf, Operand<TBfloat16> x) {
    return tf.dtypes.cast(x, TFloat32.class);
  }
}

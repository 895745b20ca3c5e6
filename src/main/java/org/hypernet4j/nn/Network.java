// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import org.hypernet4j.graph.ParameterScope;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * A model of your own: a function of one tensor with parameters that were made before. It is called
 * once for the training half of a graph, once for the inference half, and once for the graph that
 * is exported, each time with the same parameters.
 *
 * <pre>{@code
 * static Network line(ParameterScope scope) {
 *   Operand<TFloat32> slope = scope.value("slope", Shape.of(3, 1), Initializers.zeros(), Role.KERNEL);
 *   return (tf, x, step) -> tf.linalg.matMul(x, slope);
 * }
 * }</pre>
 */
@FunctionalInterface
public interface Network {
  /**
   * Adds the model to a graph.
   *
   * @param x {@code [batch, ...]}; the size of the batch may be unknown, {@code -1}
   * @param step the number of the training step, a scalar: the key of what is drawn anew in every
   *     step, dropout masks for example. Null for inference, where nothing is drawn
   * @return {@code [batch, ...]}, each row computed from its row of x alone
   */
  Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x, @Nullable Operand<TInt64> step);

  /** Makes a model's parameters and returns the model. */
  @FunctionalInterface
  interface Builder {
    /**
     * Makes the model; called once a graph.
     *
     * @param scope names the parameters
     */
    Network build(ParameterScope scope);
  }
}

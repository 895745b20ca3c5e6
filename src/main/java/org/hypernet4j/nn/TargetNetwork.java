// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import org.hypernet4j.hyper.WeightTable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A network described once, which takes its weights from anywhere: parameters of its own, a
 * hypernetwork, a hypernetwork for each example, or a frozen base with a generated change.
 *
 * <pre>{@code
 * TargetNetwork net =
 *     TargetNetwork.of(
 *         WeightTable.empty().dense("hidden", 784, 100).dense("output", 100, 10),
 *         (tf, w, x) -> w.dense(tf, "output", tf.nn.relu(w.dense(tf, "hidden", x))));
 * Operand<TFloat32> plain = net.apply(tf, Weights.parameters(scope, net.weights()), x);
 * Operand<TFloat32> made =
 *     new ConditionedNetwork(scope, net, HeadKernels.of(List.of(100), KAIMING_IN), 2)
 *         .apply(tf, Condition.of(preference), x);
 * }</pre>
 */
public interface TargetNetwork {
  /** The weights that it reads, by name. */
  WeightTable weights();

  /**
   * Adds the network to a graph.
   *
   * @param weights those of {@link #weights}
   * @param x {@code [batch, ...]}; {@code [rows, batch, ...]} where weights have rows and every row
   *     is to read a batch of its own, which dense layers can do
   * @return {@code [batch, ...]}, with the same leading axes as x
   */
  Operand<TFloat32> apply(Ops tf, Weights weights, Operand<TFloat32> x);

  /** A network from its table and its function. */
  static TargetNetwork of(WeightTable table, Function function) {
    return new TargetNetwork() {
      @Override
      public WeightTable weights() {
        return table;
      }

      @Override
      public Operand<TFloat32> apply(Ops tf, Weights weights, Operand<TFloat32> x) {
        return function.apply(tf, weights, x);
      }
    };
  }

  /** What a network computes. */
  @FunctionalInterface
  interface Function {
    /** See {@link TargetNetwork#apply}. */
    Operand<TFloat32> apply(Ops tf, Weights weights, Operand<TFloat32> x);
  }
}

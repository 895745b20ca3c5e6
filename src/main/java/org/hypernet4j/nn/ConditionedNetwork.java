// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.hyper.Condition;
import org.hypernet4j.hyper.ConditionalSource;
import org.hypernet4j.hyper.Hypernetwork;
import org.hypernet4j.hyper.WeightShape;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A network all of whose weights a hypernetwork makes from a condition: a family of networks, one
 * for each condition.
 *
 * @param network what reads the weights
 * @param hypernetwork what makes them
 */
public record ConditionedNetwork(TargetNetwork network, Hypernetwork hypernetwork) {
  /**
   * Checks that all weights are made which the network reads.
   *
   * @throws UserError if one of them is not, or has another shape
   */
  public ConditionedNetwork {
    Map<String, WeightShape> made = hypernetwork.table().shapes();
    network
        .weights()
        .shapes()
        .forEach(
            (name, weight) -> {
              WeightShape found = made.get(name);
              if (found == null || !found.shape().equals(weight.shape())) {
                throw UserError.in("weight '" + name + "'")
                    .what("the hypernetwork does not make what the network reads")
                    .expected(Shapes.describe(weight.shape()))
                    .received(
                        found == null ? "weights " + made.keySet() : Shapes.describe(found.shape()))
                    .build();
              }
            });
  }

  /**
   * Turns a network into its hypernetwork.
   *
   * @param scope of the hypernetwork's parameters
   * @param design how weights are made
   * @param conditionSize N_c
   */
  public ConditionedNetwork(
      ParameterScope scope, TargetNetwork network, ConditionalSource design, int conditionSize) {
    this(network, design.conditioned(scope, network.weights(), conditionSize));
  }

  /** The weights for a condition, or a row each for several. */
  public Weights weights(Ops tf, Condition condition) {
    return Weights.of(hypernetwork.generate(tf, condition));
  }

  /**
   * The network for a condition.
   *
   * @param condition one for all of x, or {@code [batch, N_c]}, one for each example; or {@code
   *     [rows, N_c]} with x {@code [rows, batch, ...]}, see {@link Weights#dense}
   * @param x {@code [batch, ...]}
   */
  public Operand<TFloat32> apply(Ops tf, Condition condition, Operand<TFloat32> x) {
    return network.apply(tf, weights(tf, condition), x);
  }
}

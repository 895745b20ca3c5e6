// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * One network with ordinary parameters, whatever the condition: what a hypernetwork is compared
 * with. Parameters have the names of the table, {@code hidden/kernel}.
 */
public record SharedNetwork() implements ConditionalSource {
  /**
   * Creates the weights of a network as ordinary parameters; kernels are subject to weight decay,
   * biases are not.
   *
   * @return their values by name, in network order
   */
  public static Map<String, Operand<TFloat32>> parameters(ParameterScope scope, WeightTable table) {
    Map<String, Operand<TFloat32>> values = new LinkedHashMap<>();
    create(scope, table).forEach((name, parameter) -> values.put(name, parameter.value()));
    return values;
  }

  private static Map<String, Parameter> create(ParameterScope scope, WeightTable table) {
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    table
        .shapes()
        .forEach(
            (name, weight) -> {
              int slash = name.lastIndexOf('/');
              ParameterScope layer = slash < 0 ? scope : scope.child(name.substring(0, slash));
              String last = name.substring(slash + 1);
              parameters.put(
                  name,
                  weight.isBias()
                      ? layer.parameter(last, weight.shape(), weight.initializer(), Role.BIAS)
                      : layer.regularisedParameter(
                          last, weight.shape(), weight.initializer(), Role.KERNEL));
            });
    return parameters;
  }

  @Override
  public Hypernetwork conditioned(ParameterScope scope, WeightTable table, int conditionSize) {
    Map<String, Parameter> parameters = create(scope, table.requireSome(conditionSize));
    return new Hypernetwork() {
      @Override
      public int conditionSize() {
        return conditionSize;
      }

      @Override
      public WeightTable table() {
        return table;
      }

      @Override
      public Map<String, Operand<TFloat32>> generate(Ops tf, Condition condition) {
        condition.require("network without a condition", conditionSize);
        Map<String, Operand<TFloat32>> values = new LinkedHashMap<>();
        parameters.forEach((name, parameter) -> values.put(name, parameter.value()));
        return values;
      }
    };
  }

  @Override
  public long parameterCount(WeightTable table, int conditionSize) {
    return table.requireSome(conditionSize).size();
  }
}

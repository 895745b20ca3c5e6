// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.graph.Initializer;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.hypernet4j.graph.internal.Seeds;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A network with parameters of its own for each of N_c conditions: what a hypernetwork is compared
 * with, and an ensemble. The condition is one-hot: 1 at the place of the network, else 0; other
 * conditions mix the networks' weights.
 *
 * <p>Parameters: {@code networks/<name> [N_c, size]}, each row with the initial values of an
 * ordinary parameter.
 */
public record SeparateNetworks() implements ConditionalSource {
  @Override
  public Hypernetwork conditioned(ParameterScope scope, WeightTable table, int conditionSize) {
    return new Built(scope.child("networks"), table.requireSome(conditionSize), conditionSize);
  }

  @Override
  public long parameterCount(WeightTable table, int conditionSize) {
    return table.requireSome(conditionSize).size() * conditionSize;
  }

  private static final class Built implements Hypernetwork {
    private final WeightTable table;
    private final int networks;
    private final Map<String, Parameter> rows = new LinkedHashMap<>();

    Built(ParameterScope scope, WeightTable table, int networks) {
      this.table = table;
      this.networks = networks;
      table
          .shapes()
          .forEach(
              (name, weight) -> {
                int slash = name.lastIndexOf('/');
                ParameterScope layer = slash < 0 ? scope : scope.child(name.substring(0, slash));
                String last = name.substring(slash + 1);
                Shape shape = Shape.of(networks, weight.size());
                rows.put(
                    name,
                    weight.isBias()
                        ? layer.parameter(last, shape, eachRow(weight, networks), Role.BIAS)
                        : layer.regularisedParameter(
                            last, shape, eachRow(weight, networks), Role.KERNEL));
              });
    }

    private static Initializer eachRow(WeightShape weight, int networks) {
      return (tf, shape, seed) -> {
        List<Operand<TFloat32>> values = new ArrayList<>();
        for (int i = 0; i < networks; i++) {
          long own = Seeds.of(seed, "network " + i);
          values.add(
              tf.reshape(
                  weight.initializer().call(tf, weight.shape(), own),
                  tf.constant(new long[] {1, weight.size()})));
        }
        return ConditionRows.below(tf, values);
      };
    }

    @Override
    public int conditionSize() {
      return networks;
    }

    @Override
    public WeightTable table() {
      return table;
    }

    @Override
    public Map<String, Operand<TFloat32>> generate(Ops tf, Condition condition) {
      Operand<TFloat32> chosen = condition.rowsFor(tf, "separate networks", networks, table);
      Map<String, Operand<TFloat32>> weights = new LinkedHashMap<>();
      table
          .shapes()
          .forEach(
              (name, weight) -> {
                Parameter all = rows.get(name);
                weights.put(
                    name,
                    ConditionRows.shaped(
                        tf,
                        tf.linalg.matMul(chosen, Objects.requireNonNull(all).value()),
                        weight,
                        condition));
              });
      return weights;
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Biases of a hypernetwork whose generator makes kernels only: {@code b = c V + b_0}, both zero at
 * first.
 *
 * <p>Parameters: {@code generator/<layer>/bias/V [N_c, out]} and {@code .../b [out]}.
 */
final class ConditionalBiases {
  private final Map<String, WeightShape> shapes;
  private final Map<String, Parameter> slopes = new LinkedHashMap<>();
  private final Map<String, Parameter> constants = new LinkedHashMap<>();

  /** Creates the parameters of a table's biases. */
  ConditionalBiases(ParameterScope generator, WeightTable table, int conditionSize) {
    shapes = table.biases();
    shapes.forEach(
        (name, weight) -> {
          ParameterScope scope = generator.child(name);
          slopes.put(
              name,
              scope.parameter(
                  "V",
                  Shape.of(conditionSize, weight.size()),
                  Initializers.zeros(),
                  Role.GENERATOR));
          constants.put(
              name, scope.parameter("b", weight.shape(), Initializers.zeros(), Role.GENERATOR));
        });
  }

  static long parameterCount(WeightTable table, int conditionSize) {
    return table.biases().values().stream().mapToLong(WeightShape::size).sum()
        * (conditionSize + 1L);
  }

  /**
   * Biases by name, {@code [out]} or {@code [rows, out]}.
   *
   * @param rows the condition as {@code [rows, N_c]}
   */
  Map<String, Operand<TFloat32>> generate(Ops tf, Operand<TFloat32> rows, Condition condition) {
    Map<String, Operand<TFloat32>> biases = new LinkedHashMap<>();
    shapes.forEach(
        (name, weight) -> {
          Operand<TFloat32> product = tf.linalg.matMul(rows, value(slopes, name));
          biases.put(
              name,
              ConditionRows.shaped(
                  tf, tf.math.add(product, value(constants, name)), weight, condition));
        });
    return biases;
  }

  private static Operand<TFloat32> value(Map<String, Parameter> parameters, String name) {
    return Objects.requireNonNull(parameters.get(name), name).value();
  }
}

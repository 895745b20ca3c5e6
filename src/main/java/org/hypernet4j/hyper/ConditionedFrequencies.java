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
 * {@link DctKernels} whose coefficients depend on a condition: {@code C_j = c V_j + C_j0}. Biases
 * are {@link ConditionalBiases}.
 */
final class ConditionedFrequencies implements Hypernetwork {
  private static final String WHERE = "hypernetwork of frequencies";

  private final DctKernels design;
  private final WeightTable table;
  private final int conditionSize;
  private final Map<String, Parameter> own = new LinkedHashMap<>();
  private final Map<String, Parameter> slopes = new LinkedHashMap<>();
  private final ConditionalBiases biases;

  ConditionedFrequencies(
      ParameterScope scope, DctKernels design, WeightTable table, int conditionSize) {
    this.design = design;
    this.table = table;
    this.conditionSize = conditionSize;
    ParameterScope generator = scope.child("generator");
    table
        .kernels()
        .forEach(
            (name, shape) -> {
              design.requireBelowLimit(shape, name);
              long count = design.coefficients(shape);
              // half of a coefficient's variance from each of the two
              double half = design.variance(shape) / 2;
              String layer = WeightTable.scope(name);
              own.put(
                  name,
                  scope
                      .child("embeddings")
                      .child(layer)
                      .parameter(
                          "coefficients",
                          Shape.of(1, count),
                          Initializers.normal(0f, (float) Math.sqrt(half)),
                          Role.EMBEDDING));
              slopes.put(
                  name,
                  generator
                      .child(layer)
                      .parameter(
                          "V",
                          Shape.of(conditionSize, count),
                          Initializers.normal(0f, (float) Math.sqrt(half / conditionSize)),
                          Role.GENERATOR));
            });
    biases = new ConditionalBiases(generator, table, conditionSize);
  }

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
    Operand<TFloat32> rows = condition.rowsFor(tf, WHERE, conditionSize, table);
    Map<String, Operand<TFloat32>> weights =
        new LinkedHashMap<>(biases.generate(tf, rows, condition));
    table
        .kernels()
        .forEach(
            (name, shape) -> {
              Operand<TFloat32> coefficients =
                  tf.math.add(
                      tf.linalg.matMul(rows, Objects.requireNonNull(slopes.get(name)).value()),
                      Objects.requireNonNull(own.get(name)).value());
              WeightShape weight = Objects.requireNonNull(table.shapes().get(name));
              weights.put(
                  name,
                  ConditionRows.shaped(
                      tf, design.transform(tf, coefficients, shape), weight, condition));
            });
    return table.inOrder(weights);
  }
}

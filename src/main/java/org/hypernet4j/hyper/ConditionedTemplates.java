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
 * {@link TemplatedKernels} whose coefficients depend on a condition: {@code alpha_j = c V_j + a_j}.
 * Biases are {@link ConditionalBiases}.
 */
final class ConditionedTemplates implements Hypernetwork {
  private static final String WHERE = "hypernetwork of templates";

  private final WeightTable table;
  private final int conditionSize;
  private final Map<KernelShape, WeightGenerator> banks = new LinkedHashMap<>();
  private final Map<String, Parameter> own = new LinkedHashMap<>();
  private final Map<String, Parameter> slopes = new LinkedHashMap<>();
  private final ConditionalBiases biases;

  ConditionedTemplates(
      ParameterScope scope, TemplatedKernels design, WeightTable table, int conditionSize) {
    this.table = table;
    this.conditionSize = conditionSize;
    ParameterScope generator = scope.child("generator");
    int n = design.templates();
    table
        .kernels()
        .forEach(
            (name, shape) -> {
              banks.computeIfAbsent(
                  shape, key -> design.bank(key).create(generator.child(key.toString())));
              String layer = WeightTable.scope(name);
              // half of a coefficient's variance, 1 / n, from each of the two
              own.put(
                  name,
                  scope
                      .child("embeddings")
                      .child(layer)
                      .parameter(
                          "z",
                          Shape.of(1, n),
                          Initializers.normal(0f, (float) Math.sqrt(0.5 / n)),
                          Role.EMBEDDING));
              slopes.put(
                  name,
                  generator
                      .child(layer)
                      .parameter(
                          "V",
                          Shape.of(conditionSize, n),
                          Initializers.normal(0f, (float) Math.sqrt(0.5 / n / conditionSize)),
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
              Operand<TFloat32> alpha =
                  tf.math.add(
                      tf.linalg.matMul(rows, Objects.requireNonNull(slopes.get(name)).value()),
                      Objects.requireNonNull(own.get(name)).value());
              Operand<TFloat32> kernels =
                  Objects.requireNonNull(banks.get(shape)).generate(tf, alpha);
              WeightShape weight = Objects.requireNonNull(table.shapes().get(name));
              weights.put(name, ConditionRows.shaped(tf, kernels, weight, condition));
            });
    return table.inOrder(weights);
  }
}

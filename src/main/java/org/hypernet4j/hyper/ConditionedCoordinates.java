// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.hypernet4j.graph.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * {@link CoordinateKernels} that read a condition beside the coordinates: the small network maps
 * {@code (row, column, in, out, c, z_j)} to a weight. Biases are {@link ConditionalBiases}.
 */
final class ConditionedCoordinates implements Hypernetwork {
  private static final String WHERE = "hypernetwork of coordinates";

  private final CoordinateKernels design;
  private final CoordinateKernels widened;
  private final WeightTable table;
  private final int conditionSize;
  private final CoordinateKernels.Network network;
  private final Map<String, Parameter> own = new LinkedHashMap<>();
  private final ConditionalBiases biases;

  ConditionedCoordinates(
      ParameterScope scope, CoordinateKernels design, WeightTable table, int conditionSize) {
    this.design = design;
    this.table = table;
    this.conditionSize = conditionSize;
    if (table.kernels().isEmpty()) {
      throw UserError.in(WHERE)
          .what("the table holds no kernel")
          .expected("at least one: a bias has no coordinates")
          .received(table.shapes().keySet())
          .build();
    }
    new KernelTable(table.kernels()).byShape().values().forEach(design::requireTold);
    widened =
        new CoordinateKernels(
            design.hiddenSizes(),
            ConditionRows.sizeBeside(WHERE, conditionSize, design.embeddingSize()),
            design.target());
    ParameterScope generator = scope.child("generator");
    network = widened.network(generator, first());
    if (design.embeddingSize() > 0) {
      for (String name : table.kernels().keySet()) {
        own.put(
            name,
            scope
                .child("embeddings")
                .child(WeightTable.scope(name))
                .parameter(
                    "z",
                    Shape.of(1, design.embeddingSize()),
                    Initializers.normal(0f, 1f),
                    Role.EMBEDDING));
      }
    }
    biases = new ConditionalBiases(generator, table, conditionSize);
  }

  private KernelShape first() {
    return table.kernels().values().iterator().next();
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
    long widest = design.hiddenSizes().stream().mapToLong(size -> size).max().orElse(1);
    Map<String, Operand<TFloat32>> weights =
        new LinkedHashMap<>(biases.generate(tf, rows, condition));
    table
        .kernels()
        .forEach(
            (name, shape) -> {
              Shapes.requireBelowLimit(
                  "generated kernel '" + name + "'",
                  "the largest layer for all weights of " + shape,
                  rows.shape().get(0),
                  shape.size(),
                  widest);
              Parameter z = own.get(name);
              Operand<TFloat32> inputs =
                  z == null
                      ? rows
                      : tf.reshape(
                          ConditionRows.beside(tf, rows, z.value()),
                          tf.constant(
                              new long[] {-1, (long) conditionSize + design.embeddingSize()}));
              Operand<TFloat32> made =
                  ConditionRows.scaled(
                      tf,
                      network.weights(tf, shape, List.of(inputs)),
                      widened.ratio(shape) / widened.ratio(first()));
              WeightShape weight = Objects.requireNonNull(table.shapes().get(name));
              weights.put(name, ConditionRows.shaped(tf, made, weight, condition));
            });
    return table.inOrder(weights);
  }
}

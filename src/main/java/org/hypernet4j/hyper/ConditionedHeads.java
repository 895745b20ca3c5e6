// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.graph.Initializer;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** {@link HeadKernels} with its parameters. */
final class ConditionedHeads implements Hypernetwork {
  private static final String WHERE = "hypernetwork of heads";

  private final WeightTable table;
  private final int conditionSize;
  private final Map<String, Head> heads = new LinkedHashMap<>();

  private record Head(WeightShape weight, ReluLayers trunk, Parameter h, Parameter b) {}

  ConditionedHeads(ParameterScope scope, HeadKernels design, WeightTable table, int conditionSize) {
    this.table = table;
    this.conditionSize = conditionSize;
    ParameterScope generator = scope.child("generator");
    int last = ReluLayers.outputs(conditionSize, design.hiddenSizes());
    ReluLayers shared =
        design.apart() ? null : new ReluLayers(generator, conditionSize, design.hiddenSizes());
    table
        .shapes()
        .forEach(
            (name, weight) ->
                heads.put(name, head(generator.child(name), design, weight, shared, last)));
  }

  private Head head(
      ParameterScope scope,
      HeadKernels design,
      WeightShape weight,
      @Nullable ReluLayers shared,
      int last) {
    ReluLayers trunk =
        shared == null ? new ReluLayers(scope, conditionSize, design.hiddenSizes()) : shared;
    boolean aroundOne = design.spread() > 0;
    Initializer slope =
        aroundOne
            ? Initializers.normal(0f, (float) (design.spread() * Math.sqrt(2.0 / last)))
            : TargetVariance.lastLayer(design.target().of(weight.fans()), last, 1);
    Initializer constant = aroundOne ? flat(weight) : Initializers.zeros();
    return new Head(
        weight,
        trunk,
        scope.parameter("H", Shape.of(last, weight.size()), slope, Role.GENERATOR),
        scope.parameter("B", Shape.of(weight.size()), constant, Role.GENERATOR));
  }

  /** The network's own initial values, in a row. */
  private static Initializer flat(WeightShape weight) {
    return (tf, shape, seed) ->
        tf.reshape(
            weight.initializer().call(tf, weight.shape(), seed), tf.constant(shape.asArray()));
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
    Map<ReluLayers, Operand<TFloat32>> hidden = new LinkedHashMap<>();
    Map<String, Operand<TFloat32>> weights = new LinkedHashMap<>();
    heads.forEach(
        (name, head) -> {
          Operand<TFloat32> h =
              hidden.computeIfAbsent(head.trunk(), trunk -> trunk.apply(tf, rows));
          Operand<TFloat32> all =
              tf.math.add(tf.linalg.matMul(h, head.h().value()), head.b().value());
          weights.put(name, ConditionRows.shaped(tf, all, head.weight(), condition));
        });
    return weights;
  }
}

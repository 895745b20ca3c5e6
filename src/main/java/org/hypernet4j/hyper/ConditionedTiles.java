// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * {@link EmbeddedKernels} with a condition before each embedding: the generator reads {@code [s_j c
 * ; e_jk]} for basic kernel k of kernel j; s_j is the factor with which e_jk begins. Biases are
 * {@link ConditionalBiases}.
 */
final class ConditionedTiles implements Hypernetwork {
  private static final String WHERE = "hypernetwork of tiled kernels";

  private final EmbeddedKernels design;
  private final WeightTable table;
  private final int conditionSize;
  private final GeneratedKernels kernels;
  private final Map<String, Parameter> embeddings = new LinkedHashMap<>();
  private final ConditionalBiases biases;

  ConditionedTiles(
      ParameterScope scope, EmbeddedKernels design, WeightTable table, int conditionSize) {
    this.design = design;
    this.table = table;
    this.conditionSize = conditionSize;
    ParameterScope generator = scope.child("generator");
    kernels = new GeneratedKernels(design.settings().create(generator));
    table.kernels().forEach(kernels::add);
    int own = own(design, conditionSize);
    if (own == 0 && kernels.embeddings() > 1) {
      throw UserError.in(WHERE)
          .what("all basic kernels would be equal: nothing but the condition tells them apart")
          .expected("an embedding beside the condition for " + kernels.embeddings() + " of them")
          .received("a generator that reads " + conditionSize + " numbers, all of the condition")
          .next("make the generator's embeddingSize larger than the condition")
          .build();
    }
    if (own > 0) {
      table
          .kernels()
          .forEach(
              (name, shape) ->
                  embeddings.put(
                      name,
                      scope
                          .child("embeddings")
                          .child(WeightTable.scope(name))
                          .parameter(
                              "z",
                              Shape.of(kernels.embeddings(name), own),
                              design.embeddings().apply(shape),
                              Role.EMBEDDING)));
    }
    biases = new ConditionalBiases(generator, table, conditionSize);
  }

  /** The numbers of an embedding that are the kernel's own. */
  static int own(EmbeddedKernels design, int conditionSize) {
    int own = design.settings().embeddingSize() - conditionSize;
    if (own < 0) {
      throw UserError.in(WHERE)
          .what("the generator reads fewer numbers than the condition has")
          .expected("an embeddingSize of at least " + conditionSize)
          .received(design.settings().embeddingSize())
          .next("embeddingSize is the length of condition and embedding together")
          .build();
    }
    return own;
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
    if (!table.kernels().isEmpty()) {
      List<Operand<TFloat32>> parts = new ArrayList<>();
      table.kernels().forEach((name, shape) -> parts.add(inputs(tf, name, shape, rows)));
      Operand<TFloat32> z = parts.size() == 1 ? parts.get(0) : tf.concat(parts, tf.constant(1));
      kernels
          .buildPerExample(tf, z)
          .forEach((name, kernel) -> weights.put(name, kernelOf(tf, name, kernel, condition)));
    }
    return table.inOrder(weights);
  }

  private Operand<TFloat32> kernelOf(
      Ops tf, String name, Operand<TFloat32> kernel, Condition condition) {
    return ConditionRows.shaped(
        tf, kernel, Objects.requireNonNull(table.shapes().get(name)), condition);
  }

  /** {@code [rows, p q, N_c + N_z]}. */
  private Operand<TFloat32> inputs(
      Ops tf, String name, KernelShape shape, Operand<TFloat32> conditions) {
    double scale = design.conditionScale(shape);
    Operand<TFloat32> rows = ConditionRows.scaled(tf, conditions, scale * scale);
    Parameter own = embeddings.get(name);
    return own == null
        ? tf.reshape(rows, tf.constant(new long[] {-1, 1, conditionSize}))
        : ConditionRows.beside(tf, rows, own.value());
  }
}

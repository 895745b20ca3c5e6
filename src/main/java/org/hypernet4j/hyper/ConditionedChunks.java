// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.hypernet4j.graph.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** {@link ChunkedKernels} with a condition beside each chunk's embedding. */
final class ConditionedChunks implements Hypernetwork {
  private static final String WHERE = "chunked hypernetwork";

  private final ChunkedKernels design;
  private final WeightTable table;
  private final int conditionSize;
  private final WeightGenerator generator;
  private final Parameter chunks;

  ConditionedChunks(
      ParameterScope scope, ChunkedKernels design, WeightTable table, int conditionSize) {
    this.design = design;
    this.table = table;
    this.conditionSize = conditionSize;
    generator = settings(design, table, conditionSize).create(scope.child("generator"));
    chunks =
        scope
            .child("embeddings")
            .child("chunks")
            .parameter(
                "z",
                Shape.of(count(design, table), design.embeddingSize()),
                Initializers.normal(0f, 1f),
                Role.EMBEDDING);
  }

  static long count(ChunkedKernels design, WeightTable table) {
    return (table.size() + design.chunkSize() - 1) / design.chunkSize();
  }

  static MlpGenerator.Settings settings(
      ChunkedKernels design, WeightTable table, int conditionSize) {
    return new MlpGenerator.Settings(
        KernelShape.dense(1, design.chunkSize()),
        ConditionRows.sizeBeside(WHERE, conditionSize, design.embeddingSize()),
        design.hiddenSizes(),
        design.target().of(first(table)));
  }

  private static KernelShape first(WeightTable table) {
    return table.shapes().values().iterator().next().fans();
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
    long count = chunks.shape().get(0);
    Shapes.requireBelowLimit(
        WHERE, "the weights of all rows", rows.shape().get(0), count, design.chunkSize());
    Operand<TFloat32> z =
        tf.reshape(
            ConditionRows.beside(tf, rows, chunks.value()),
            tf.constant(new long[] {-1, (long) conditionSize + design.embeddingSize()}));
    Operand<TFloat32> all =
        tf.reshape(
            generator.generate(tf, z), tf.constant(new long[] {-1, count * design.chunkSize()}));
    Map<String, Operand<TFloat32>> weights = new LinkedHashMap<>();
    double first = design.target().of(first(table));
    long from = 0;
    for (Map.Entry<String, WeightShape> entry : table.shapes().entrySet()) {
      WeightShape weight = entry.getValue();
      Operand<TFloat32> one = ConditionRows.cut(tf, all, from, weight, condition);
      double ratio = design.target().of(weight.fans()) / first;
      weights.put(entry.getKey(), ConditionRows.scaled(tf, one, ratio));
      from += weight.size();
    }
    return weights;
  }
}

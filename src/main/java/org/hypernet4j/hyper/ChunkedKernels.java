// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * All weights of all kernels laid end to end and cut into equal chunks; one network makes every
 * chunk from an embedding of its own (von Oswald, Henning, Grewe and Sacramento, "Continual
 * learning with hypernetworks", ICLR 2020).
 *
 * <pre>
 * w = [g(c_1), g(c_2), ..., g(c_C)]        g an {@link MlpGenerator}, C = ceil(weights / chunk size)
 * K_j = s_j times the next size(K_j) numbers of w, in the kernel's row-major order
 * </pre>
 *
 * <p>Chunks ignore the boundaries of kernels: any table of shapes can be generated, and the surplus
 * of the last chunk is dropped. {@code s_j} is a constant, the square root of the variance that
 * kernel j requires over that of the first kernel; 1 where all have the same fan.
 *
 * <p>Parameters: those of g in {@code generator}, {@code embeddings/chunks/z [C, N_z]}; {@code C
 * N_z + sum of (n_(l-1) + 1) n_l + (n_L + 1) chunk size} numbers.
 *
 * @param chunkSize weights of a chunk
 * @param embeddingSize N_z
 * @param hiddenSizes n_1 .. n_L, the ReLU layers of g
 * @param target the variance that generated weights begin with
 */
public record ChunkedKernels(
    int chunkSize, int embeddingSize, List<Integer> hiddenSizes, TargetVariance target)
    implements KernelSource, ConditionalSource {
  private static final String CHUNKS = "chunks";

  /** Checks the sizes. */
  public ChunkedKernels {
    hiddenSizes = List.copyOf(hiddenSizes);
    ReluLayers.requirePositive("chunked generator", hiddenSizes);
    if (chunkSize < 1 || embeddingSize < 1) {
      throw UserError.in("chunked generator")
          .what("sizes must be positive")
          .received("chunkSize " + chunkSize + ", embeddingSize " + embeddingSize)
          .build();
    }
  }

  @Override
  public Map<String, Operand<TFloat32>> build(
      ParameterScope scope, Map<String, KernelShape> shapes) {
    KernelTable table = new KernelTable(shapes);
    WeightGenerator generator = design(table).create(scope.child("generator"));
    ParameterScope embeddings = scope.child("embeddings");
    Operand<TFloat32> z =
        embeddings
            .child(CHUNKS)
            .value(
                "z",
                Shape.of(chunks(table), embeddingSize),
                Initializers.normal(0f, 1f),
                Role.EMBEDDING);
    Ops tf = embeddings.tf().withSubScope("generate");
    Operand<TFloat32> all = tf.reshape(generator.generate(tf, z), tf.constant(new int[] {-1}));
    Map<String, Operand<TFloat32>> kernels = new LinkedHashMap<>();
    int first = 0;
    for (Map.Entry<String, KernelShape> entry : shapes.entrySet()) {
      KernelShape shape = entry.getValue();
      int size = Math.toIntExact(shape.size());
      Operand<TFloat32> weights =
          tf.slice(all, tf.constant(new int[] {first}), tf.constant(new int[] {size}));
      double ratio = target.of(shape) / target.of(table.first());
      Operand<TFloat32> scaled =
          ratio == 1 ? weights : tf.math.mul(weights, tf.constant((float) Math.sqrt(ratio)));
      kernels.put(entry.getKey(), tf.reshape(scaled, tf.constant(shape.toShape().asArray())));
      first += size;
    }
    return kernels;
  }

  @Override
  public long parameterCount(Map<String, KernelShape> shapes) {
    KernelTable table = new KernelTable(shapes);
    return chunks(table) * embeddingSize + design(table).parameterCount();
  }

  private long chunks(KernelTable table) {
    return (table.weights() + chunkSize - 1) / chunkSize;
  }

  private MlpGenerator.Settings design(KernelTable table) {
    return new MlpGenerator.Settings(
        KernelShape.dense(1, chunkSize), embeddingSize, hiddenSizes, target.of(table.first()));
  }

  @Override
  public Hypernetwork conditioned(ParameterScope scope, WeightTable weights, int conditionSize) {
    return new ConditionedChunks(scope, this, weights.requireSome(conditionSize), conditionSize);
  }

  @Override
  public long parameterCount(WeightTable weights, int conditionSize) {
    weights.requireSome(conditionSize);
    return ConditionedChunks.count(this, weights) * embeddingSize
        + ConditionedChunks.settings(this, weights, conditionSize).parameterCount();
  }
}

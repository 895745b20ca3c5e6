// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.util.Map;
import java.util.function.Function;
import org.hypernet4j.graph.Initializer;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterScope;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Kernels tiled from basic kernels, each made from an embedding of its own by one generator: {@link
 * GeneratedKernels} with its parameters.
 *
 * <p>With a condition, {@link #conditioned}, the generator reads {@code [c ; e]}: its embedding
 * size is that of the condition and of the kernel's own embedding together.
 *
 * <p>Parameters: those of the generator in {@code generator}, and {@code embeddings/<name>/z [p q,
 * N_z]} for a kernel of p x q basic kernels.
 *
 * @param settings of the generator
 * @param embeddings the initialiser of the embeddings of a kernel of this shape
 * @param target scales a condition as {@link #normal} scales embeddings; null leaves it as it is
 */
public record EmbeddedKernels(
    GeneratorSettings settings,
    Function<KernelShape, Initializer> embeddings,
    @Nullable TargetVariance target)
    implements KernelSource, ConditionalSource {

  /** Kernels with embeddings of any start; a condition is not scaled. */
  public EmbeddedKernels(
      GeneratorSettings settings, Function<KernelShape, Initializer> embeddings) {
    this(settings, embeddings, null);
  }

  /**
   * Kernels whose embeddings start normal, with mean 0 and variance 1 where a kernel has the fans
   * of the basic kernel. Where they differ, z is scaled so that the generated weights still have
   * the variance that their own kernel requires, although all kernels share one generator.
   *
   * @param settings whose kernels begin with the variance {@code target.of(settings.kernel())}
   */
  public static EmbeddedKernels normal(GeneratorSettings settings, TargetVariance target) {
    return new EmbeddedKernels(
        settings, shape -> Initializers.normal(0f, (float) scale(settings, target, shape)), target);
  }

  /** The factor that scales a kernel's embeddings; 1 for the shape of the basic kernel. */
  public static double scale(GeneratorSettings settings, TargetVariance target, KernelShape shape) {
    double ratio = target.of(shape) / target.of(settings.kernel());
    return Math.pow(ratio, 0.5 / settings.degree());
  }

  @Override
  public Map<String, Operand<TFloat32>> build(
      ParameterScope scope, Map<String, KernelShape> table) {
    GeneratedKernels kernels =
        new GeneratedKernels(settings.create(scope.child("generator")))
            .embeddingInitializer(embeddings);
    new KernelTable(table).shapes().forEach(kernels::add);
    return kernels.build(scope.child("embeddings"));
  }

  @Override
  public long parameterCount(Map<String, KernelShape> table) {
    return settings.parameterCount() + tiles(table) * settings.embeddingSize();
  }

  /** The number of basic kernels. */
  private long tiles(Map<String, KernelShape> table) {
    KernelShape basic = settings.kernel();
    long tiles = 0;
    for (KernelShape shape : table.values()) {
      tiles += (long) shape.in() / basic.in() * (shape.out() / basic.out());
    }
    return tiles;
  }

  /** The factor of a condition for kernels of this shape, which is that of an embedding. */
  double conditionScale(KernelShape shape) {
    return target == null ? 1 : scale(settings, target, shape);
  }

  @Override
  public Hypernetwork conditioned(ParameterScope scope, WeightTable weights, int conditionSize) {
    return new ConditionedTiles(scope, this, weights.requireSome(conditionSize), conditionSize);
  }

  @Override
  public long parameterCount(WeightTable weights, int conditionSize) {
    weights.requireSome(conditionSize);
    return settings.parameterCount()
        + tiles(weights.kernels()) * ConditionedTiles.own(this, conditionSize)
        + ConditionalBiases.parameterCount(weights, conditionSize);
  }
}

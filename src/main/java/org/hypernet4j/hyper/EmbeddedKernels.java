// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.util.Map;
import java.util.function.Function;
import org.hypernet4j.graph.Initializer;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterScope;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Kernels tiled from basic kernels, each made from an embedding of its own by one generator: {@link
 * GeneratedKernels} with its parameters.
 *
 * <p>Parameters: those of the generator in {@code generator}, and {@code embeddings/<name>/z [p q,
 * N_z]} for a kernel of p x q basic kernels.
 *
 * @param settings of the generator
 * @param embeddings the initialiser of the embeddings of a kernel of this shape
 */
public record EmbeddedKernels(
    GeneratorSettings settings, Function<KernelShape, Initializer> embeddings)
    implements KernelSource {

  /**
   * Kernels whose embeddings start normal, with mean 0 and variance 1 where a kernel has the fans
   * of the basic kernel. Where they differ, z is scaled so that the generated weights still have
   * the variance that their own kernel requires, although all kernels share one generator.
   *
   * @param settings whose kernels begin with the variance {@code target.of(settings.kernel())}
   */
  public static EmbeddedKernels normal(GeneratorSettings settings, TargetVariance target) {
    return new EmbeddedKernels(
        settings, shape -> Initializers.normal(0f, (float) scale(settings, target, shape)));
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
    KernelShape basic = settings.kernel();
    long numbers = settings.parameterCount();
    for (KernelShape shape : table.values()) {
      numbers +=
          (long) shape.in() / basic.in() * (shape.out() / basic.out()) * settings.embeddingSize();
    }
    return numbers;
  }
}

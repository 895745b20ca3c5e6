// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterScope;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Kernels mixed from a bank of templates that layers of one shape share (Savarese and Maire,
 * "Learning implicitly recurrent CNNs through parameter sharing", ICLR 2019).
 *
 * <pre>
 * K_j = sum over t of alpha_jt T_t          t = 1 .. n templates, alpha_j of kernel j
 * </pre>
 *
 * <p>It is the linear generator {@link OneLayerLinearGenerator} without b: templates are the rows
 * of its W and alpha is z. A bank serves all kernels of one shape, so nothing is tiled. Layers with
 * equal alphas are the same layer applied again.
 *
 * <p>Parameters: {@code generator/<shape>/W [n, height width in out]} for each distinct shape and
 * {@code embeddings/<name>/z [1, n]} for each kernel; {@code n (sum of distinct kernel sizes +
 * number of kernels)} numbers. Coefficients begin normal with variance 1 / n, templates with the
 * variance that the kernels require.
 *
 * @param templates n
 * @param target the variance that generated weights begin with
 */
public record TemplatedKernels(int templates, TargetVariance target)
    implements KernelSource, ConditionalSource {
  /** Checks the size of a bank. */
  public TemplatedKernels {
    if (templates < 1) {
      throw UserError.in("templated kernels")
          .what("there must be a template")
          .received(templates)
          .build();
    }
  }

  @Override
  public Map<String, Operand<TFloat32>> build(
      ParameterScope scope, Map<String, KernelShape> shapes) {
    KernelTable table = new KernelTable(shapes);
    Map<String, Operand<TFloat32>> kernels = new LinkedHashMap<>();
    for (Map.Entry<KernelShape, List<String>> group : table.byShape().entrySet()) {
      KernelShape shape = group.getKey();
      GeneratedKernels bank =
          new GeneratedKernels(bank(shape).create(scope.child("generator").child(shape.toString())))
              .embeddingInitializer(Initializers.normal(0f, (float) Math.sqrt(1.0 / templates)));
      group.getValue().forEach(name -> bank.add(name, shape));
      kernels.putAll(bank.build(scope.child("embeddings")));
    }
    return table.inOrder(kernels);
  }

  @Override
  public long parameterCount(Map<String, KernelShape> table) {
    long banks =
        table.values().stream().distinct().mapToLong(shape -> bank(shape).parameterCount()).sum();
    return banks + (long) templates * table.size();
  }

  // n coefficients of variance 1 / n replace the generator's n numbers of variance 1
  OneLayerLinearGenerator.Settings bank(KernelShape shape) {
    return new OneLayerLinearGenerator.Settings(
        shape, templates, false, templates * target.of(shape));
  }

  @Override
  public Hypernetwork conditioned(ParameterScope scope, WeightTable weights, int conditionSize) {
    return new ConditionedTemplates(scope, this, weights.requireSome(conditionSize), conditionSize);
  }

  @Override
  public long parameterCount(WeightTable weights, int conditionSize) {
    weights.requireSome(conditionSize);
    return parameterCount(weights.kernels())
        + (long) conditionSize * templates * weights.kernels().size()
        + ConditionalBiases.parameterCount(weights, conditionSize);
  }
}

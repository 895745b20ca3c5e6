// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.build;

import java.util.Map;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.hyper.KernelShape;
import org.hypernet4j.hyper.KernelSource;
import org.hypernet4j.spec.GeneratorSpec;
import org.hypernet4j.zoo.PlainKernels;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Kernels of a model from the source that its specification selects. */
final class SpecKernels {
  private SpecKernels() {}

  /**
   * The source of a specification: parameters {@code <name>/kernel} of their own, or a generator,
   * whose sizes may depend on the shapes of all kernels.
   */
  static KernelSource of(GeneratorSpec spec) {
    return spec instanceof GeneratorSpec.Plain plain
        ? new PlainKernels(SpecInitializers.of(plain.initializer()))
        : new Generated(spec);
  }

  private record Generated(GeneratorSpec spec) implements KernelSource {
    @Override
    public Map<String, Operand<TFloat32>> build(
        ParameterScope scope, Map<String, KernelShape> table) {
      return SpecGenerators.of(spec, table).build(scope, table);
    }

    @Override
    public long parameterCount(Map<String, KernelShape> table) {
      return SpecGenerators.of(spec, table).parameterCount(table);
    }
  }
}

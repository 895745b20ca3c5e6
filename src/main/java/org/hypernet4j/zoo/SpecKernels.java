package org.hypernet4j.zoo;

import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.hyper.KernelShape;
import org.hypernet4j.hyper.KernelSource;
import org.hypernet4j.spec.GeneratorSpec;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Kernels of a model where its specification leaves open what they come from. */
final class SpecKernels {
  private SpecKernels() {}

  /**
   * Where the kernels come from: parameters {@code <name>/kernel} of their own, or {@code
   * generator/...} and {@code embeddings/<name>/...}, from which all of them are generated at once.
   *
   * @param table the shapes by name, in network order
   */
  static KernelSource source(GeneratorSpec spec, Map<String, KernelShape> table) {
    return spec instanceof GeneratorSpec.Plain plain
        ? new PlainKernels(SpecInitializers.of(plain.initializer()))
        : SpecGenerators.of(spec, table);
  }

  /**
   * Makes the kernels of a specification.
   *
   * @return {@code [height, width, in, out]} by name, in the order of the table
   * @throws org.hypernet4j.error.UserError if the generator cannot make one of the shapes
   */
  static Map<String, Operand<TFloat32>> build(
      ParameterScope scope, GeneratorSpec spec, Map<String, KernelShape> table) {
    return source(spec, table).build(scope, table);
  }

  /**
   * Those of the kernels that are no parameters, by the names that they have as parameters of the
   * baked model.
   *
   * @param kernels what the source made
   */
  static Map<String, Operand<TFloat32>> generated(
      KernelSource source, Map<String, Operand<TFloat32>> kernels) {
    Map<String, Operand<TFloat32>> generated = new LinkedHashMap<>();
    if (!(source instanceof PlainKernels)) {
      kernels.forEach((name, kernel) -> generated.put(name + "/kernel", kernel));
    }
    return generated;
  }
}

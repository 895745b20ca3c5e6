package org.hypernet4j.zoo;

import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.graph.Initializer;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.hypernet4j.hyper.KernelShape;
import org.hypernet4j.spec.GeneratorSpec;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Kernels of a model where its specification leaves open what they come from. */
final class SpecKernels {
  private SpecKernels() {}

  /**
   * Makes the kernels: parameters {@code <name>/kernel} of their own, or {@code generator/...} and
   * {@code embeddings/<name>/...}, from which all of them are generated at once.
   *
   * @param table the shapes by name, in network order
   * @return {@code [height, width, in, out]} by name, in the same order
   * @throws org.hypernet4j.error.UserError if the generator cannot make one of the shapes
   */
  static Map<String, Operand<TFloat32>> build(
      ParameterScope scope, GeneratorSpec spec, Map<String, KernelShape> table) {
    if (spec instanceof GeneratorSpec.Plain plain) {
      return plain(scope, plain, table);
    }
    return SpecGenerators.of(spec, table).build(scope, table);
  }

  /**
   * Those of the kernels that are generated, by the names that they have as parameters of the baked
   * model.
   *
   * @param kernels what {@link #build} gave
   */
  static Map<String, Operand<TFloat32>> generated(
      GeneratorSpec spec, Map<String, Operand<TFloat32>> kernels) {
    Map<String, Operand<TFloat32>> generated = new LinkedHashMap<>();
    if (!(spec instanceof GeneratorSpec.Plain)) {
      kernels.forEach((name, kernel) -> generated.put(name + "/kernel", kernel));
    }
    return generated;
  }

  private static Map<String, Operand<TFloat32>> plain(
      ParameterScope scope, GeneratorSpec.Plain spec, Map<String, KernelShape> table) {
    Initializer initializer = SpecInitializers.of(spec.initializer());
    Map<String, Operand<TFloat32>> kernels = new LinkedHashMap<>();
    table.forEach(
        (name, shape) ->
            kernels.put(
                name,
                scope
                    .child(name)
                    .regularisedParameter("kernel", shape.toShape(), initializer, Role.KERNEL)
                    .value()));
    return kernels;
  }
}

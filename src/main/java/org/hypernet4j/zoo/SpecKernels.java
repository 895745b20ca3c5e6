package org.hypernet4j.zoo;

import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializer;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.hypernet4j.hyper.GeneratedKernels;
import org.hypernet4j.hyper.KernelShape;
import org.hypernet4j.hyper.TwoLayerLinearGenerator;
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
   * @throws UserError if the generator cannot make one of the shapes
   */
  static Map<String, Operand<TFloat32>> build(
      ParameterScope scope, GeneratorSpec spec, Map<String, KernelShape> table) {
    if (spec instanceof GeneratorSpec.Plain plain) {
      return plain(scope, plain, table);
    } else if (spec instanceof GeneratorSpec.TwoLayerLinear linear) {
      return twoLayerLinear(scope, linear, table);
    }
    throw new IllegalArgumentException("Unknown generator " + spec);
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

  private static Map<String, Operand<TFloat32>> twoLayerLinear(
      ParameterScope scope, GeneratorSpec.TwoLayerLinear spec, Map<String, KernelShape> table) {
    KernelShape first = table.values().iterator().next();
    KernelShape basic =
        new KernelShape(
            first.height(),
            first.width(),
            spec.basicIn() == null ? first.in() : spec.basicIn(),
            spec.basicOut() == null ? first.out() : spec.basicOut());
    GeneratedKernels kernels =
        new GeneratedKernels(
                new TwoLayerLinearGenerator(
                    scope.child("generator"),
                    new TwoLayerLinearGenerator.Settings(
                        basic,
                        spec.embeddingSize(),
                        spec.hiddenSize(),
                        Initializers.truncatedNormal(0f, (float) spec.weightStddev()))))
            .embeddingInitializer(
                Initializers.truncatedNormal(
                    (float) spec.embeddingMean(), (float) spec.embeddingStddev()));
    table.forEach(kernels::add);
    return kernels.build(scope.child("embeddings"));
  }
}

package org.hypernet4j.zoo;

import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.graph.Initializer;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.hypernet4j.hyper.KernelShape;
import org.hypernet4j.hyper.KernelSource;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Kernels that are not generated: each is a parameter of its own, {@code <name>/kernel}.
 *
 * @param initializer of all kernels
 */
record PlainKernels(Initializer initializer) implements KernelSource {
  @Override
  public Map<String, Operand<TFloat32>> build(
      ParameterScope scope, Map<String, KernelShape> table) {
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

  @Override
  public long parameterCount(Map<String, KernelShape> table) {
    return table.values().stream().mapToLong(KernelShape::size).sum();
  }
}

// SPDX-License-Identifier: Apache-2.0
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

/** Kernels without a generator: each is a parameter {@code <name>/kernel}, trained directly. */
public final class PlainKernels implements KernelSource {
  private final Initializer initializer;

  /** Takes the initialiser of all kernels. */
  public PlainKernels(Initializer initializer) {
    this.initializer = initializer;
  }

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
  public boolean generates() {
    return false;
  }

  @Override
  public long parameterCount(Map<String, KernelShape> table) {
    return table.values().stream().mapToLong(shape -> shape.toShape().size()).sum();
  }

  /**
   * The generated kernels of a model, by the names that they have as parameters of the model with
   * plain kernels.
   *
   * @param kernels what the source built
   */
  static Map<String, Operand<TFloat32>> generated(
      KernelSource source, Map<String, Operand<TFloat32>> kernels) {
    Map<String, Operand<TFloat32>> generated = new LinkedHashMap<>();
    if (source.generates()) {
      kernels.forEach((name, kernel) -> generated.put(name + "/kernel", kernel));
    }
    return generated;
  }
}

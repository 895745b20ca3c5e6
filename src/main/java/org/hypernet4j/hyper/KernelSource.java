// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.util.Map;
import org.hypernet4j.graph.ParameterScope;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The source of a network's kernels: shapes in, named tensors out. Every generator of this package
 * is available in this form, whether it makes basic kernels from embeddings ({@link
 * EmbeddedKernels}), equal pieces of all weights ({@link ChunkedKernels}), or each weight from its
 * position ({@link CoordinateKernels}).
 *
 * <pre>{@code
 * KernelSource source = new ChunkedKernels(256, 8, List.of(16), TargetVariance.KAIMING_IN);
 * Map<String, Operand<TFloat32>> kernels =
 *     source.build(store.root(), Map.of("conv2", KernelShape.square(7, 16, 16)));
 * }</pre>
 */
public interface KernelSource {
  /**
   * Creates the parameters, {@code generator/...} with the role GENERATOR and {@code
   * embeddings/<name>/...} with the role EMBEDDING, and builds the kernels.
   *
   * @param scope of the network; one source per scope
   * @param table shapes by name, in network order
   * @return kernels {@code [height, width, in, out]} by name, in the order of the table
   * @throws org.hypernet4j.error.UserError if the generator cannot make one of the shapes
   */
  Map<String, Operand<TFloat32>> build(ParameterScope scope, Map<String, KernelShape> table);

  /**
   * Whether the kernels are generated. False where they are parameters of their own, {@code
   * <name>/kernel}.
   */
  default boolean generates() {
    return true;
  }

  /** The number of learned parameters for such a table, embeddings included. */
  long parameterCount(Map<String, KernelShape> table);
}

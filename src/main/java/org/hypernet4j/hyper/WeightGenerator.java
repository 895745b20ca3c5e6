// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A network g that makes kernels: {@code K = g(z)}.
 *
 * <p>One generator serves any number of layers; the embedding z distinguishes them. A generator
 * makes basic kernels of one shape; {@link GeneratedKernels} tiles them to larger ones. The
 * embeddings may be learned parameters, rows of a table, or tensors computed from an example.
 */
public interface WeightGenerator {
  /** N_z, the length of one embedding. */
  int embeddingSize();

  /** The shape of one basic kernel. */
  KernelShape kernelShape();

  /**
   * Whether the embeddings of a tiled kernel are numbered by blocks of output channels first, as in
   * public implementations; otherwise by blocks of input channels first, as in the paper (equation
   * 3).
   */
  default boolean outputBlocksFirst() {
    return false;
  }

  /**
   * Makes kernels, all of them in one batched computation.
   *
   * @param tf where the ops are built
   * @param z embeddings, {@code [count, N_z]}
   * @return kernels, {@code [count, height, width, in, out]}
   */
  Operand<TFloat32> generate(Ops tf, Operand<TFloat32> z);
}

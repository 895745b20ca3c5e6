// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import org.hypernet4j.graph.ParameterScope;

/**
 * A design of hypernetworks: how all weights of a network are made from a condition. Every
 * generator of this package is one; those that make kernels from embeddings read the condition
 * beside each embedding.
 *
 * <pre>{@code
 * ConditionalSource design = new ChunkedKernels(4096, 8, List.of(32), TargetVariance.KAIMING_IN);
 * Hypernetwork hypernetwork = design.conditioned(store.root(), net.weights(), 96);
 * Map<String, Operand<TFloat32>> one = hypernetwork.generate(tf, Condition.of(e)); // e [96]
 * Map<String, Operand<TFloat32>> own = hypernetwork.generate(tf, Condition.of(c)); // c [rows, 96]
 * }</pre>
 */
public interface ConditionalSource {
  /**
   * Creates the parameters: {@code generator/...} with the role GENERATOR and {@code
   * embeddings/<layer>/...} with the role EMBEDDING.
   *
   * @param scope of the hypernetwork; one a scope
   * @param table the weights to make
   * @param conditionSize N_c, the length of a condition; the initial scale is right for conditions
   *     whose entries have the second moment 1
   * @throws org.hypernet4j.error.UserError if this design cannot make one of the weights
   */
  Hypernetwork conditioned(ParameterScope scope, WeightTable table, int conditionSize);

  /** The number of parameters that {@link #conditioned} creates. */
  long parameterCount(WeightTable table, int conditionSize);
}

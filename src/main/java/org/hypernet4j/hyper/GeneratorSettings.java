// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import org.hypernet4j.graph.ParameterScope;

/** Settings of a {@link WeightGenerator}: its sizes are known before its parameters exist. */
public interface GeneratorSettings {
  /** The shape of one basic kernel. */
  KernelShape kernel();

  /** N_z, the length of one embedding. */
  int embeddingSize();

  /** The number of the generator's parameters, embeddings not counted. */
  long parameterCount();

  /**
   * The power of c by which a new generator's kernel grows if z grows by c (biases start at zero):
   * 1 for a linear one and for a network of ReLUs, 2 where two factors are made from z.
   */
  default int degree() {
    return 1;
  }

  /** Creates the parameters in the given scope. */
  WeightGenerator create(ParameterScope scope);
}

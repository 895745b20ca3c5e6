// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import org.hypernet4j.graph.ParameterScope;

/** Settings of a {@link WeightGenerator}: its sizes are known before its parameters exist. */
public interface GeneratorSettings {
  /** The shape of one basic kernel. */
  KernelShape kernel();

  /** N_z, the length of one embedding. */
  int embeddingSize();

  /** How many numbers the generator holds, embeddings not counted. */
  long parameterCount();

  /**
   * By which power of c a fresh generator's kernel grows where z grows by c (biases begin at zero):
   * 1 for a linear one and for a network of ReLUs, 2 where two factors are made from z.
   */
  default int degree() {
    return 1;
  }

  /** Makes the parameters in the given scope. */
  WeightGenerator create(ParameterScope scope);
}

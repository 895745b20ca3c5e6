// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph;

/** Purpose of a parameter. Parameter tables group by it, and checkpoints store it. */
public enum Role {
  /** Weights of a convolution, a dense layer or a recurrent matrix, trained directly. */
  KERNEL,
  /** An offset added after a product. */
  BIAS,
  /** An input of a weight generator: the z of the paper, section 3.1. */
  EMBEDDING,
  /** Weights of a network that generates other weights. */
  GENERATOR,
  /** Gains, shifts and moving statistics of batch and layer normalisation. */
  NORMALISATION,
  /**
   * State of the training: an optimizer's, or carried from step to step. Not part of the model;
   * saved in checkpoints only.
   */
  SLOT
}

package org.hypernet4j.graph;

/** What a parameter is for. Parameter tables and weight decay are grouped by it. */
public enum Role {
  /** Weights of a convolution, a dense layer or a recurrent matrix, trained directly. */
  KERNEL,
  /** An offset that is added after a product. */
  BIAS,
  /** An input of a weight generator: the z of the paper, section 3.1. */
  EMBEDDING,
  /** Weights of a network that makes other weights. */
  GENERATOR,
  /** Gains, shifts and moving statistics of batch and layer normalisation. */
  NORMALISATION,
  /**
   * State of a training, of its optimizer or carried from step to step: not part of the model,
   * saved with checkpoints only.
   */
  SLOT
}

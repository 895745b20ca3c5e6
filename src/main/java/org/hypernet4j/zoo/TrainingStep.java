// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import org.tensorflow.Operand;
import org.tensorflow.types.TInt64;

/**
 * What a model must know of the training step that it is built for: its random draws, and its
 * compilation.
 *
 * @param seed the run's seed
 * @param step the training step, a scalar
 * @param xla whether XLA compiles the cell's step
 */
public record TrainingStep(long seed, Operand<TInt64> step, boolean xla) {
  /** Without XLA. */
  public TrainingStep(long seed, Operand<TInt64> step) {
    this(seed, step, false);
  }
}

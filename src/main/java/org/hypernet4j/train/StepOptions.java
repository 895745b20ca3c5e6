// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import org.hypernet4j.device.internal.Xla;

/**
 * Options for running training steps; they change the results by rounding only.
 *
 * @param perCall largest number of steps in one call of TensorFlow
 * @param compiled whether XLA compiles the steps when they first run: loss, gradients and update
 *     or, with several replicas, each replica's loss and gradients. If XLA is not available they
 *     run op by op, after one warning
 */
public record StepOptions(int perCall, boolean compiled) {
  /** Checks the number of steps. */
  public StepOptions {
    if (perCall < 1) {
      throw new IllegalArgumentException("perCall must be positive, is " + perCall);
    }
    compiled = compiled && Xla.isAvailable();
  }

  /** One step per call, op by op. */
  public static StepOptions single() {
    return new StepOptions(1, false);
  }
}

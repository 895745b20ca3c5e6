// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import org.hypernet4j.device.internal.Xla;

/**
 * How training steps are run; changes nothing of what they compute but rounding.
 *
 * @param perCall the most steps in one call of TensorFlow
 * @param compiled whether XLA compiles them, when they first run: loss, gradients and update, or,
 *     where several replicas compute, each replica's loss and gradients. Where XLA is not available
 *     they run op by op, and one warning says so
 */
public record StepOptions(int perCall, boolean compiled) {
  /** Checks the number. */
  public StepOptions {
    if (perCall < 1) {
      throw new IllegalArgumentException("perCall must be positive, is " + perCall);
    }
    compiled = compiled && Xla.isAvailable();
  }

  /** One at a time, op by op. */
  public static StepOptions single() {
    return new StepOptions(1, false);
  }
}

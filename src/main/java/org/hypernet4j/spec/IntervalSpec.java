// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.error.UserError;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.ExactlyOne;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.Shorthand;
import org.jspecify.annotations.Nullable;

/**
 * A distance in training, in passes over the data or in optimizer steps; one of the two is null.
 */
@Doc("A distance in training: {\"epochs\": n}, {\"steps\": n}, or a bare number of epochs")
@Shorthand("epochs")
@ExactlyOne({"epochs", "steps"})
public record IntervalSpec(
    @Doc("Passes over the training data") @Default(Default.NONE) @Range(min = 1, max = 1_000_000)
        @Nullable Integer epochs,
    @Doc("Optimizer steps") @Default(Default.NONE) @Range(min = 1, max = 1_000_000_000)
        @Nullable Integer steps) {

  public IntervalSpec {
    requireOne(epochs, steps);
  }

  /**
   * The distance in optimizer steps.
   *
   * @param stepsPerEpoch optimizer steps in one pass over the data
   */
  public long inSteps(long stepsPerEpoch) {
    return inSteps(epochs, steps, stepsPerEpoch);
  }

  static long inSteps(@Nullable Integer epochs, @Nullable Integer steps, long stepsPerEpoch) {
    if (steps != null) {
      return steps;
    }
    return epochs == null ? 0 : Math.multiplyExact(epochs.longValue(), stepsPerEpoch);
  }

  static void requireOne(@Nullable Integer epochs, @Nullable Integer steps) {
    if ((epochs == null) == (steps == null)) {
      throw UserError.in("epochs")
          .what((epochs == null ? "neither" : "both") + " of 'epochs' and 'steps' given")
          .expected("exactly one")
          .build();
    }
  }
}

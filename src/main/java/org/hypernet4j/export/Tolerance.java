// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export;

import org.hypernet4j.error.UserError;

/**
 * Permitted difference of a recomputed number from the recorded one: {@code |actual - expected| <=
 * absolute + relative |expected|}. NaN and infinities are never accepted, not even where both sides
 * have them.
 *
 * @param absolute in the unit of the output
 * @param relative as a fraction of the expected number
 */
public record Tolerance(double absolute, double relative) {
  /** The default, for float32 arithmetic on another machine: 1e-5 absolute, 1e-4 relative. */
  public static final Tolerance DEFAULT = new Tolerance(1e-5, 1e-4);

  /**
   * The largest tolerance of a model, sufficient for arithmetic with the 8 bits of bfloat16. More
   * proves nothing.
   */
  public static final Tolerance MOST = new Tolerance(1e-3, 1e-2);

  /** Checks that both are finite and not negative. */
  public Tolerance {
    if (!(absolute >= 0) || !(relative >= 0) || absolute + relative > Double.MAX_VALUE) {
      throw UserError.in("tolerance")
          .what("must be finite and not negative")
          .received("absolute " + absolute + ", relative " + relative)
          .build();
    }
  }

  /** Whether this is at most {@link #MOST}, as that of an exported model must be. */
  public boolean provesSomething() {
    return absolute <= MOST.absolute && relative <= MOST.relative;
  }

  /** Whether {@code actual} is close enough to {@code expected}. */
  public boolean accepts(double actual, double expected) {
    return Double.isFinite(actual)
        && Double.isFinite(expected)
        && Math.abs(actual - expected) <= absolute + relative * Math.abs(expected);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.measure;

import org.hypernet4j.error.UserError;

/** How near an image is to another. */
public final class Psnr {
  private Psnr() {}

  /**
   * The mean of the squared differences.
   *
   * @param expected the pixels of an image, or of many
   * @param received as many
   * @throws UserError if there are none, the lengths differ, or a value is not finite
   */
  public static double meanSquaredError(float[] expected, float[] received) {
    Checks.notEmpty("pixels", expected.length);
    Checks.sameLength("pixels", expected.length, "pixels", received.length);
    double sum = 0;
    for (int i = 0; i < expected.length; i++) {
      Checks.finite("pixels expected", expected[i], i);
      Checks.finite("pixels received", received[i], i);
      double difference = (double) expected[i] - received[i];
      sum += difference * difference;
    }
    return sum / expected.length;
  }

  /**
   * The peak signal-to-noise ratio in decibels.
   *
   * @param meanSquaredError of the pixels
   * @param range from the smallest to the largest value that a pixel may have, 1 or 255
   * @return infinite if there is no error
   * @throws UserError if the error is NaN or negative
   */
  public static double of(double meanSquaredError, double range) {
    if (!(meanSquaredError >= 0)) {
      throw UserError.in("mean squared error")
          .what("a value that cannot be measured")
          .expected("0 or more")
          .received(meanSquaredError)
          .next("look for the step at which training diverged")
          .build();
    }
    if (!(range > 0)) {
      throw new IllegalArgumentException("a range of " + range);
    }
    return 10 * Math.log10(range * range / meanSquaredError);
  }
}

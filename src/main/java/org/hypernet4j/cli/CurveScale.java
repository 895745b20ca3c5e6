// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.util.Arrays;
import java.util.Locale;
import org.hypernet4j.error.UserError;
import org.hypernet4j.train.MetricCurve;

/** The scale of the values of curves. */
enum CurveScale {
  AUTO,
  LINEAR,
  LOG;

  /** The range, as a factor, from which on small values can no longer be seen on a linear axis. */
  private static final double WIDE = 20;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The words for the scales. */
  static final class Words extends WordConverter<CurveScale> {
    Words() {
      super(CurveScale.class, CurveScale::toString);
    }
  }

  /**
   * Whether the axis of curves is logarithmic.
   *
   * @param metric for the error
   * @throws UserError if it is to be, and a value is not above 0
   */
  boolean isLogarithmic(String metric, Iterable<MetricCurve> curves) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (MetricCurve curve : curves) {
      double[] finite = Arrays.stream(curve.values()).filter(Double::isFinite).toArray();
      least = Math.min(least, Arrays.stream(finite).min().orElse(least));
      most = Math.max(most, Arrays.stream(finite).max().orElse(most));
    }
    if (this == LOG && least <= 0) {
      throw UserError.in("--scale")
          .what("a logarithmic axis cannot show every value of " + metric)
          .expected("values above 0")
          .received(least)
          .next("leave --scale out")
          .build();
    }
    return this == LOG || (this == AUTO && least > 0 && most / least >= WIDE);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.hypernet4j.error.UserError;
import org.hypernet4j.train.MetricCurve;

/** The scale of the values of curves. */
enum CurveScale {
  AUTO,
  LINEAR,
  LOG;

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
  boolean isLogarithmic(String metric, List<MetricCurve> curves) {
    double least =
        curves.stream()
            .flatMapToDouble(curve -> Arrays.stream(curve.values()))
            .filter(Double::isFinite)
            .min()
            .orElse(1);
    if (this == LOG && least <= 0) {
      throw UserError.in("--scale")
          .what("a logarithmic axis cannot show every value of " + metric)
          .expected("values above 0")
          .received(least)
          .next("leave --scale out")
          .build();
    }
    return this == LOG || (this == AUTO && MetricCurve.areWide(curves));
  }
}

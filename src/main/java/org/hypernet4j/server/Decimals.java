// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Numbers as TensorFlow Serving writes them: six significant digits if these are the number again,
 * else as many as always are (9 for float32, 17 for float64); with a point or an exponent, so that
 * a reader sees that it is no integer.
 */
final class Decimals {
  private static final int SHORT = 6;
  private static final double[] POWERS = new double[23];

  /** What of a double is lost in a float, and its value halfway between two floats. */
  private static final long LOST = 0x1FFFFFFFL;

  private static final long HALFWAY = 0x10000000L;

  static {
    double power = 1;
    for (int i = 0; i < POWERS.length; i++) {
      POWERS[i] = power;
      power *= 10; // exact up to 10^22
    }
  }

  private Decimals() {}

  /** A float32. */
  static String of(float value) {
    if (!Float.isFinite(value) || value == 0) {
      return special(value);
    }
    String brief = layout(value, SHORT);
    return equal(brief, value) ? brief : layout(value, 9);
  }

  /** A float64. */
  static String of(double value) {
    if (!Double.isFinite(value) || value == 0) {
      return special(value);
    }
    String brief = layout(value, SHORT);
    return Double.parseDouble(brief) == value ? brief : layout(value, 17);
  }

  private static String special(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    } else if (value == 0) {
      return 1 / value < 0 ? "-0.0" : "0.0";
    }
    return value < 0 ? "-Infinity" : "Infinity";
  }

  private static boolean equal(String decimal, float value) {
    double nearest = Double.parseDouble(decimal);
    boolean halfway = (Double.doubleToRawLongBits(nearest) & LOST) == HALFWAY;
    return (halfway ? Float.parseFloat(decimal) : (float) nearest) == value;
  }

  /** As {@code %.*g} of C, with the point that C leaves away. */
  private static String layout(double value, int precision) {
    double magnitude = Math.abs(value);
    int exponent = (int) Math.floor(Math.log10(magnitude));
    long digits = digits(magnitude, exponent, precision);
    if (digits < 0) {
      BigDecimal rounded =
          new BigDecimal(magnitude).round(new MathContext(precision, RoundingMode.HALF_EVEN));
      exponent = rounded.precision() - rounded.scale() - 1;
      digits = rounded.movePointRight(precision - 1 - exponent).longValueExact();
    }
    int kept = precision;
    while (kept > 1 && digits % 10 == 0) {
      digits /= 10;
      kept--;
    }
    String text = Long.toString(digits);
    StringBuilder out = new StringBuilder(precision + 8);
    if (value < 0) {
      out.append('-');
    }
    if (exponent < -4 || exponent >= precision) {
      out.append(text.charAt(0));
      if (kept > 1) {
        out.append('.').append(text, 1, kept);
      }
      out.append('e').append(exponent < 0 ? '-' : '+');
      int size = Math.abs(exponent);
      return out.append(size < 10 ? "0" : "").append(size).toString();
    }
    if (exponent < 0) {
      return out.append("0.").append("0".repeat(-exponent - 1)).append(text).toString();
    }
    if (kept <= exponent + 1) {
      return out.append(text).append("0".repeat(exponent + 1 - kept)).append(".0").toString();
    }
    return out.append(text, 0, exponent + 1)
        .append('.')
        .append(text, exponent + 1, kept)
        .toString();
  }

  /**
   * The leading digits by one exact power of ten and one rounding, or -1 where that does not decide
   * them: the power is not exact, the exponent was guessed wrong, or half a unit is too near.
   */
  private static long digits(double magnitude, int exponent, int precision) {
    int shift = precision - 1 - exponent;
    if (precision > 9 || Math.abs(shift) >= POWERS.length) {
      return -1;
    }
    double scaled = shift >= 0 ? magnitude * POWERS[shift] : magnitude / POWERS[-shift];
    double floor = Math.floor(scaled);
    double rest = scaled - floor;
    if (Math.abs(rest - 0.5) < 1e-6) {
      return -1;
    }
    long digits = (long) floor + (rest > 0.5 ? 1 : 0);
    boolean fits = digits >= (long) POWERS[precision - 1] && digits < (long) POWERS[precision];
    return fits ? digits : -1;
  }
}

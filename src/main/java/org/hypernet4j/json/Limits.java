// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.json;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * The numbers that a key may hold; {@code null} stands for no limit.
 *
 * @param min smallest allowed
 * @param max largest allowed
 * @param above exclusive lower limit
 * @param below exclusive upper limit
 */
record Limits(
    @Nullable BigDecimal min,
    @Nullable BigDecimal max,
    @Nullable BigDecimal above,
    @Nullable BigDecimal below) {

  static Limits of(@Nullable Range range, SpecType type) {
    BigDecimal min = range == null ? null : finite(range.min());
    BigDecimal max = range == null ? null : finite(range.max());
    BigDecimal above = range == null ? null : finite(range.above());
    BigDecimal below = range == null ? null : finite(range.below());
    if (type instanceof SpecType.Scalar scalar && scalar.isNumber()) {
      if (min == null && above == null) {
        min = lowest(scalar);
      }
      if (max == null && below == null) {
        max =
            lowest(scalar).negate().subtract(scalar.isInteger() ? BigDecimal.ONE : BigDecimal.ZERO);
      }
    }
    return new Limits(min, max, above, below);
  }

  private static BigDecimal lowest(SpecType.Scalar scalar) {
    return switch (scalar) {
      case INT -> BigDecimal.valueOf(Integer.MIN_VALUE);
      case LONG -> BigDecimal.valueOf(Long.MIN_VALUE);
      default -> BigDecimal.valueOf(-Double.MAX_VALUE);
    };
  }

  private static @Nullable BigDecimal finite(double limit) {
    if (!Double.isFinite(limit)) {
      return null;
    }
    BigDecimal exact = BigDecimal.valueOf(limit);
    // 4096.0 is 4096 in a message and in the schema
    return exact.stripTrailingZeros().scale() <= 0 ? exact.setScale(0) : exact.stripTrailingZeros();
  }

  boolean allow(BigDecimal number) {
    return (min == null || number.compareTo(min) >= 0)
        && (max == null || number.compareTo(max) <= 0)
        && (above == null || number.compareTo(above) > 0)
        && (below == null || number.compareTo(below) < 0);
  }

  /** The limits in words, to follow a noun, for example {@code " from 1 to 4096"}. */
  String words() {
    if (min != null && max != null) {
      if (max.compareTo(BigDecimal.valueOf(Double.MAX_VALUE)) < 0) {
        return " from " + min + " to " + max;
      }
      return min.signum() < 0 ? "" : " of at least " + min;
    }
    StringBuilder words = new StringBuilder();
    if (min != null) {
      words.append(" of at least ").append(min);
    }
    if (above != null) {
      words.append(" above ").append(above);
    }
    if (max != null && max.compareTo(BigDecimal.valueOf(Double.MAX_VALUE)) < 0) {
      words.append(words.isEmpty() ? " up to " : " and up to ").append(max);
    }
    if (below != null) {
      words.append(words.isEmpty() ? " below " : " and below ").append(below);
    }
    return words.toString();
  }
}

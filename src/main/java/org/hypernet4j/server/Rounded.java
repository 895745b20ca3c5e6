// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import java.math.BigDecimal;
import java.math.MathContext;

/** Numbers that are to be looked at: a stream of them is several times as short. */
final class Rounded {
  private static final MathContext DIGITS = new MathContext(5);

  private Rounded() {}

  /** A finite number to five digits. */
  static double of(double value) {
    return new BigDecimal(value).round(DIGITS).doubleValue();
  }
}

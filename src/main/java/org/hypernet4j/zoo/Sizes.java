// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import org.hypernet4j.error.UserError;

/** Checks the sizes of a model's settings. */
final class Sizes {
  private Sizes() {}

  /** Checks that a size is at least {@code least}. */
  static void require(String model, String setting, int value, int least) {
    if (value < least) {
      throw UserError.in(model + ", " + setting)
          .what("too small")
          .expected(least + " or more")
          .received(value)
          .build();
    }
  }

  /**
   * Checks that a size that follows from a setting fits into an int.
   *
   * @param what the size, for example {@code pixels}
   */
  static void requireInt(String model, String setting, int value, String what, long size) {
    if (size > Integer.MAX_VALUE) {
      throw UserError.in(model + ", " + setting)
          .what("too large: there would be " + size + " " + what)
          .expected("2147483647 " + what + " at most")
          .received(value)
          .next("choose a smaller " + setting)
          .build();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.error.UserError;

/** Data that are text: one long sequence of symbols. */
public sealed interface LanguageDataSpec permits PtbDataSpec, BytesDataSpec, TextDataSpec {
  /** Symbols in one training step of a stream, T. */
  int sequenceLength();

  /** Checks that the shares leave data to learn from. */
  static void requireShares(double validation, double test) {
    if (validation + test >= 1) {
      throw UserError.in("testShare")
          .what("validation and test leave nothing to learn from")
          .expected("less than 1 for both together")
          .received(validation + test)
          .build();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import org.hypernet4j.error.UserError;

/**
 * The three parts of a text before their symbols are numbered: learn from the first, choose the
 * best step on the second, report on the third.
 *
 * @param kind whether symbols are bytes or characters
 */
public record RawText(Vocabulary.Kind kind, TextPart train, TextPart validation, TextPart test) {
  /** All symbols that occur in any of the parts. */
  public Vocabulary vocabulary() {
    return Vocabulary.of(kind, train, validation, test);
  }

  /**
   * Cuts one text in its order: training first, then validation, then test. Shares of 0.05 and 0.05
   * are the 90 / 5 / 5 that is usual for enwik8 and for Tiny Shakespeare; counts are rounded.
   *
   * @param validation share of the symbols, more than 0
   * @param test share of the symbols, more than 0; both together less than 1
   * @throws UserError if a part would have fewer than two symbols, of which one is predicted
   */
  static RawText cut(Vocabulary.Kind kind, TextPart whole, double validation, double test) {
    int length = whole.length();
    int tests = (int) Math.round(length * test);
    int validations = (int) Math.round(length * validation);
    int trains = length - validations - tests;
    if (Math.min(trains, Math.min(validations, tests)) < 2) {
      throw UserError.in(whole.name())
          .what(length == 0 ? "the text is empty" : "the text is too short to be split")
          .expected("at least 2 symbols each for training, validation and test")
          .received(
              length == 0
                  ? "no symbol"
                  : "%d symbols, cut into %d, %d and %d"
                      .formatted(length, trains, validations, tests))
          .next("use a longer text, or change the shares of validation and test")
          .build();
    }
    String all = whole.symbols();
    int trainEnd = all.offsetByCodePoints(0, trains);
    int validationEnd = all.offsetByCodePoints(trainEnd, validations);
    long offset = whole.offset();
    return new RawText(
        kind,
        new TextPart(whole.name(), offset, all.substring(0, trainEnd)),
        new TextPart(whole.name(), offset + trains, all.substring(trainEnd, validationEnd)),
        new TextPart(whole.name(), offset + trains + validations, all.substring(validationEnd)));
  }
}

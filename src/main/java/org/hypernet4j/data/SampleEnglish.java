// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.List;

/** The rules of English that the sample sentences need. */
final class SampleEnglish {
  private static final List<String> UNITS =
      List.of(
          "zero",
          "one",
          "two",
          "three",
          "four",
          "five",
          "six",
          "seven",
          "eight",
          "nine",
          "ten",
          "eleven",
          "twelve",
          "thirteen",
          "fourteen",
          "fifteen",
          "sixteen",
          "seventeen",
          "eighteen",
          "nineteen");

  private static final List<String> TENS =
      List.of("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety");

  private SampleEnglish() {}

  /** "a" or "an" before a phrase. */
  static String a(String next) {
    return ("aeiou".indexOf(next.charAt(0)) >= 0 ? "an " : "a ") + next;
  }

  /**
   * A number in words.
   *
   * @param number 0 to 100
   */
  static String number(int number) {
    if (number == 100) {
      return "one hundred";
    }
    if (number < 20) {
      return UNITS.get(number);
    }
    String tens = TENS.get(number / 10 - 2);
    return number % 10 == 0 ? tens : tens + "-" + UNITS.get(number % 10);
  }

  /** The form of "to be". */
  static String be(SamplePhrase subject) {
    return switch (subject.person()) {
      case SamplePhrase.I -> "am";
      case SamplePhrase.HE -> "is";
      default -> "are";
    };
  }
}

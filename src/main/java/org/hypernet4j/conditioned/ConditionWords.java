// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned;

import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;

/** Conditions as users write them. */
public final class ConditionWords {
  private ConditionWords() {}

  /**
   * The numbers of a condition, {@code 0.3,0.7}.
   *
   * @param words with commas between the numbers
   * @param count how many there must be
   * @throws UserError if there are others, or one is not a finite number
   */
  public static float[] numbers(String words, int count) {
    String[] parts = words.split(",", -1);
    if (parts.length != count) {
      throw UserError.in(Setting.of("condition"))
          .what("has another length than the conditions of the model")
          .expected(count + " numbers with commas between them")
          .received(parts.length + (parts.length == 1 ? " number" : " numbers"))
          .build();
    }
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = number(parts[i].strip());
    }
    return numbers;
  }

  private static float number(String word) {
    try {
      float number = Float.parseFloat(word);
      if (Float.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below, as a number that is not finite
    }
    throw UserError.in(Setting.of("condition"))
        .what("holds something that is no finite number")
        .expected("a number, such as 0.5")
        .received("'" + word + "'")
        .build();
  }

  /**
   * The number of a task or of another item of a list.
   *
   * @param count how many there are, numbered from 0
   * @throws UserError if it is no such number
   */
  public static int index(String word, int count) {
    try {
      int index = Integer.parseInt(word.strip());
      if (index >= 0 && index < count) {
        return index;
      }
    } catch (NumberFormatException e) {
      // told below, as a number out of range
    }
    throw UserError.in(Setting.of("condition"))
        .what("is none of the model's")
        .expected("a whole number from 0 to " + (count - 1))
        .received("'" + word + "'")
        .build();
  }
}

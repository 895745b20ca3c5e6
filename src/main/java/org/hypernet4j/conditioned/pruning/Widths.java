// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pruning;

import java.util.Arrays;
import java.util.List;
import org.hypernet4j.conditioned.ConditionWords;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.random.StatelessRandom;

/**
 * How many output channels the two convolutions of a net keep.
 *
 * @param first of the first convolution, 1 or more
 * @param second of the second, 1 or more
 */
record Widths(int first, int second) {
  /**
   * Reads widths as users write them, {@code 8,12}.
   *
   * @param filters the full widths
   * @throws UserError if these are no such widths
   */
  static Widths of(String words, List<Integer> filters) {
    float[] numbers = ConditionWords.numbers(words, 2);
    String[] parts = words.split(",", -1);
    return new Widths(
        whole(parts[0], numbers[0], filters.get(0)), whole(parts[1], numbers[1], filters.get(1)));
  }

  private static int whole(String word, float number, int most) {
    if (number != Math.rint(number) || number < 1 || number > most) {
      throw UserError.in(Setting.of("condition"))
          .what("is no number of channels that a convolution of the model can keep")
          .expected("a whole number from 1 to " + most)
          .received("'" + word.strip() + "'")
          .build();
    }
    return (int) number;
  }

  /** Different widths, drawn evenly from all. */
  static List<Widths> drawn(List<Integer> filters, int count, long seed) {
    int[] order =
        StatelessRandom.of(seed)
            .fold("compared widths")
            .permutation(filters.get(0) * filters.get(1));
    return Arrays.stream(order)
        .limit(count)
        .mapToObj(i -> new Widths(1 + i / filters.get(1), 1 + i % filters.get(1)))
        .toList();
  }

  /** The widths of a training step: each drawn evenly, by (seed, step) alone. */
  static Widths ofStep(List<Integer> filters, long seed, long step) {
    StatelessRandom random = StatelessRandom.of(seed).fold("widths").fold(step);
    return new Widths(1 + random.below(0, filters.get(0)), 1 + random.below(1, filters.get(1)));
  }

  /** As the model takes them. */
  int[] numbers() {
    return new int[] {first, second};
  }

  @Override
  public String toString() {
    return first + "," + second;
  }
}

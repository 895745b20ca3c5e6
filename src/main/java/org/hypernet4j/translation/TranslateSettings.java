// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.translation;

import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;

/**
 * How lines are translated.
 *
 * @param nbest translations of each line, at most as many as the model's search follows
 * @param greedy whether the likeliest piece is taken after each piece, instead of a search
 * @param mostPieces pieces of a line at most: time and memory grow with its square
 * @param batch lines at a time at most
 */
public record TranslateSettings(int nbest, boolean greedy, int mostPieces, int batch) {
  /** The best translation of the search; 1,000 pieces; 32 lines. */
  public static final TranslateSettings DEFAULT = new TranslateSettings(1, false, 1000, 32);

  private static final int MOST = 100_000;

  /**
   * Checks the numbers.
   *
   * @throws UserError if one is out of its range, or several translations are wanted without search
   */
  public TranslateSettings {
    require("nbest", nbest);
    require("mostPieces", mostPieces);
    require("batch", batch);
    if (greedy && nbest > 1) {
      throw UserError.in(Setting.of("nbest"))
          .what("without a search there is one translation")
          .expected(1)
          .received(nbest)
          .next("leave " + Setting.of("greedy") + " out")
          .build();
    }
  }

  private static void require(String name, int value) {
    if (value < 1 || value > MOST) {
      throw UserError.in(Setting.of(name))
          .what("out of range")
          .expected("1 to " + MOST)
          .received(value)
          .build();
    }
  }
}

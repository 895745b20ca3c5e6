// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import org.hypernet4j.error.UserError;

/**
 * How {@link BeamSearch} searches. A hypothesis of n tokens, its end counted, with log-probability
 * log P has the score
 *
 * <pre>{@code
 * log P / ((5 + n) / 6)^alpha  +  beta * sum over the source of log(min(attention, 1))
 * }</pre>
 *
 * @param beams K: hypotheses kept for each sentence, 1 to the vocabulary's size
 * @param alpha length normalisation; 0 prefers short translations, usual values are 0.2 to 1
 * @param beta weight of the penalty for source tokens that no step attended to; usually 0 to 0.2
 * @param start id of the token that the decoder reads first
 * @param end id of the token that ends a translation
 * @param pad id that stands behind the end of a translation
 */
public record BeamSettings(int beams, float alpha, float beta, int start, int end, int pad) {
  /** Checks the numbers. */
  public BeamSettings {
    if (beams < 1) {
      throw UserError.in("beams")
          .what("no translation would be kept")
          .expected("1 or more")
          .received(beams)
          .next("1 searches greedily, 5 is usual")
          .build();
    }
    requireWeight("alpha", alpha);
    requireWeight("beta", beta);
    requireId("start", start);
    requireId("end", end);
    requireId("pad", pad);
  }

  private static void requireWeight(String name, float value) {
    if (!(value >= 0) || value == Float.POSITIVE_INFINITY) {
      throw UserError.in(name)
          .what("translations cannot be ordered with it")
          .expected("a finite number, 0 or above")
          .received(value)
          .next("0 leaves it out")
          .build();
    }
  }

  private static void requireId(String name, int id) {
    if (id < 0) {
      throw UserError.in(name)
          .what("not the id of a token")
          .expected("0 or above")
          .received(id)
          .build();
    }
  }

  /** Checks what the search needs to know of a vocabulary. */
  void requireVocabulary(int size) {
    if (beams > size) {
      throw UserError.in("beams")
          .what("more beams than the vocabulary has tokens")
          .expected("1 to " + size)
          .received(beams)
          .next("search with fewer beams: 5 is usual")
          .build();
    }
    requireBelow("start", start, size);
    requireBelow("end", end, size);
  }

  private static void requireBelow(String name, int id, int size) {
    if (id >= size) {
      throw UserError.in(name)
          .what("not a token of the vocabulary")
          .expected("0 to " + (size - 1))
          .received(id)
          .build();
    }
  }

  /** These settings with another number of beams. */
  public BeamSettings withBeams(int number) {
    return new BeamSettings(number, alpha, beta, start, end, pad);
  }
}

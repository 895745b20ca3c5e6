// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;

/**
 * Learns the pieces of words from text by byte-pair encoding (Sennrich et al., "Neural machine
 * translation of rare words with subword units", 2016): it begins with all characters and joins the
 * most frequent pair of neighbours, again and again, until there are enough pieces.
 *
 * <p>Pairs are counted at every place where they stand, overlapping or not. Among equally frequent
 * pairs the first by the code points of the left piece, then of the right, is taken. Only runs of
 * letters, of digits, or of other characters are joined, and the mark of a word with what follows
 * it: otherwise {@code dog}, {@code dog.} and {@code dog,} would be three pieces. The result
 * depends on nothing but the lines, whose order does not matter.
 */
public final class SubwordTrainer {
  /**
   * Longer runs are counted in parts: no piece is that long, and each merge walks the whole run.
   */
  private static final int LONGEST_RUN = 256;

  private final Map<String, Long> runs = new HashMap<>();
  private final BitSet characters = new BitSet();
  private long words;

  /** Counts the words of a line. */
  public void add(String line) {
    SubwordText.characters(line, characters::set);
    for (String word : SubwordText.words(line)) {
      words++;
      cut(word);
    }
  }

  /** Number of words that were counted. */
  public long words() {
    return words;
  }

  private void cut(String word) {
    int from = 0;
    int kind = -1; // of the characters since from; -1 for the mark, which goes with any
    int count = 0;
    for (int i = 0; i < word.length(); ) {
      int c = word.codePointAt(i);
      int own = kind(c, kind);
      if ((kind >= 0 && own != kind) || count == LONGEST_RUN) {
        runs.merge(word.substring(from, i), 1L, Long::sum);
        from = i;
        count = 0;
      }
      kind = own;
      count++;
      i += Character.charCount(c);
    }
    runs.merge(word.substring(from), 1L, Long::sum);
  }

  /** -1 for the mark, 0 for letters, 1 for digits, 2 for others; accents go with their letter. */
  private static int kind(int character, int before) {
    if (character == SubwordText.MARK) {
      return -1;
    }
    if (SubwordText.isCombining(character)) {
      return Math.max(before, 0);
    }
    return switch (Character.getType(character)) {
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> 1;
      default -> Character.isLetter(character) ? 0 : 2;
    };
  }

  /**
   * Makes a vocabulary of what was counted. All characters are in it, so it may be that nothing is
   * left to join before it has the size.
   *
   * @param size number of pieces, the four special ones, the mark and the characters included
   * @throws UserError if there was no word, or the size has no room for the characters
   */
  public Subwords train(int size) {
    List<String> pieces = new ArrayList<>(Subwords.SPECIAL);
    if (characters.isEmpty()) {
      throw UserError.in("training text")
          .what("there is no word in it")
          .expected("lines of text")
          .next("give a text that is not empty")
          .build();
    }
    int least = pieces.size() + 1 + characters.cardinality();
    if (size < least) {
      throw UserError.in(Setting.of("size"))
          .what("too small for the characters of the text")
          .expected(
              "at least %d: %d special pieces, the word mark and %d characters"
                  .formatted(least, pieces.size(), characters.cardinality()))
          .received(size)
          .next("choose a larger size, or a text with fewer different characters")
          .build();
    }
    BitSet all = (BitSet) characters.clone();
    all.set(SubwordText.MARK);
    all.stream().mapToObj(Character::toString).forEach(pieces::add);
    return new SubwordPairs(pieces, runs).mergeUntil(size);
  }
}

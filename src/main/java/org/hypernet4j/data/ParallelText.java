// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.Sha256;

/**
 * Sentences in two languages: sentence i of the target is the translation of sentence i of the
 * source. None is empty.
 *
 * @param sourceName where the source is from, for error messages
 * @param targetName the same of the target
 * @param source sentences to translate
 * @param target their translations
 */
public record ParallelText(
    String sourceName, String targetName, List<String> source, List<String> target) {

  /**
   * Checks that the two sides belong together.
   *
   * @throws UserError if they have different numbers of sentences, there is none, or one is blank
   *     or has more than one line; the error names it
   */
  public ParallelText {
    source = List.copyOf(source);
    target = List.copyOf(target);
    if (source.size() != target.size()) {
      throw UserError.in(targetName)
          .what("not as many lines as " + sourceName)
          .expected(source.size() + ", one translation for each line of " + sourceName)
          .received(target.size())
          .next("line i of one file must be the translation of line i of the other")
          .build();
    }
    if (source.isEmpty()) {
      throw UserError.in(sourceName)
          .what("there is no sentence")
          .expected("at least one")
          .received("none")
          .next("give a text of one sentence a line")
          .build();
    }
    for (int i = 0; i < source.size(); i++) {
      requireSentence(sourceName, targetName, i, source.get(i));
      requireSentence(targetName, sourceName, i, target.get(i));
    }
  }

  /** Sentences from nowhere in particular. */
  public ParallelText(List<String> source, List<String> target) {
    this("source", "target", source, target);
  }

  /** Number of pairs. */
  public int count() {
    return source.size();
  }

  /** The place of a source sentence, for error messages: {@code train.en: line 17}. */
  public String sourcePlace(int sentence) {
    return place(sourceName, sentence);
  }

  /** The place of a target sentence, for error messages. */
  public String targetPlace(int sentence) {
    return place(targetName, sentence);
  }

  /**
   * The first pairs, or all if there are fewer.
   *
   * @param count at least 1
   */
  public ParallelText first(int count) {
    return count >= count()
        ? this
        : new ParallelText(
            sourceName, targetName, source.subList(0, count), target.subList(0, count));
  }

  /**
   * SHA-256 (hex) of the sentences in UTF-8, each followed by a line feed: the whole source, then
   * the whole target. The names do not count.
   */
  public String fingerprint() {
    MessageDigest digest = Sha256.begin();
    for (List<String> side : List.of(source, target)) {
      for (String sentence : side) {
        digest.update((sentence + "\n").getBytes(UTF_8));
      }
    }
    return Sha256.hex(digest);
  }

  private static String place(String name, int sentence) {
    return name + ": line " + (sentence + 1);
  }

  private static void requireSentence(String name, String other, int sentence, String text) {
    boolean lines = text.indexOf('\n') >= 0;
    if (lines || text.codePoints().allMatch(ParallelText::isBlank)) {
      throw UserError.in(place(name, sentence))
          .what(lines ? "more than one line" : "there is no sentence")
          .expected("one sentence")
          .received(lines ? "text with a line feed" : text.isEmpty() ? "an empty line" : "blanks")
          .next("leave line " + (sentence + 1) + " out of both " + name + " and " + other)
          .build();
    }
  }

  /** White space of every kind, no-break spaces and the byte order mark, too. */
  private static boolean isBlank(int character) {
    return Character.isWhitespace(character)
        || Character.isSpaceChar(character)
        || character == 0xFEFF;
  }
}

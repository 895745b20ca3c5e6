// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * How a line becomes words, in training and afterwards alike: composed by Unicode's form NFC, then
 * split at white space, and each word marked at its front.
 */
final class SubwordText {
  /** Stands for the blank before a word; in a text it counts as a blank. */
  static final int MARK = 0x2581;

  /** The mark as text. */
  static final String WORD = Character.toString(MARK);

  private static final int REPLACEMENT = 0xFFFD;

  private SubwordText() {}

  /** The words of a line, each with the mark at its front; none for a blank line. */
  static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder(WORD);
    String text = composed(line);
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (!isBlank(c)) {
        word.appendCodePoint(whole(c));
      } else if (word.length() > 1) {
        words.add(word.toString());
        word.setLength(1);
      }
    }
    if (word.length() > 1) {
      words.add(word.toString());
    }
    return words;
  }

  /**
   * The characters of a line: those of its words, and where the line was not composed also its
   * single characters, so that none of them is unknown in another place.
   */
  static void characters(String line, IntConsumer use) {
    IntConsumer visible =
        c -> {
          if (!isBlank(c)) {
            use.accept(whole(c));
          }
        };
    composed(line).codePoints().forEach(visible);
    if (!Normalizer.isNormalized(line, Normalizer.Form.NFC)) {
      line.codePoints().forEach(c -> composed(Character.toString(c)).codePoints().forEach(visible));
    }
  }

  /** The line of some pieces written one after another: blanks for marks, and no blank too many. */
  static String line(CharSequence pieces) {
    StringBuilder line = new StringBuilder(pieces.length());
    for (int i = 0; i < pieces.length(); i++) {
      char c = pieces.charAt(i);
      boolean blank = c == MARK;
      if (!blank) {
        line.append(c);
      } else if (!line.isEmpty() && line.charAt(line.length() - 1) != ' ') {
        line.append(' ');
      }
    }
    return line.toString().stripTrailing();
  }

  /** Unicode's White_Space, as Rust and Python have it, and the mark. Java's own lacks U+00A0. */
  static boolean isBlank(int c) {
    return (c >= '\t' && c <= '\r') || c == 0x85 || c == MARK || Character.isSpaceChar(c);
  }

  private static String composed(String line) {
    return Normalizer.isNormalized(line, Normalizer.Form.NFC)
        ? line
        : Normalizer.normalize(line, Normalizer.Form.NFC);
  }

  /** Half of a surrogate pair is no character and has no form in UTF-8. */
  private static int whole(int c) {
    return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? REPLACEMENT : c;
  }
}

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
  private static final int MOST_MARKS = 100;

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
    String text = composed(line);
    text.codePoints().forEach(visible);
    if (!text.equals(line)) {
      line.codePoints().forEach(c -> nfc(Character.toString(c)).codePoints().forEach(visible));
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

  /**
   * The line in the form NFC. The time that Java takes grows with the square of the number of
   * combining marks in a row; more than anyone writes are therefore composed in parts.
   */
  private static String composed(String line) {
    if (line.length() < MOST_MARKS) {
      return nfc(line);
    }
    StringBuilder parts = new StringBuilder();
    int from = 0;
    int marks = 0;
    for (int i = 0; i < line.length(); ) {
      int c = line.codePointAt(i);
      i += Character.charCount(c);
      marks = isCombining(c) ? marks + 1 : 0;
      if (marks == MOST_MARKS) {
        parts.append(nfc(line.substring(from, i)));
        from = i;
        marks = 0;
      }
    }
    String rest = nfc(line.substring(from));
    return parts.isEmpty() ? rest : parts + rest;
  }

  private static String nfc(String text) {
    return Normalizer.isNormalized(text, Normalizer.Form.NFC)
        ? text
        : Normalizer.normalize(text, Normalizer.Form.NFC);
  }

  /** Whether a character is an accent or the like, part of the one before it. */
  static boolean isCombining(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK ->
          true;
      default -> false;
    };
  }

  /** Half of a surrogate pair is no character and has no form in UTF-8. */
  private static int whole(int c) {
    return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? REPLACEMENT : c;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.hypernet4j.error.UserError;

/**
 * The texts of drawings as a model reads them: the most frequent characters have a label each, all
 * others share that of {@link #REST} (Graves, arXiv:1308.0850, section 5).
 */
public final class WrittenTexts {
  /** The character in whose place all others are read, U+FFFD, the replacement character. */
  public static final String REST = "\uFFFD";

  private WrittenTexts() {}

  /**
   * The characters that a model tells apart, and {@link #REST}.
   *
   * @param labels the most of both together, at least 2
   * @throws UserError if the drawings have no texts or the texts no character
   */
  public static Vocabulary vocabulary(DrawingPart train, int labels) {
    requireTexts(train);
    Map<Integer, Integer> counts = new HashMap<>();
    for (String text : train.texts()) {
      text.codePoints().forEach(one -> counts.merge(one, 1, Integer::sum));
    }
    counts.remove(REST.codePointAt(0));
    if (counts.isEmpty()) {
      throw UserError.in(train.name())
          .what("the texts are empty")
          .expected("at least one character")
          .received("none")
          .next("use data with transcriptions")
          .build();
    }
    Comparator<Integer> order = Comparator.comparing(counts::get, Comparator.reverseOrder());
    StringBuilder kept = new StringBuilder();
    new TreeSet<>(counts.keySet())
        .stream()
            .sorted(order.thenComparing(Comparator.naturalOrder()))
            .limit(labels - 1L)
            .forEach(kept::appendCodePoint);
    return Vocabulary.of(
        Vocabulary.Kind.CHARACTERS, TextPart.of(train.name(), kept.append(REST).toString()));
  }

  /**
   * Drawings with every character that a vocabulary lacks replaced by {@link #REST}.
   *
   * @throws UserError if the drawings have no texts
   */
  public static DrawingPart known(DrawingPart part, Vocabulary vocabulary) {
    requireTexts(part);
    List<String> texts = part.texts().stream().map(text -> known(text, vocabulary)).toList();
    return new DrawingPart(part.name(), part.drawings(), texts);
  }

  private static String known(String text, Vocabulary vocabulary) {
    StringBuilder known = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            one -> {
              if (vocabulary.find(one).isPresent()) {
                known.appendCodePoint(one);
              } else {
                known.append(REST);
              }
            });
    return known.toString();
  }

  private static void requireTexts(DrawingPart part) {
    if (part.texts().isEmpty()) {
      throw UserError.in(part.name())
          .what("nobody says what these drawings say, and the model has a window to read it")
          .expected("a text for each drawing")
          .received("none")
          .next("use data with transcriptions, or a model without 'window'")
          .build();
    }
  }
}

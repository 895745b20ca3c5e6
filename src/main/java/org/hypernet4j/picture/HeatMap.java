// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.hypernet4j.error.UserError;

/**
 * The attention of a translation: how much each target piece, a row, took from each source piece, a
 * column; with strips of numbers beside it, one for each target piece. {@link HeatMapPicture} and
 * {@link TranslationPage} show it.
 *
 * @param title what is translated
 * @param columns source pieces; {@code U+2581} begins a word
 * @param rows target pieces
 * @param weights {@code [rows][columns]}, 0 to 1
 * @param strips numbers of each row; none if the model has none to show
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record HeatMap(
    String title,
    List<String> columns,
    List<String> rows,
    double[][] weights,
    List<TextStrips.Strip> strips) {
  /** The sign that begins a word. */
  static final String WORD = "\u2581";

  /** Pieces that are no text and belong to no word. */
  private static final Set<String> MARKS = Set.of("<s>", "</s>", "<pad>");

  /** Letters of a label; longer ones are cut. */
  private static final int LONGEST = 24;

  /**
   * Checks sizes and weights.
   *
   * @throws UserError if a weight is not a number
   */
  public HeatMap {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
    strips = List.copyOf(strips);
    int width = columns.size();
    if (width == 0 || rows.isEmpty() || weights.length != rows.size()) {
      throw new IllegalArgumentException(
          weights.length + " rows of weights for " + rows.size() + " by " + width + " pieces");
    }
    for (int row = 0; row < weights.length; row++) {
      if (weights[row].length != width) {
        throw new IllegalArgumentException(
            "row " + row + ": " + weights[row].length + " weights for " + width + " pieces");
      }
      for (int column = 0; column < width; column++) {
        requireNumber(weights[row][column], row, column);
      }
    }
    for (TextStrips.Strip strip : strips) {
      if (strip.values().length != rows.size()) {
        throw new IllegalArgumentException(
            strip.name() + ": " + strip.values().length + " numbers for " + rows.size() + " rows");
      }
    }
  }

  private static void requireNumber(double weight, int row, int column) {
    if (!Double.isFinite(weight)) {
      throw UserError.in("attention")
          .what("a weight that is not a number cannot be drawn")
          .received(weight + " at target piece " + row + ", source piece " + column)
          .next("look for the step at which training diverged")
          .build();
    }
  }

  /**
   * The same for words: the pieces of a source word are added up, those of a target word have the
   * mean of their rows, so that rows still sum to 1.
   */
  public HeatMap words() {
    List<Group> across = groups(columns);
    List<Group> down = groups(rows);
    double[][] merged = new double[down.size()][across.size()];
    for (int row = 0; row < merged.length; row++) {
      for (int column = 0; column < merged[row].length; column++) {
        merged[row][column] = mean(down.get(row), across.get(column));
      }
    }
    List<TextStrips.Strip> means = new ArrayList<>();
    for (TextStrips.Strip strip : strips) {
      double[] values =
          down.stream()
              .mapToDouble(
                  word ->
                      Arrays.stream(strip.values(), word.from, word.to)
                          .filter(Double::isFinite)
                          .average()
                          .orElse(Double.NaN))
              .toArray();
      means.add(new TextStrips.Strip(strip.name(), strip.meaning(), strip.colour(), values));
    }
    return new HeatMap(title, texts(columns, across), texts(rows, down), merged, means);
  }

  private double mean(Group down, Group across) {
    double sum = 0;
    for (int row = down.from; row < down.to; row++) {
      for (int column = across.from; column < across.to; column++) {
        sum += weights[row][column];
      }
    }
    return sum / (down.to - down.from);
  }

  /** Pieces of one word. */
  private record Group(int from, int to) {}

  private static List<Group> groups(List<String> pieces) {
    List<Group> groups = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= pieces.size(); i++) {
      boolean begins =
          i == pieces.size()
              || pieces.get(i).startsWith(WORD)
              || MARKS.contains(pieces.get(i))
              || MARKS.contains(pieces.get(i - 1));
      if (begins) {
        groups.add(new Group(from, i));
        from = i;
      }
    }
    return groups;
  }

  private static List<String> texts(List<String> pieces, List<Group> words) {
    return words.stream()
        .map(word -> String.join("", pieces.subList(word.from, word.to)).replace(WORD, ""))
        .map(text -> text.isEmpty() ? WORD : text)
        .toList();
  }

  /** A piece as it is drawn: on one line, blanks and line ends as signs, not too long. */
  static String label(String piece) {
    List<String> letters =
        piece.codePoints().mapToObj(c -> visible(Character.toString(c))).toList();
    boolean whole = letters.size() <= LONGEST;
    return letters.stream().limit(whole ? LONGEST : LONGEST - 1).collect(Collectors.joining())
        + (whole ? "" : "…");
  }

  private static String visible(String letter) {
    return TextStrips.visible(Character.isSpaceChar(letter.codePointAt(0)) ? " " : letter);
  }
}

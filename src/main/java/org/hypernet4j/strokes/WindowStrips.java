// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hypernet4j.picture.AlignmentPng;
import org.hypernet4j.picture.TextStrips;

/**
 * Strips of a written text: how much of each character was read at every point (Graves, fig 13).
 */
final class WindowStrips {
  /** Characters of a text that still has strips. */
  private static final int MOST = 60;

  /** Characters that a strip's name cannot show, or of which it would take the next down or up. */
  private static final Map<String, String> NAMES =
      Map.of(" ", "space", "_", "low line", "^", "caret");

  private static final List<TextStrips.Colour> COLOURS =
      List.of(
          TextStrips.Colour.BLUE,
          TextStrips.Colour.GREEN,
          TextStrips.Colour.ORANGE,
          TextStrips.Colour.PURPLE);

  private WindowStrips() {}

  /**
   * A strip for each character.
   *
   * @param alignment {@code [characters][points]}
   * @return none for a long text
   */
  static List<TextStrips.Strip> of(String text, double[][] alignment) {
    int[] characters = text.codePoints().toArray();
    List<TextStrips.Strip> strips = new ArrayList<>();
    for (int i = 0; i < characters.length && characters.length <= MOST; i++) {
      String character = Character.toString(characters[i]);
      strips.add(
          new TextStrips.Strip(
              NAMES.getOrDefault(character, character),
              "character " + (i + 1),
              COLOURS.get(i % COLOURS.size()),
              alignment[i]));
    }
    return strips;
  }

  /** Writes the same as one picture, on a scale for all characters. */
  static void write(Path file, List<TextStrips.Strip> strips) {
    AlignmentPng.write(
        file,
        strips.stream().map(TextStrips.Strip::name).map(WindowStrips::character).toList(),
        strips.stream().map(TextStrips.Strip::values).toArray(double[][]::new));
  }

  private static String character(String name) {
    return NAMES.entrySet().stream()
        .filter(entry -> entry.getValue().equals(name))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(name);
  }

  static String note(String text, List<TextStrips.Strip> strips) {
    return strips.isEmpty()
        ? "There are no strips: the text has more than " + MOST + " characters."
        : "The text is \u201c"
            + text
            + "\u201d. The strips show how much of each of its characters the model read when it"
            + " drew a point: the weights phi of the window (Graves, arXiv:1308.0850, Fig 13). Each"
            + " strip has its own scale, from no colour at 0 to full colour at the number that 98"
            + " % of its numbers do not exceed.";
  }
}

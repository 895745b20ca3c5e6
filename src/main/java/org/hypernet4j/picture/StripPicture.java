// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Draws {@link TextStrips} as a PNG: lines of text, each with its strips below. It needs neither a
 * display nor the fonts of the machine; characters that ours lack are boxes here, the page shows
 * them.
 */
public final class StripPicture {
  /** Pixels for one of the layout, so that it stays sharp on dense screens. */
  private static final int SCALE = ScenePng.SCALE;

  private static final int MARGIN = 16 * SCALE;
  private static final int LETTER = Picture.LETTER * SCALE;
  private static final int LINE = Picture.LINE * SCALE;
  static final int STRIP = 11 * SCALE;
  private static final int STEP = 13 * SCALE;
  private static final int GAP = 14 * SCALE;
  private static final double TITLE = 18.0 * SCALE;
  private static final double NOTE = 13.0 * SCALE;
  private static final double NAME = 11.0 * SCALE;

  private StripPicture() {}

  /**
   * Writes the picture.
   *
   * @throws org.hypernet4j.error.UserError if the text is too long for a picture, or the file
   *     cannot be written
   */
  public static void write(Path file, TextStrips strips) {
    List<TextStrips.Line> lines = strips.lines();
    double names =
        strips.strips().stream().mapToDouble(s -> SignShape.width(s.name(), NAME)).max().orElse(0);
    int left = MARGIN + (int) Math.ceil(names) + 4 * SCALE;
    int width = left + TextStrips.COLUMNS * LETTER + MARGIN;
    List<String> notes = new ArrayList<>();
    int columns = (int) ((width - 2 * MARGIN) / (NOTE * Typeface.SANS.width("n")));
    strips.notes().forEach(note -> notes.addAll(wrap(note, columns)));
    int block = LINE + strips.strips().size() * STEP + GAP;
    int noteLine = (int) (1.5 * NOTE);
    int head = MARGIN + (int) (1.6 * TITLE) + notes.size() * noteLine + GAP;
    double height = head + (double) lines.size() * block + MARGIN;
    PngFile.requireSize(
        file.toString(),
        width,
        height,
        strips.symbols().size() + " symbols",
        "show a shorter piece of the text");

    Picture picture = new Picture(width, (int) height);
    double base = MARGIN + Typeface.CAPITAL * TITLE;
    picture.letters(Typeface.BOLD.outline(strips.title(), MARGIN, base, TITLE), Picture.BLACK);
    for (int i = 0; i < notes.size(); i++) {
      double y = MARGIN + 1.6 * TITLE + i * noteLine + Typeface.CAPITAL * NOTE;
      picture.letters(Typeface.SANS.outline(notes.get(i), MARGIN, y, NOTE), Picture.GREY);
    }
    List<double[]> shades = strips.strips().stream().map(TextStrips.Strip::shades).toList();
    int y = head;
    for (TextStrips.Line line : lines) {
      for (int i = line.from(); i < line.to(); i++) {
        String symbol = strips.symbols().get(i);
        picture.text(
            left + (i - line.from()) * LETTER,
            y,
            TextStrips.visible(symbol),
            TextStrips.isPlain(symbol) ? Picture.BLACK : Picture.GREY,
            Picture.ZOOM * SCALE);
      }
      for (int s = 0; s < shades.size(); s++) {
        TextStrips.Strip strip = strips.strips().get(s);
        int top = y + LINE + s * STEP;
        double foot = top + (STRIP + Typeface.CAPITAL * NAME) / 2;
        picture.letters(SignShape.outline(strip.name(), MARGIN, foot, NAME), Picture.BLACK);
        for (int i = line.from(); i < line.to(); i++) {
          picture.fill(
              left + (i - line.from()) * LETTER,
              top,
              LETTER,
              STRIP,
              mix(strip.colour().onWhite, shades.get(s)[i]));
        }
      }
      y += block;
    }
    picture.write(file);
  }

  /** A colour on white, thinned. */
  static int mix(int colour, double share) {
    int mixed = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int channel = colour >> shift & 0xff;
      mixed |= (int) Math.round(255 + (channel - 255) * share) << shift;
    }
    return mixed;
  }

  /** Breaks a paragraph between words. */
  static List<String> wrap(String text, int columns) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (line.length() > 0 && line.length() + 1 + word.length() > columns) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.length() == 0 ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}

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
  private static final int MARGIN = 16;
  static final int STRIP = 10;
  private static final int STEP = 12;
  private static final int GAP = 12;

  private StripPicture() {}

  /**
   * Writes the picture.
   *
   * @throws org.hypernet4j.error.UserError if the text is too long for a picture, or the file
   *     cannot be written
   */
  public static void write(Path file, TextStrips strips) {
    List<TextStrips.Line> lines = strips.lines();
    int names = strips.strips().stream().mapToInt(s -> s.name().length()).max().orElse(0) + 1;
    int left = MARGIN + names * Picture.LETTER / 2;
    int width = left + TextStrips.COLUMNS * Picture.LETTER + MARGIN;
    List<String> notes = new ArrayList<>();
    int columns = (width - 2 * MARGIN) / Picture.LETTER;
    strips.notes().forEach(note -> notes.addAll(wrap(note, columns)));
    int block = Picture.LINE + strips.strips().size() * STEP + GAP;
    int head = MARGIN + (notes.size() + 1) * (Picture.LINE + 2) + GAP;
    double height = head + (double) lines.size() * block + MARGIN;
    PngFile.requireSize(
        file.toString(),
        width,
        height,
        strips.symbols().size() + " symbols",
        "show a shorter piece of the text");

    Picture picture = new Picture(width, (int) height);
    int y = MARGIN;
    picture.text(MARGIN, y, strips.title(), Picture.BLACK);
    for (String note : notes) {
      y += Picture.LINE + 2;
      picture.text(MARGIN, y, note, Picture.GREY);
    }
    y = head;
    List<double[]> shades = strips.strips().stream().map(TextStrips.Strip::shades).toList();
    for (TextStrips.Line line : lines) {
      for (int i = line.from(); i < line.to(); i++) {
        String symbol = strips.symbols().get(i);
        picture.text(
            left + (i - line.from()) * Picture.LETTER,
            y,
            TextStrips.visible(symbol),
            TextStrips.isPlain(symbol) ? Picture.BLACK : Picture.GREY);
      }
      for (int s = 0; s < shades.size(); s++) {
        TextStrips.Strip strip = strips.strips().get(s);
        int top = y + Picture.LINE + s * STEP;
        picture.smallText(MARGIN, top, strip.name(), Picture.BLACK);
        for (int i = line.from(); i < line.to(); i++) {
          picture.fill(
              left + (i - line.from()) * Picture.LETTER,
              top,
              Picture.LETTER,
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

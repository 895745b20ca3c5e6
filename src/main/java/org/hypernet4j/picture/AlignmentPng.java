// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Which character of a text was read at which point, as PNG: a row for each character, a column for
 * each point, the darker the more was read. It needs neither display nor fonts.
 */
public final class AlignmentPng {
  private static final int MARGIN = 12;
  private static final int ROW = Picture.LINE + 4;
  private static final int WIDE = 1200;
  private static final int WIDEST = 4;
  private static final int INK = 0x0b5fa5;

  private AlignmentPng() {}

  /**
   * Writes the picture.
   *
   * @param characters of the text, one code point each
   * @param weights {@code [characters][points]}, 0 or more; the largest has the full colour
   * @throws org.hypernet4j.error.UserError if the file cannot be written
   */
  public static void write(Path file, List<String> characters, double[][] weights) {
    if (weights.length != characters.size() || weights.length == 0 || weights[0].length == 0) {
      throw new IllegalArgumentException(
          characters.size() + " characters, " + weights.length + " rows of weights");
    }
    int points = weights[0].length;
    int pixel = Math.max(1, Math.min(WIDEST, WIDE / points));
    int left = MARGIN + 2 * Picture.LETTER;
    int height = characters.size() * ROW;
    String caption = "point 1 to " + points;
    int width = Math.max(points * pixel, caption.length() * Picture.LETTER);
    Picture picture =
        new Picture(left + width + MARGIN, MARGIN + height + 4 + Picture.LINE + MARGIN);
    double most = Arrays.stream(weights).flatMapToDouble(Arrays::stream).max().orElse(0);
    for (int row = 0; row < weights.length; row++) {
      int y = MARGIN + row * ROW;
      picture.text(MARGIN, y + 2, TextStrips.visible(characters.get(row)), Picture.BLACK);
      for (int point = 0; point < points; point++) {
        double share = most > 0 ? Math.max(0, weights[row][point]) / most : 0;
        picture.fill(left + point * pixel, y, pixel, ROW, shade(share));
      }
    }
    picture.text(left, MARGIN + height + 4, caption, Picture.GREY);
    picture.write(file);
  }

  /** From white to the full colour. */
  private static int shade(double share) {
    int colour = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int full = INK >> shift & 0xff;
      colour |= (int) Math.round(255 - share * (255 - full)) << shift;
    }
    return colour;
  }
}

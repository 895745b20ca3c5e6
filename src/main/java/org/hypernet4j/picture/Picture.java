// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;

/** A white picture of rectangles, letters and strokes; colours are {@code 0xRRGGBB}. */
final class Picture {
  /** Screen pixels for one pixel of a letter. */
  static final int ZOOM = 2;

  /** Pixels from one letter to the next. */
  static final int LETTER = PixelFont.ADVANCE * ZOOM;

  /** Pixels from the top of a letter to the bottom of its tail. */
  static final int LINE = PixelFont.HEIGHT * ZOOM;

  static final int BLACK = 0x1a1a1a;
  static final int GREY = 0x5f5f5f;
  static final int WHITE = 0xffffff;

  private final BufferedImage image;

  Picture(int width, int height) {
    image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    fill(0, 0, width, height, WHITE);
  }

  void fill(int x, int y, int width, int height, int colour) {
    int[] row = new int[width];
    Arrays.fill(row, colour);
    for (int line = y; line < y + height; line++) {
      image.setRGB(x, line, width, 1, row, 0, width);
    }
  }

  /** Draws a line of text whose first letter has its upper left corner at x, y. */
  void text(int x, int y, String text, int colour) {
    text(x, y, text, colour, ZOOM);
  }

  /** Draws text in letters half as large. */
  void smallText(int x, int y, String text, int colour) {
    text(x, y, text, colour, 1);
  }

  private void text(int x, int y, String text, int colour, int zoom) {
    int left = x;
    for (int at = 0; at < text.length(); ) {
      int symbol = text.codePointAt(at);
      boolean[][] glyph = PixelFont.glyph(Character.toString(symbol));
      for (int row = 0; row < glyph.length; row++) {
        for (int column = 0; column < glyph[row].length; column++) {
          if (glyph[row][column]) {
            fill(left + column * zoom, y + row * zoom, zoom, zoom, colour);
          }
        }
      }
      left += PixelFont.ADVANCE * zoom;
      at += Character.charCount(symbol);
    }
  }

  /** Draws a line of text that ends at x. */
  void textBefore(int x, int y, String text, int colour) {
    text(x - text.codePointCount(0, text.length()) * LETTER, y, text, colour);
  }

  /** Draws strokes over what is there. */
  void strokes(PenFit fit, double line, boolean byStroke) {
    PenPainter.paint(image, fit, line, byStroke);
  }

  void write(Path file) {
    PngFile.write(file, image);
  }
}

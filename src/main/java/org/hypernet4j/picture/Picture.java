// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;

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

  /** Fills the part of a rectangle that lies in the picture. */
  void fill(int x, int y, int width, int height, int colour) {
    int left = Math.max(0, x);
    int columns = Math.min(image.getWidth(), x + width) - left;
    if (columns <= 0) {
      return;
    }
    int[] row = new int[columns];
    Arrays.fill(row, colour);
    int end = Math.min(image.getHeight(), y + height);
    for (int line = Math.max(0, y); line < end; line++) {
      image.setRGB(left, line, columns, 1, row, 0, columns);
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

  /** Draws text with so many screen pixels for one pixel of a letter. */
  void text(int x, int y, String text, int colour, int zoom) {
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

  /** Draws text that runs upwards; the first letter has its lower left corner at x, y. */
  void textUp(int x, int y, String text, int colour, int zoom) {
    int bottom = y;
    for (int symbol : text.codePoints().toArray()) {
      boolean[][] glyph = PixelFont.glyph(Character.toString(symbol));
      for (int row = 0; row < glyph.length; row++) {
        for (int column = 0; column < glyph[row].length; column++) {
          if (glyph[row][column]) {
            fill(x + row * zoom, bottom - (column + 1) * zoom, zoom, zoom, colour);
          }
        }
      }
      bottom -= PixelFont.ADVANCE * zoom;
    }
  }

  /** Draws a line of text that ends at x. */
  void textBefore(int x, int y, String text, int colour) {
    text(x - text.codePointCount(0, text.length()) * LETTER, y, text, colour);
  }

  /** Paints over what is there, with smooth edges. */
  void paint(Consumer<Graphics2D> painter) {
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      painter.accept(graphics);
    } finally {
      graphics.dispose();
    }
  }

  /** Draws strokes over what is there. */
  void strokes(PenFit fit, double line, boolean byStroke) {
    paint(graphics -> PenPainter.paint(graphics, fit, line, byStroke));
  }

  void write(Path file) {
    PngFile.write(file, image);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;

/** A white picture of rectangles, letters and strokes; colours are {@code 0xRRGGBB}. */
final class Picture {
  /** The zoom of ordinary letters: capitals are 7 times as many pixels high. */
  static final int ZOOM = 2;

  /** Pixels from one letter to the next. */
  static final int LETTER = 6 * ZOOM;

  /** Pixels from the top of a letter to the bottom of its tail. */
  static final int LINE = 9 * ZOOM;

  static final int BLACK = 0x1a1a1a;
  static final int GREY = 0x5f5f5f;
  static final int WHITE = 0xffffff;

  /** The size that makes letters 6 pixels wide. */
  private static final double SIZE = 6 / Typeface.MONO.width("n");

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

  /** Draws text in letters that are 6 times the zoom wide, capitals 7 times high. */
  void text(int x, int y, String text, int colour, int zoom) {
    letters(Typeface.MONO.outline(text, x, y + 7.0 * zoom, SIZE * zoom), colour);
  }

  /** Fills the outlines of letters. */
  void letters(Shape outlines, int colour) {
    paint(
        graphics -> {
          graphics.setColor(new Color(colour));
          graphics.fill(outlines);
        });
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

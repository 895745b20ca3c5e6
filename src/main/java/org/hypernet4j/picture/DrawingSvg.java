// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.nio.file.Path;
import java.util.Locale;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.pen.PenDrawing;

/**
 * A drawing as SVG, still or drawing itself. The ground is transparent; the pen is black, and light
 * where the viewer prefers a dark ground.
 */
public final class DrawingSvg {
  /** Seconds that an animation takes for a point, unless it would become too long. */
  private static final double SECONDS = 0.04;

  private static final double LONGEST = 15;

  private DrawingSvg() {}

  /**
   * Writes the drawing.
   *
   * @throws org.hypernet4j.error.UserError if the file cannot be written
   */
  public static void write(Path file, PenDrawing drawing, DrawingStyle style) {
    AtomicFiles.writeString(file, still(drawing, style));
  }

  /**
   * Writes the drawing so that it draws itself, once, stroke by stroke; the time is proportional to
   * the points. Viewers that do not animate, or whose user prefers less motion, show it complete.
   *
   * @throws org.hypernet4j.error.UserError if the file cannot be written
   */
  public static void writeAnimated(Path file, PenDrawing drawing, DrawingStyle style) {
    AtomicFiles.writeString(file, animated(drawing, style));
  }

  static String still(PenDrawing drawing, DrawingStyle style) {
    DrawingFrame frame = DrawingFrame.of(drawing, style);
    StringBuilder out = new StringBuilder(1 << 12);
    begin(out, frame, drawing, PenSvg.css(style.byStroke()));
    PenSvg.still(out, frame.fit(), frame.line(), style.byStroke());
    return out.append("</svg>\n").toString();
  }

  static String animated(PenDrawing drawing, DrawingStyle style) {
    DrawingFrame frame = DrawingFrame.of(drawing, style);
    StringBuilder out = new StringBuilder(1 << 12);
    begin(out, frame, drawing, PenSvg.css(style.byStroke()) + PenSvg.animation());
    PenSvg.animated(out, frame.fit(), frame.line(), style.byStroke(), 0, seconds(drawing.points()));
    return out.append("</svg>\n").toString();
  }

  /** Seconds for a point of an animation of so many. */
  static double seconds(int points) {
    return Math.min(SECONDS, LONGEST / points);
  }

  private static void begin(StringBuilder out, DrawingFrame frame, PenDrawing drawing, String css) {
    PenSvg.begin(out, frame.width(), frame.height(), describe(drawing), css);
  }

  /** {@code drawing of 61 points in 3 strokes}. */
  static String describe(PenDrawing drawing) {
    return String.format(
        Locale.ROOT,
        "drawing of %d point%s in %d stroke%s",
        drawing.points(),
        drawing.points() == 1 ? "" : "s",
        drawing.strokes(),
        drawing.strokes() == 1 ? "" : "s");
  }
}

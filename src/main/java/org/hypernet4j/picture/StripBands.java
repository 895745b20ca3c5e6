// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.util.Locale;
import org.hypernet4j.pen.PenDrawing;

/** The strips of a {@link WritingPage}: a line of text and a band of columns for each. */
final class StripBands {
  private StripBands() {}

  /** A strip of numbers. */
  static void band(
      StringBuilder out, TextStrips.Strip strip, PenDrawing drawing, StripColumns columns) {
    begin(
        out,
        "strip " + strip.colour().name().toLowerCase(Locale.ROOT),
        Markup.sign(strip.name()),
        Markup.escape(strip.meaning()),
        columns);
    double full = strip.full();
    double[] largest = columns.largest(strip.values());
    for (int c = 0; c < columns.count(); c++) {
      out.append("<rect x=\"")
          .append(c)
          .append("\" width=\"1\" height=\"1\" fill-opacity=\"")
          .append(Markup.length(shade(largest[c], full)))
          .append("\"/>");
    }
    if (!columns.place()) {
      lifts(out, drawing, columns);
    }
    end(out);
  }

  /** A band that shows when the pen is down. */
  static void strokes(StringBuilder out, PenDrawing drawing, StripColumns columns) {
    begin(out, "strip pen", "pen", "a bar for each stroke", columns);
    out.append("<rect width=\"%d\" height=\"1\" fill-opacity=\"0.55\"/>".formatted(columns.count()));
    lifts(out, drawing, columns);
    end(out);
  }

  /** Intensity of a number, 0 to 1. */
  static double shade(double value, double full) {
    return Double.isFinite(value) && full > 0 ? Math.max(0, Math.min(1, value / full)) : 0;
  }

  private static void lifts(StringBuilder out, PenDrawing drawing, StripColumns columns) {
    for (int i = 0; i + 1 < drawing.points(); i++) {
      if (drawing.lifted(i)) {
        int at = columns.from()[i + 1];
        out.append("<path class=\"lift\" d=\"M%d 0V1\"/>".formatted(at));
      }
    }
  }

  private static void begin(
      StringBuilder out, String kind, String sign, String meaning, StripColumns columns) {
    out.append("<div class=\"%s\"><p><b>%s</b> <span>%s</span> <output></output></p>\n"
            .formatted(kind, sign, meaning))
        .append("<svg viewBox=\"0 0 %d 1\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
            .formatted(columns.count()));
  }

  private static void end(StringBuilder out) {
    out.append("</svg></div>\n");
  }
}

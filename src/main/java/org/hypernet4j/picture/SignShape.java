// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.awt.geom.Path2D;
import java.util.ArrayList;
import java.util.List;

/**
 * A short sign as an outline: {@code _} begins a subscript and {@code ^} a superscript, each to the
 * next of them, to a space or to the end, as in {@code W_h^i}.
 */
final class SignShape {
  private static final double SMALL = 0.75;

  private SignShape() {}

  /** Letters that stand together; the shift is upwards, in sizes of the letters. */
  private record Part(String text, double scale, double shift) {}

  private static List<Part> parts(String sign) {
    List<Part> parts = new ArrayList<>();
    char kind = ' ';
    int from = 0;
    for (int i = 0; i <= sign.length(); i++) {
      char c = i == sign.length() ? ' ' : sign.charAt(i);
      if (i == sign.length() || c == '_' || c == '^' || (c == ' ' && kind != ' ')) {
        if (i > from) {
          parts.add(
              new Part(
                  sign.substring(from, i),
                  kind == ' ' ? 1 : SMALL,
                  kind == '_' ? -0.2 : kind == '^' ? 0.35 : 0));
        }
        kind = c;
        from = c == ' ' ? i : i + 1;
      }
    }
    return parts;
  }

  /** Width in pixels. */
  static double width(String sign, double size) {
    return parts(sign).stream()
        .mapToDouble(part -> size * part.scale() * Typeface.SANS.width(part.text()))
        .sum();
  }

  /** The outline of a sign that starts at x on the line y. */
  static Path2D outline(String sign, double x, double y, double size) {
    Path2D.Double outline = new Path2D.Double();
    double at = x;
    for (Part part : parts(sign)) {
      double own = size * part.scale();
      outline.append(Typeface.SANS.outline(part.text(), at, y - part.shift() * size, own), false);
      at += own * Typeface.SANS.width(part.text());
    }
    return outline;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.util.Locale;

/** Strokes as elements of an SVG. Classes begin with {@code h4-}, as a page may embed several. */
final class PenSvg {
  private static final TextStrips.Colour[] COLOURS = TextStrips.Colour.values();

  /** Radius of a dot in widths of the pen: larger than the end of a line, or it is overlooked. */
  static final double DOT = 0.75;

  private PenSvg() {}

  static void begin(StringBuilder out, int width, int height, String label, String css) {
    out.append("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"h4-pen\" role=\"img\"")
        .append(" aria-label=\"%s\"".formatted(Markup.escape(label)))
        .append(" width=\"%d\" height=\"%d\" viewBox=\"0 0 %1$d %2$d\">\n".formatted(width, height))
        .append("<style>\n")
        .append(css)
        .append("</style>\n");
  }

  static String css(boolean byStroke) {
    StringBuilder light = new StringBuilder(".h4-pen { color: #111; }\n");
    StringBuilder dark = new StringBuilder(".h4-pen { color: #eee; }\n");
    for (int i = 0; byStroke && i < COLOURS.length; i++) {
      light.append(".h4-c%d { color: #%06x; }\n".formatted(i, COLOURS[i].onWhite));
      dark.append(".h4-c%d { color: #%06x; }\n".formatted(i, COLOURS[i].onBlack));
    }
    return light + "@media (prefers-color-scheme: dark) {\n" + dark + "}\n";
  }

  /**
   * Dashes are set during the animation only, so that a viewer without animation shows whole lines.
   * The line appears with its first hundredth: a round end would show before its time.
   */
  static String animation() {
    return """
    @media (prefers-reduced-motion: no-preference) {
    .h4-line { animation: h4-line linear backwards; }
    .h4-dot { animation: h4-dot linear backwards; }
    }
    @keyframes h4-line {
    0% { stroke-dasharray: 1 2; stroke-dashoffset: 1; opacity: 0; }
    1% { opacity: 1; }
    100% { stroke-dasharray: 1 2; stroke-dashoffset: 0; opacity: 1; }
    }
    @keyframes h4-dot { 0% { opacity: 0; } 100% { opacity: 1; } }
    """;
  }

  /** The drawing: one path, or one for each stroke, and circles. */
  static void still(StringBuilder out, PenFit fit, double line, boolean byStroke) {
    group(out, line);
    StringBuilder path = new StringBuilder();
    for (int s = 0; s < fit.path().strokes.size(); s++) {
      PenPath.Stroke stroke = fit.path().strokes.get(s);
      if (byStroke || fit.isDot(stroke)) {
        stroke(out, fit, line, s, byStroke);
      } else {
        append(path, fit, stroke);
      }
    }
    if (!path.isEmpty()) {
      out.append("<path d=\"").append(path).append("\"/>\n");
    }
    out.append("</g>\n");
  }

  /** The drawing, one element for each stroke. */
  static void strokes(StringBuilder out, PenFit fit, double line, boolean byStroke) {
    group(out, line);
    for (int s = 0; s < fit.path().strokes.size(); s++) {
      stroke(out, fit, line, s, byStroke);
    }
    out.append("</g>\n");
  }

  private static void stroke(
      StringBuilder out, PenFit fit, double line, int index, boolean byStroke) {
    PenPath.Stroke stroke = fit.path().strokes.get(index);
    String attribute = byStroke ? " class=\"" + colour(index) + "\"" : "";
    if (fit.isDot(stroke)) {
      dot(out, fit, stroke, line, attribute);
      return;
    }
    out.append("<path").append(attribute).append(" d=\"");
    append(out, fit, stroke);
    out.append("\"/>\n");
  }

  /**
   * The drawing, each stroke of it beginning at its time.
   *
   * @param begin seconds at which the pen starts
   * @param seconds from a point to the next
   */
  static void animated(
      StringBuilder out, PenFit fit, double line, boolean byStroke, double begin, double seconds) {
    group(out, line);
    int first = fit.path().first();
    for (int s = 0; s < fit.path().strokes.size(); s++) {
      PenPath.Stroke stroke = fit.path().strokes.get(s);
      String colour = byStroke ? " " + colour(s) : "";
      String delay = number(begin + (stroke.first() - first) * seconds);
      if (fit.isDot(stroke)) {
        dot(
            out,
            fit,
            stroke,
            line,
            " class=\"h4-dot%s\" style=\"animation-delay: %ss; animation-duration: %ss\""
                .formatted(colour, delay, number(seconds)));
        continue;
      }
      out.append("<path class=\"h4-line%s\" pathLength=\"1\"".formatted(colour))
          .append(
              " style=\"animation-delay: %ss; animation-duration: %ss\" d=\""
                  .formatted(delay, number((stroke.last() - stroke.first()) * seconds)));
      append(out, fit, stroke);
      out.append("\"/>\n");
    }
    out.append("</g>\n");
  }

  private static void group(StringBuilder out, double line) {
    out.append("<g fill=\"none\" stroke=\"currentColor\" stroke-width=\"")
        .append(Markup.length(line))
        .append("\" stroke-linecap=\"round\" stroke-linejoin=\"round\">\n");
  }

  private static void dot(
      StringBuilder out, PenFit fit, PenPath.Stroke stroke, double line, String attributes) {
    out.append("<circle")
        .append(attributes)
        .append(" cx=\"")
        .append(Markup.length(fit.x(stroke.first())))
        .append("\" cy=\"")
        .append(Markup.length(fit.y(stroke.first())))
        .append("\" r=\"")
        .append(Markup.length(DOT * line))
        .append("\" fill=\"currentColor\" stroke=\"none\"/>\n");
  }

  /** {@code M10 20L11 22L13 25}. */
  private static void append(StringBuilder out, PenFit fit, PenPath.Stroke stroke) {
    for (int v = stroke.first(); v <= stroke.last(); v++) {
      out.append(v == stroke.first() ? 'M' : 'L')
          .append(Markup.length(fit.x(v)))
          .append(' ')
          .append(Markup.length(fit.y(v)));
    }
  }

  private static String colour(int stroke) {
    return "h4-c" + stroke % COLOURS.length;
  }

  private static String number(double seconds) {
    return String.format(Locale.ROOT, "%.4f", seconds);
  }
}

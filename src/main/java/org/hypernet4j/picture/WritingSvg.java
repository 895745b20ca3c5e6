// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hypernet4j.io.internal.AtomicFiles;

/**
 * Writes one or several {@link Writing}s side by side as an SVG, each with its strips below, still
 * or drawing itself once. For documents that show pictures only; {@link WritingPage} plays.
 *
 * <p>The strips of one name have one scale in all drawings. As in {@link DrawingSvg}, the ground is
 * transparent, colours suit light and dark, and what is not animated is complete.
 */
public final class WritingSvg {
  private static final int BAND = 16;
  private static final int STEP = 22;
  private static final int PEN_BAND = 5;
  private static final int GAP = 24;
  private static final int LETTER = 7;
  private static final double LIFT = 1.5;

  /** Seconds for a point, unless the whole would take too long: strips are slow to read. */
  private static final double SECONDS = 0.1;

  private static final double LONGEST = 15;
  private static final Pattern SIGN = Pattern.compile("[_^]?[^_^]+");

  private WritingSvg() {}

  /**
   * Writes the picture.
   *
   * @param label what the picture shows, for those who do not see it
   * @param writings one or more, all with strips of the same names
   * @param style its size is that of the longer side of each drawing
   * @throws org.hypernet4j.error.UserError if the file cannot be written
   */
  public static void write(
      Path file, String label, List<Writing> writings, DrawingStyle style, boolean animated) {
    AtomicFiles.writeString(file, svg(label, writings, style, animated));
  }

  static String svg(String label, List<Writing> writings, DrawingStyle style, boolean animated) {
    List<TextStrips.Strip> names = writings.get(0).strips();
    for (Writing writing : writings) {
      if (writing.strips().size() != names.size()) {
        throw new IllegalArgumentException("writings with different strips");
      }
    }
    List<DrawingFrame> frames =
        writings.stream().map(w -> DrawingFrame.of(w.drawing(), style)).toList();
    int top = frames.stream().mapToInt(DrawingFrame::height).max().orElseThrow() + STEP / 2;
    int left =
        names.stream().mapToInt(s -> s.name().length() + s.meaning().length()).max().orElse(0)
            * LETTER;
    StringBuilder out = new StringBuilder(1 << 15);
    PenSvg.begin(
        out,
        left + writings.size() * (style.size() + GAP) - GAP,
        top + STEP / 2 + names.size() * STEP,
        label,
        css(names, style) + (animated ? PenSvg.animation() : ""));
    labels(out, names, top + STEP / 2);
    int longest = writings.stream().mapToInt(w -> w.drawing().points()).max().orElseThrow();
    double seconds = animated ? Math.min(SECONDS, LONGEST / longest) : 0;
    double[] full = new double[names.size()];
    for (int s = 0; s < full.length; s++) {
      full[s] = full(writings, s);
    }
    Writing.Axis axis = axis(writings, frames);
    for (int w = 0; w < writings.size(); w++) {
      DrawingFrame frame = frames.get(w);
      double x = left + w * (style.size() + GAP) + (style.size() - frame.width()) / 2.0;
      double y = (top - STEP / 2 - frame.height()) / 2.0;
      out.append(
          "<g transform=\"translate(%s %s)\">\n".formatted(Markup.length(x), Markup.length(y)));
      if (animated) {
        PenSvg.animated(out, frame.fit(), frame.line(), style.byStroke(), 0, seconds);
      } else {
        PenSvg.still(out, frame.fit(), frame.line(), style.byStroke());
      }
      out.append("</g>\n");
      StripColumns columns = StripColumns.of(writings.get(w).drawing(), axis, frame);
      double width = columns.place() ? frame.width() : style.size();
      double from = columns.place() ? x : left + w * (style.size() + GAP);
      out.append(
          "<g transform=\"translate(%s %d)\" shape-rendering=\"crispEdges\">\n"
              .formatted(Markup.length(from), top));
      strips(out, writings.get(w), columns, full, width, seconds);
      out.append("</g>\n");
    }
    return out.append("</svg>\n").toString();
  }

  /** All drawings of a picture have one. */
  private static Writing.Axis axis(List<Writing> writings, List<DrawingFrame> frames) {
    for (int w = 0; w < writings.size(); w++) {
      Writing writing = writings.get(w);
      if (!StripColumns.of(writing.drawing(), writing.axis(), frames.get(w)).place()) {
        return Writing.Axis.TIME;
      }
    }
    return Writing.Axis.PLACE;
  }

  private static String css(List<TextStrips.Strip> names, DrawingStyle style) {
    StringBuilder light = new StringBuilder(PenSvg.css(style.byStroke()));
    StringBuilder dark = new StringBuilder("@media (prefers-color-scheme: dark) {\n");
    for (int s = 0; s < names.size(); s++) {
      TextStrips.Colour colour = names.get(s).colour();
      light.append(".h4-s%d { fill: #%06x; }\n".formatted(s, colour.onWhite));
      dark.append(".h4-s%d { fill: #%06x; }\n".formatted(s, colour.onBlack));
    }
    return light.append(dark).append("}\n").toString();
  }

  private static double full(List<Writing> writings, int strip) {
    double[] all =
        writings.stream()
            .flatMapToDouble(w -> Arrays.stream(w.strips().get(strip).values()))
            .toArray();
    TextStrips.Strip first = writings.get(0).strips().get(strip);
    return new TextStrips.Strip(first.name(), first.meaning(), first.colour(), all).full();
  }

  private static void labels(StringBuilder out, List<TextStrips.Strip> names, int top) {
    out.append("<g font-family=\"sans-serif\" font-size=\"13\">\n");
    for (int s = 0; s < names.size(); s++) {
      out.append("<text x=\"2\" y=\"%d\">".formatted(top + s * STEP + BAND - 4))
          .append("<tspan class=\"h4-s%d\" font-weight=\"bold\">".formatted(s));
      double lowered = 0;
      Matcher part = SIGN.matcher(names.get(s).name());
      while (part.find()) {
        String text = part.group();
        double low = text.charAt(0) == '_' ? 3 : text.charAt(0) == '^' ? -5 : 0;
        out.append("<tspan dy=\"%s\"%s>".formatted(Markup.length(low - lowered), small(low)))
            .append(Markup.escape(low == 0 ? text : text.substring(1)))
            .append("</tspan>");
        lowered = low;
      }
      out.append("</tspan><tspan dx=\"7\" dy=\"%s\" fill=\"currentColor\">"
              .formatted(Markup.length(-lowered)))
          .append(Markup.escape(names.get(s).meaning()))
          .append("</tspan></text>\n");
    }
    out.append("</g>\n");
  }

  private static String small(double low) {
    return low == 0 ? "" : " font-size=\"9\"";
  }

  /** The columns, each a group of its pieces of all strips, which appears when the pen comes. */
  private static void strips(
      StringBuilder out,
      Writing writing,
      StripColumns columns,
      double[] full,
      double width,
      double seconds) {
    double step = width / columns.count();
    boolean[] lifted = new boolean[columns.count()];
    int[] first = new int[columns.count()];
    Arrays.fill(first, -1);
    for (int i = 0; i < writing.drawing().points(); i++) {
      for (int c = columns.from()[i]; c <= columns.to()[i]; c++) {
        first[c] = first[c] < 0 ? i : first[c];
      }
      lifted[columns.from()[i]] |= !columns.place() && writing.drawing().lifted(i);
    }
    for (int s = 0; s < full.length; s++) {
      out.append("<rect y=\"%d\" width=\"%s\" height=\"%d\" fill=\"currentColor\" opacity=\"0.06\"/>\n"
              .formatted(STEP / 2 + s * STEP, Markup.length(width), BAND));
    }
    List<double[]> largest =
        writing.strips().stream().map(strip -> columns.largest(strip.values())).toList();
    for (int c = 0; c < columns.count(); c++) {
      if (first[c] < 0) {
        continue;
      }
      // pieces touch, but not where the pen was lifted
      double end = (c + 1) * step - (lifted[c] ? Math.min(LIFT, step / 3) : 0);
      String place =
          "x=\"%s\" width=\"%s\"".formatted(Markup.length(c * step), Markup.length(end - c * step));
      out.append("<g").append(seconds > 0 ? appears(first[c], seconds) : "").append('>');
      if (!columns.place()) {
        out.append("<rect %s height=\"%d\" fill=\"currentColor\" fill-opacity=\"0.5\"/>"
                .formatted(place, PEN_BAND));
      }
      for (int s = 0; s < full.length; s++) {
        double shade = StripBands.shade(largest.get(s)[c], full[s]);
        if (Markup.hundredths(shade) > 0) {
          out.append("<rect class=\"h4-s%d\" %s y=\"%d\" height=\"%d\" fill-opacity=\"%s\"/>"
                  .formatted(s, place, STEP / 2 + s * STEP, BAND, Markup.length(shade)));
        }
      }
      out.append("</g>\n");
    }
  }

  private static String appears(int point, double seconds) {
    return String.format(
        Locale.ROOT,
        " class=\"h4-dot\" style=\"animation-delay: %.4fs; animation-duration: %.4fs\"",
        point * seconds,
        seconds);
  }
}

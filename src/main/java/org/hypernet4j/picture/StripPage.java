// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.hypernet4j.io.internal.AtomicFiles;

/**
 * Writes {@link TextStrips} as one self-contained HTML page: no script, no font, no other file.
 * Every line of text is a table with a row for each strip; each number is shown where the pointer
 * or a finger is. Colours suit light and dark backgrounds.
 */
public final class StripPage {
  private static final int SHADES = 20;

  private StripPage() {}

  /**
   * Writes the page.
   *
   * @throws org.hypernet4j.error.UserError if the file cannot be written
   */
  public static void write(Path file, TextStrips strips) {
    AtomicFiles.writeString(file, html(strips));
  }

  private static String html(TextStrips strips) {
    StringBuilder out = new StringBuilder(1 << 16);
    String title = Markup.escape(strips.title());
    out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .append("<meta name=\"color-scheme\" content=\"light dark\">\n<title>")
        .append(title)
        .append("</title>\n<style>\n")
        .append(style())
        .append("</style>\n</head>\n<body>\n<main>\n<h1>")
        .append(title)
        .append("</h1>\n<figure>\n<figcaption>\n");
    strips.notes().forEach(note -> out.append("<p>").append(Markup.escape(note)).append("</p>\n"));
    out.append("</figcaption>\n");
    legend(out, strips.strips());
    out.append("<div class=\"text\" translate=\"no\">\n");
    List<double[]> shades = strips.strips().stream().map(TextStrips.Strip::shades).toList();
    for (TextStrips.Line line : strips.lines()) {
      line(out, strips, shades, line);
    }
    out.append("</div>\n</figure>\n</main>\n</body>\n</html>\n");
    return out.toString();
  }

  private static String style() {
    StringBuilder css =
        new StringBuilder(
            """
            :root { color-scheme: light dark; }
            body { margin: 0 auto; padding: 1rem; max-width: 64rem; font-family: sans-serif;
              color: #1a1a1a; background: #fff; }
            h1 { font-size: 1.3rem; }
            figure { margin: 0; }
            .text { overflow-x: auto; }
            .text table { font: 0.85rem/1.35 monospace; border-spacing: 0 2px; margin-bottom: 0.9rem; }
            .text th, .text td { padding: 0; font-weight: normal; width: 1.25ch; min-width: 1.25ch;
              text-align: center; }
            .text th[scope=row] { min-width: 9ch; text-align: left; line-height: 1; font-size: 0.75rem; }
            .text sub { vertical-align: -0.15em; } .text sup { vertical-align: 0.3em; }
            .text sub, .text sup { font-size: 0.7em; }
            .text td { height: 0.95rem; line-height: 0; position: relative; }
            .text td::before { content: ""; position: absolute; inset: 0; }
            .text td:is(:hover, :focus) { outline: 2px solid currentColor; z-index: 1; }
            .text td:focus::after { content: attr(title); position: absolute; left: 50%; bottom: 100%;
              z-index: 2; transform: translate(-50%, -4px); padding: 0.2rem 0.4rem; border-radius: 3px;
              font: 0.8rem/1.2 sans-serif; white-space: nowrap; color: #fff; background: #1a1a1a; }
            .w { opacity: 0.55; }
            sub, sup { line-height: 0; }
            .key sub, .key sup { font-size: 0.75em; }
            .key { border-collapse: collapse; margin: 1rem 0; }
            .key th, .key td { padding: 0.15rem 0.8rem 0.15rem 0; text-align: left; font-weight: normal; }
            .key i { display: inline-block; width: 1.5rem; height: 0.7rem; }
            """);
    StringBuilder dark = new StringBuilder();
    for (TextStrips.Colour colour : TextStrips.Colour.values()) {
      css.append(rule(colour, colour.onWhite));
      dark.append(rule(colour, colour.onBlack));
    }
    // the words of the key have no colour
    css.append(".key td::before { content: none; }\n");
    for (int shade = 0; shade < SHADES; shade++) {
      css.append(
          String.format(
              Locale.ROOT, ".s%d::before { opacity: %.2f; }\n", shade, 1.0 * shade / SHADES));
    }
    return css.append("@media (prefers-color-scheme: dark) {\n")
        .append("body { color: #e8e8e8; background: #161616; }\n")
        .append(".text td:focus::after { color: #161616; background: #e8e8e8; }\n")
        .append(dark)
        .append("}\n")
        .toString();
  }

  /** The colour lies below a cell's number, so that only the colour is thinned. */
  private static String rule(TextStrips.Colour colour, int rgb) {
    return ".%1$s td::before, .%1$s i { background: #%2$06x; }\n".formatted(name(colour), rgb);
  }

  static void legend(StringBuilder out, List<TextStrips.Strip> strips) {
    out.append("<table class=\"key\">\n<thead><tr><th scope=\"col\">Strip</th>")
        .append("<th scope=\"col\">Shows</th><th scope=\"col\">Mean</th>")
        .append("<th scope=\"col\">Full colour from</th></tr></thead>\n<tbody>\n");
    for (TextStrips.Strip strip : strips) {
      out.append("<tr class=\"")
          .append(name(strip.colour()))
          .append("\"><th scope=\"row\"><i></i> ")
          .append(Markup.sign(strip.name()))
          .append("</th><td>")
          .append(Markup.escape(strip.meaning()))
          .append("</td><td>")
          .append(TextStrips.number(strip.mean()))
          .append("</td><td>")
          .append(TextStrips.number(strip.full()))
          .append("</td></tr>\n");
    }
    out.append("</tbody>\n</table>\n");
  }

  private static void line(
      StringBuilder out, TextStrips strips, List<double[]> shades, TextStrips.Line line) {
    out.append("<table>\n<tr><th scope=\"row\">").append(line.from()).append("</th>");
    for (int i = line.from(); i < line.to(); i++) {
      String symbol = strips.symbols().get(i);
      out.append("<th scope=\"col\" title=\"")
          .append(i)
          .append(": ")
          .append(Markup.escape(TextStrips.word(symbol)))
          .append(TextStrips.isPlain(symbol) ? "\">" : "\" class=\"w\">")
          .append(Markup.escape(TextStrips.visible(symbol)))
          .append("</th>");
    }
    out.append("</tr>\n");
    for (int s = 0; s < shades.size(); s++) {
      TextStrips.Strip strip = strips.strips().get(s);
      out.append("<tr class=\"")
          .append(name(strip.colour()))
          .append("\"><th scope=\"row\">")
          .append(Markup.sign(strip.name()))
          .append("</th>");
      for (int i = line.from(); i < line.to(); i++) {
        long shade = Math.round(shades.get(s)[i] * SHADES);
        out.append(shade == SHADES ? "<td" : "<td class=\"s" + shade + "\"")
            .append(" tabindex=\"-1\" title=\"")
            .append(TextStrips.number(strip.values()[i]))
            .append("\"></td>");
      }
      out.append("</tr>\n");
    }
    out.append("</table>\n");
  }

  private static String name(TextStrips.Colour colour) {
    return colour.name().toLowerCase(Locale.ROOT);
  }
}

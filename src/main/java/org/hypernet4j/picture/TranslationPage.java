// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.hypernet4j.io.internal.AtomicFiles;

/**
 * Writes the attention of several translations as one self-contained HTML page: no script, no font,
 * no other file. Each sentence has its {@link HeatMap} by pieces and by words, as tables whose
 * numbers are the tooltips of their cells; wide ones scroll. Colours suit light and dark grounds.
 */
public final class TranslationPage {
  private static final int SHADES = 20;

  private TranslationPage() {}

  /**
   * A sentence of the page.
   *
   * @param source the sentence
   * @param translation the model's translation of it
   * @param attention by pieces
   */
  public record Sentence(String source, String translation, HeatMap attention) {}

  /**
   * Writes the page.
   *
   * @param notes paragraphs that describe the model and the sentences
   * @throws org.hypernet4j.error.UserError if the file cannot be written
   */
  public static void write(Path file, String title, List<String> notes, List<Sentence> sentences) {
    AtomicFiles.writeString(file, html(title, notes, sentences));
  }

  static String html(String title, List<String> notes, List<Sentence> sentences) {
    StringBuilder out = new StringBuilder(1 << 16);
    List<TextStrips.Strip> strips = joined(sentences);
    out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .append("<meta name=\"color-scheme\" content=\"light dark\">\n<title>")
        .append(Markup.escape(title))
        .append("</title>\n<style>\n")
        .append(style())
        .append("</style>\n</head>\n<body>\n<main>\n<h1>")
        .append(Markup.escape(title))
        .append("</h1>\n");
    notes.forEach(note -> out.append("<p>").append(Markup.escape(note)).append("</p>\n"));
    out.append("<p>Rows are the translation, columns the source; the stronger a cell's colour, the")
        .append(" more of the row's attention it has.</p>\n");
    if (!strips.isEmpty()) {
      StripPage.legend(out, strips);
    }
    for (Sentence sentence : sentences) {
      out.append("<section translate=\"no\">\n<h2>")
          .append(Markup.escape(sentence.source))
          .append("</h2>\n<p class=\"to\">")
          .append(Markup.escape(sentence.translation))
          .append("</p>\n<div class=\"maps\">\n");
      figure(out, "Pieces", sentence.attention, strips);
      figure(out, "Words", sentence.attention.words(), strips);
      out.append("</div>\n</section>\n");
    }
    return out.append("</main>\n</body>\n</html>\n").toString();
  }

  /**
   * The strips of all sentences in one, so that a colour means the same in each; none if sentences
   * have different ones.
   */
  private static List<TextStrips.Strip> joined(List<Sentence> sentences) {
    List<List<TextStrips.Strip>> all =
        sentences.stream().map(sentence -> sentence.attention.strips()).toList();
    if (all.stream().map(TranslationPage::names).distinct().count() != 1) {
      return List.of();
    }
    List<TextStrips.Strip> joined = new ArrayList<>();
    for (int s = 0; s < all.get(0).size(); s++) {
      int at = s;
      TextStrips.Strip first = all.get(0).get(s);
      joined.add(
          new TextStrips.Strip(
              first.name(),
              first.meaning(),
              first.colour(),
              all.stream()
                  .flatMapToDouble(strips -> DoubleStream.of(strips.get(at).values()))
                  .toArray()));
    }
    return joined;
  }

  private static List<String> names(List<TextStrips.Strip> strips) {
    return strips.stream().map(TextStrips.Strip::name).toList();
  }

  private static String style() {
    StringBuilder css =
        new StringBuilder(
            """
            :root { color-scheme: light dark; }
            body { margin: 0 auto; padding: 1rem; max-width: 80rem; font-family: sans-serif;
              color: #1a1a1a; background: #fff; }
            h1 { font-size: 1.3rem; }
            h2 { font-size: 1.05rem; margin: 2rem 0 0.2rem; }
            .to { margin: 0 0 0.6rem; }
            .maps { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; align-items: flex-start; }
            figure { margin: 0; max-width: 100%; overflow-x: auto; }
            figcaption { position: sticky; left: 0; font-size: 0.8rem; opacity: 0.75; }
            .map { border-collapse: collapse; font-size: 0.8rem; line-height: 1; }
            .map th { font-weight: normal; white-space: nowrap; padding: 0; }
            .map th[scope=row] { position: sticky; left: 0; background: #fff;
              text-align: right; padding: 0 0.35rem 0 0; }
            .map th[scope=col] { vertical-align: bottom; padding: 0 0 0.25rem; }
            .map th[scope=col] span { display: inline-block; writing-mode: vertical-rl;
              transform: rotate(180deg); }
            .map td { width: 1.2rem; min-width: 1.2rem; height: 1.2rem; padding: 0; }
            .map .a { border: 1px solid #8884; }
            .map .gap { min-width: 0.7rem; width: 0.7rem; }
            .map .strip { width: 1.1rem; min-width: 1.1rem; padding: 1px; }
            .map .strip i { display: block; height: 1.1rem; }
            sub, sup { line-height: 0; font-size: 0.75em; }
            .key { border-collapse: collapse; margin: 1rem 0; font-size: 0.9rem; }
            .key th, .key td { padding: 0.15rem 0.8rem 0.15rem 0; text-align: left; font-weight: normal; }
            .key tbody th { white-space: nowrap; }
            .key i { display: inline-block; width: 1.5rem; height: 0.7rem; }
            """);
    StringBuilder dark = new StringBuilder();
    for (TextStrips.Colour colour : TextStrips.Colour.values()) {
      String rule = ".%s i { background: #%06x; }\n";
      css.append(rule.formatted(name(colour), colour.onWhite));
      dark.append(rule.formatted(name(colour), colour.onBlack));
    }
    for (int shade = 1; shade <= SHADES; shade++) {
      double share = 1.0 * shade / SHADES;
      String rule = ".a%d { background: #%06x%02x; }\n";
      long alpha = Math.round(255 * share);
      css.append(rule.formatted(shade, TextStrips.Colour.BLUE.onWhite, alpha))
          .append(String.format(Locale.ROOT, ".map .s%d { opacity: %.2f; }\n", shade, share));
      dark.append(rule.formatted(shade, TextStrips.Colour.BLUE.onBlack, alpha));
    }
    return css.append("@media (prefers-color-scheme: dark) {\n")
        .append("body, .map th[scope=row] { color: #e8e8e8; background: #161616; }\n")
        .append(dark)
        .append("}\n")
        .toString();
  }

  private static void figure(
      StringBuilder out, String caption, HeatMap map, List<TextStrips.Strip> scales) {
    out.append("<figure tabindex=\"0\">\n<figcaption>")
        .append(caption)
        .append("</figcaption>\n<table class=\"map\">\n<tr><td></td>");
    for (String piece : map.columns()) {
      out.append("<th scope=\"col\"><span>")
          .append(Markup.escape(HeatMap.label(piece)))
          .append("</span></th>");
    }
    out.append(map.strips().isEmpty() ? "" : "<td class=\"gap\"></td>");
    for (TextStrips.Strip strip : map.strips()) {
      out.append("<th scope=\"col\"><span>")
          .append(Markup.sign(strip.name()))
          .append("</span></th>");
    }
    out.append("</tr>\n");
    for (int row = 0; row < map.rows().size(); row++) {
      out.append("<tr><th scope=\"row\">")
          .append(Markup.escape(HeatMap.label(map.rows().get(row))))
          .append("</th>");
      for (int column = 0; column < map.columns().size(); column++) {
        double weight = map.weights()[row][column];
        out.append("<td class=\"a")
            .append(shade(weight) == 0 ? "" : " a" + shade(weight))
            .append("\" title=\"")
            .append(Markup.escape(map.rows().get(row) + " \u2190 " + map.columns().get(column)))
            .append(String.format(Locale.ROOT, ": %.3f\"></td>", weight));
      }
      out.append(map.strips().isEmpty() ? "" : "<td class=\"gap\"></td>");
      for (int s = 0; s < map.strips().size(); s++) {
        strip(
            out, map.strips().get(s), scales.isEmpty() ? map.strips().get(s) : scales.get(s), row);
      }
      out.append("</tr>\n");
    }
    out.append("</table>\n</figure>\n");
  }

  /**
   * A cell of a strip.
   *
   * @param scale the strip whose numbers decide what has the full colour
   */
  private static void strip(
      StringBuilder out, TextStrips.Strip strip, TextStrips.Strip scale, int row) {
    double value = strip.values()[row];
    double full = scale.full();
    long shade = Double.isFinite(value) && full > 0 ? shade(value / full) : 0;
    out.append("<td class=\"strip ")
        .append(name(strip.colour()))
        .append("\" title=\"")
        .append(Markup.escape(strip.name()))
        .append(": ")
        .append(TextStrips.number(value))
        .append(shade == 0 ? "\">" : "\"><i class=\"s" + shade + "\"></i>")
        .append("</td>");
  }

  /** 0 to {@link #SHADES}. */
  private static long shade(double share) {
    return Math.round(SHADES * Math.max(0, Math.min(1, share)));
  }

  private static String name(TextStrips.Colour colour) {
    return colour.name().toLowerCase(Locale.ROOT);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Draws a {@link Scene} as SVG: the ground is transparent, colours suit light and dark, and it
 * shrinks to the width of its page.
 */
final class SceneSvg {
  /** Letters of the usual sans-serif fonts are narrower on average. */
  static final Scene.Letters LETTERS = size -> 0.56 * size;

  /** From the middle of a capital letter to the base line. */
  private static final double BASE = 0.36;

  private SceneSvg() {}

  static String draw(Scene scene) {
    StringBuilder body = new StringBuilder(1 << 13);
    List<Scene.Ink> inks = new ArrayList<>();
    for (Scene.Item item : scene.items()) {
      if (item instanceof Scene.Box box) {
        box(body, box, inks);
      } else if (item instanceof Scene.Line line) {
        line(body, line, inks);
      } else if (item instanceof Scene.Mark mark) {
        mark(body, mark, inks);
      } else if (item instanceof Scene.Text text) {
        text(body, text, inks);
      } else if (item instanceof Scene.TextUp text) {
        textUp(body, text, inks);
      } else if (item instanceof Scene.Raster raster) {
        raster(body, raster);
      }
    }
    StringBuilder out = new StringBuilder(1 << 13);
    PenSvg.begin(out, scene.width(), scene.height(), scene.label(), css(inks));
    return out.append("<g fill=\"currentColor\" font-family=\"sans-serif\">\n")
        .append(body)
        .append("</g>\n</svg>\n")
        .toString();
  }

  private static String css(List<Scene.Ink> inks) {
    StringBuilder light = new StringBuilder(PenSvg.css(false));
    light.append(".h4-pen { max-width: 100%; height: auto; }\n");
    StringBuilder dark = new StringBuilder("@media (prefers-color-scheme: dark) {\n");
    for (Scene.Ink ink : inks) {
      light.append(".%s { color: #%06x; }\n".formatted(name(ink), ink.onWhite()));
      dark.append(".%s { color: #%06x; }\n".formatted(name(ink), ink.onBlack()));
    }
    return inks.isEmpty() ? light.toString() : light.append(dark).append("}\n").toString();
  }

  /** Of the colours themselves: a page may embed several pictures. */
  private static String name(Scene.Ink ink) {
    return "h4-%06x-%06x".formatted(ink.onWhite(), ink.onBlack());
  }

  /** Class and opacity; notes the class. */
  private static String ink(Scene.Ink ink, List<Scene.Ink> inks) {
    Scene.Ink whole = new Scene.Ink(ink.onWhite(), ink.onBlack(), 1);
    String opacity =
        ink.opacity() < 1 ? " opacity=\"%s\"".formatted(Markup.length(ink.opacity())) : "";
    if (whole.equals(Scene.Ink.TEXT)) {
      return opacity;
    }
    if (!inks.contains(whole)) {
      inks.add(whole);
    }
    return " class=\"%s\"".formatted(name(whole)) + opacity;
  }

  private static void box(StringBuilder out, Scene.Box box, List<Scene.Ink> inks) {
    out.append(
        "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"%s/>\n"
            .formatted(
                Markup.length(box.x()),
                Markup.length(box.y()),
                Markup.length(box.width()),
                Markup.length(box.height()),
                ink(box.ink(), inks)));
  }

  private static void line(StringBuilder out, Scene.Line line, List<Scene.Ink> inks) {
    out.append("<path fill=\"none\" stroke=\"currentColor\" stroke-linejoin=\"round\"")
        .append(" stroke-width=\"%s\"".formatted(Markup.length(line.thickness())));
    if (!line.dashes().isEmpty()) {
      String dashes = line.dashes().stream().map(Markup::length).collect(Collectors.joining(" "));
      out.append(" stroke-dasharray=\"%s\"".formatted(dashes));
    }
    out.append(ink(line.ink(), inks)).append(" d=\"");
    for (int i = 0; i < line.x().length; i++) {
      out.append(i == 0 ? 'M' : 'L')
          .append(Markup.length(line.x()[i]))
          .append(' ')
          .append(Markup.length(line.y()[i]));
    }
    out.append("\"/>\n");
  }

  private static void mark(StringBuilder out, Scene.Mark mark, List<Scene.Ink> inks) {
    String attributes = ink(mark.ink(), inks);
    double[] corners = mark.shape().corners();
    if (corners.length == 0) {
      out.append(
          "<circle cx=\"%s\" cy=\"%s\" r=\"%s\"%s/>\n"
              .formatted(
                  Markup.length(mark.x()),
                  Markup.length(mark.y()),
                  Markup.length(mark.radius()),
                  attributes));
      return;
    }
    out.append("<path%s d=\"".formatted(attributes));
    for (int i = 0; i < corners.length; i += 2) {
      out.append(i == 0 ? 'M' : 'L')
          .append(Markup.length(mark.x() + mark.radius() * corners[i]))
          .append(' ')
          .append(Markup.length(mark.y() + mark.radius() * corners[i + 1]));
    }
    out.append("Z\"/>\n");
  }

  private static void text(StringBuilder out, Scene.Text text, List<Scene.Ink> inks) {
    out.append(
            "<text x=\"%s\" y=\"%s\" font-size=\"%s\" text-anchor=\"%s\"%s%s>"
                .formatted(
                    Markup.length(text.x()),
                    Markup.length(text.y() + BASE * text.size()),
                    Markup.length(text.size()),
                    text.anchor().name().toLowerCase(Locale.ROOT),
                    text.bold() ? " font-weight=\"bold\"" : "",
                    ink(text.ink(), inks)))
        .append(Markup.escape(text.text()))
        .append("</text>\n");
  }

  private static void textUp(StringBuilder out, Scene.TextUp text, List<Scene.Ink> inks) {
    out.append(
            "<text transform=\"translate(%s %s) rotate(-90)\" font-size=\"%s\"%s>"
                .formatted(
                    Markup.length(text.x() + BASE * text.size()),
                    Markup.length(text.y()),
                    Markup.length(text.size()),
                    ink(text.ink(), inks)))
        .append(Markup.escape(text.text()))
        .append("</text>\n");
  }

  private static void raster(StringBuilder out, Scene.Raster raster) {
    byte[] png = PngFile.bytes(raster.image().buffered());
    out.append(
            "<image x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" preserveAspectRatio=\"none\""
                .formatted(
                    Markup.length(raster.x()),
                    Markup.length(raster.y()),
                    Markup.length(raster.width()),
                    Markup.length(raster.height())))
        .append(" style=\"image-rendering: pixelated\" href=\"data:image/png;base64,")
        .append(Base64.getEncoder().encodeToString(png))
        .append("\"/>\n");
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.nio.file.Path;
import java.util.Locale;
import org.hypernet4j.io.internal.AtomicFiles;

/**
 * Writes a {@link DrawingGrid} as SVG or PNG. Three quarters of the drawings, or of those in the
 * rows apart if there are such, have one scale; larger ones are made smaller until they fit into
 * their cells, which are square unless most drawings are wide or high. The style's size is that of
 * a cell's longer side.
 */
public final class GridPicture {
  private static final int SVG_LETTER = 8;
  private static final int SVG_LINE = 22;
  private static final int PNG_LINE = Picture.LINE + 6;
  private static final int RULE = 0xbbbbbb;

  private GridPicture() {}

  /**
   * Writes the grid as SVG, its colours for light and dark grounds.
   *
   * @throws org.hypernet4j.error.UserError if the file cannot be written
   */
  public static void writeSvg(Path file, DrawingGrid grid, DrawingStyle style) {
    AtomicFiles.writeString(file, svg(grid, style, false));
  }

  /**
   * Writes the grid as an SVG whose drawings draw themselves, once, all beginning together.
   *
   * @throws org.hypernet4j.error.UserError if the file cannot be written
   */
  public static void writeAnimatedSvg(Path file, DrawingGrid grid, DrawingStyle style) {
    AtomicFiles.writeString(file, svg(grid, style, true));
  }

  /**
   * Writes the grid as PNG on white. Captions are ASCII; other letters are boxes.
   *
   * @throws org.hypernet4j.error.UserError if the picture would have more than 100 million pixels,
   *     or the file cannot be written
   */
  public static void writePng(Path file, DrawingGrid grid, DrawingStyle style) {
    GridLayout layout = GridLayout.of(grid, style, Picture.LETTER, PNG_LINE);
    PngFile.requireSize(
        file.toString(),
        layout.width(),
        layout.height(),
        layout.drawings().size() + " drawings",
        "show fewer drawings, or smaller ones");
    Picture picture = new Picture(layout.width(), layout.height());
    for (int rule : layout.rules()) {
      picture.fill(0, rule, layout.width(), 1, RULE);
    }
    for (GridLayout.Caption caption : layout.captions()) {
      int width = caption.text().codePointCount(0, caption.text().length()) * Picture.LETTER;
      double left =
          switch (caption.anchor()) {
            case START -> caption.x();
            case MIDDLE -> caption.x() - width / 2.0;
            case END -> caption.x() - width;
          };
      // letters without tails are 7 of 9 pixels high
      int top = (int) Math.round(caption.y() - 3.5 * Picture.ZOOM);
      picture.text((int) Math.max(0, Math.round(left)), top, caption.text(), Picture.BLACK);
    }
    for (PenFit drawing : layout.drawings()) {
      picture.strokes(drawing, layout.line(), style.byStroke());
    }
    picture.write(file);
  }

  static String svg(DrawingGrid grid, DrawingStyle style, boolean animated) {
    GridLayout layout = GridLayout.of(grid, style, SVG_LETTER, SVG_LINE);
    StringBuilder out = new StringBuilder(1 << 14);
    String label = grid.title().isEmpty() ? "drawings" : grid.title();
    PenSvg.begin(
        out,
        layout.width(),
        layout.height(),
        label + String.format(Locale.ROOT, ": %d drawings", layout.drawings().size()),
        PenSvg.css(style.byStroke()) + (animated ? PenSvg.animation() : ""));
    for (int rule : layout.rules()) {
      out.append("<path d=\"M0 ")
          .append(rule)
          .append("H")
          .append(layout.width())
          .append("\" stroke=\"currentColor\" opacity=\"0.3\"/>\n");
    }
    out.append("<g fill=\"currentColor\" font-family=\"sans-serif\" font-size=\"14\">\n");
    for (GridLayout.Caption caption : layout.captions()) {
      out.append("<text x=\"")
          .append(Markup.length(caption.x()))
          .append("\" y=\"")
          .append(Markup.length(caption.y() + 5)) // half the height of a capital letter
          .append("\" text-anchor=\"")
          .append(caption.anchor().name().toLowerCase(Locale.ROOT))
          .append("\">")
          .append(Markup.escape(caption.text()))
          .append("</text>\n");
    }
    out.append("</g>\n");
    int longest =
        layout.drawings().stream().mapToInt(fit -> fit.path().x.length).max().orElseThrow();
    double seconds = DrawingSvg.seconds(longest);
    for (PenFit drawing : layout.drawings()) {
      if (animated) {
        PenSvg.animated(out, drawing, layout.line(), style.byStroke(), 0, seconds);
      } else {
        PenSvg.still(out, drawing, layout.line(), style.byStroke());
      }
    }
    return out.append("</svg>\n").toString();
  }
}

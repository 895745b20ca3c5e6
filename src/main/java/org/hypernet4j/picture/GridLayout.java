// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.hypernet4j.pen.PenDrawing;

/**
 * The places in a picture of a {@link DrawingGrid}. Three quarters of the drawings have one scale,
 * as large as their cells allow; larger ones are made smaller until they fit. If there are rows
 * apart, such as the data, they alone decide the scale and the shape of the cells.
 *
 * @param line width of the pen
 * @param drawings row by row
 * @param captions of title, columns and rows
 * @param rules heights of the lines between rows
 */
record GridLayout(
    int width,
    int height,
    double line,
    List<PenFit> drawings,
    List<Caption> captions,
    List<Integer> rules) {

  private static final double LINE = 0.025;
  private static final double PADDING = 0.09;

  /** How a caption lies relative to its place. */
  enum Anchor {
    START,
    MIDDLE,
    END
  }

  /**
   * A line of text.
   *
   * @param x its start, middle or end
   * @param y its vertical middle
   */
  record Caption(String text, double x, double y, Anchor anchor) {}

  /**
   * Lays out a grid.
   *
   * @param letter pixels from one letter to the next
   * @param textLine pixels from one line of text to the next
   */
  static GridLayout of(DrawingGrid grid, DrawingStyle style, int letter, int textLine) {
    List<List<PenPath>> paths =
        grid.rows().stream()
            .map(row -> row.drawings().stream().map(d -> path(d, style)).toList())
            .toList();
    List<PenPath> leading = leading(grid, paths);
    double aspect = aspect(leading);
    int cellWidth = (int) Math.round(aspect >= 1 ? style.size() : style.size() * aspect);
    int cellHeight = (int) Math.round(aspect >= 1 ? style.size() / aspect : style.size());
    int padding = (int) Math.ceil(PADDING * Math.min(cellWidth, cellHeight));
    int innerWidth = cellWidth - 2 * padding;
    int innerHeight = cellHeight - 2 * padding;
    double scale = quantile(leading, 0.25, path -> PenFit.scale(path, innerWidth, innerHeight));

    int names = grid.rows().stream().mapToInt(row -> letters(row.caption())).max().orElse(0);
    int left = names == 0 ? 0 : names * letter + textLine / 2;
    List<Caption> captions = new ArrayList<>();
    int top = 0;
    if (!grid.title().isEmpty()) {
      captions.add(new Caption(grid.title(), padding, textLine, Anchor.START));
      top = 2 * textLine;
    }
    int columns = Math.min(grid.columns().size(), grid.width());
    for (int c = 0; c < columns; c++) {
      captions.add(
          new Caption(
              grid.columns().get(c),
              left + (c + 0.5) * cellWidth,
              top + textLine / 2.0,
              Anchor.MIDDLE));
    }
    top += columns > 0 ? textLine : 0;

    List<PenFit> drawings = new ArrayList<>();
    List<Integer> rules = new ArrayList<>();
    for (int r = 0; r < paths.size(); r++) {
      DrawingGrid.Row row = grid.rows().get(r);
      if (row.apart() && r > 0) {
        rules.add(top + padding / 2);
        top += padding;
      }
      if (!row.caption().isEmpty()) {
        captions.add(
            new Caption(row.caption(), left - textLine / 4.0, top + cellHeight / 2.0, Anchor.END));
      }
      for (int c = 0; c < paths.get(r).size(); c++) {
        drawings.add(
            PenFit.centred(
                paths.get(r).get(c),
                left + c * cellWidth + padding,
                top + padding,
                innerWidth,
                innerHeight,
                scale));
      }
      top += cellHeight;
    }
    int titleWidth = letters(grid.title()) * letter + 2 * padding;
    return new GridLayout(
        Math.max(left + grid.width() * cellWidth, titleWidth),
        top,
        LINE * Math.min(cellWidth, cellHeight),
        drawings,
        captions,
        rules);
  }

  /** The drawings that decide the scale: those in rows apart, or all if there are no such rows. */
  private static List<PenPath> leading(DrawingGrid grid, List<List<PenPath>> paths) {
    List<PenPath> apart = new ArrayList<>();
    for (int r = 1; r < paths.size(); r++) {
      if (grid.rows().get(r).apart() || !apart.isEmpty()) {
        apart.addAll(paths.get(r));
      }
    }
    return apart.isEmpty() ? paths.stream().flatMap(List::stream).toList() : apart;
  }

  private static PenPath path(PenDrawing drawing, DrawingStyle style) {
    return new PenPath(drawing, style.startsDown(), style.given());
  }

  private static int letters(String text) {
    return text.codePointCount(0, text.length());
  }

  /** Width by height of a cell: square, unless most drawings are clearly wide or high. */
  private static double aspect(List<PenPath> paths) {
    double middle = quantile(paths, 0.5, path -> path.width / path.height);
    if (!(middle < 2 / 3.0 || middle > 1.5)) {
      return 1;
    }
    return Math.max(0.5, Math.min(10, middle));
  }

  /** A quantile of what is finite and positive; infinity if nothing is. */
  private static double quantile(
      List<PenPath> paths, double share, ToDoubleFunction<PenPath> value) {
    double[] sorted =
        paths.stream()
            .mapToDouble(value)
            .filter(v -> v > 0 && Double.isFinite(v))
            .sorted()
            .toArray();
    return sorted.length == 0
        ? Double.POSITIVE_INFINITY
        : sorted[(int) Math.floor(share * (sorted.length - 1))];
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.hypernet4j.pen.PenDrawing;
import org.hypernet4j.picture.DrawingGrid;

/** Arranges the drawings of a {@link SketchBook}: a row a temperature, the data in the last. */
final class SketchGrid {
  /** Drawings of one temperature in a line at most. */
  private static final int COLUMNS = 10;

  /** The same of lines that say a text. */
  private static final int WRITTEN = 2;

  /** The place of a drawing that the model ended before its first point. */
  private static final PenDrawing DOT = PenDrawing.of("dot", new float[] {0, 0, 1});

  private SketchGrid() {}

  static DrawingGrid of(String name, SketchSettings settings, SketchBook.Page page) {
    if (settings.between() != null) {
      return between(name, settings, page);
    }
    List<DrawingGrid.Row> rows = new ArrayList<>();
    boolean several = page.rows().size() > 1;
    for (SketchBook.Row row : page.rows()) {
      String caption = several || !page.data().isEmpty() ? number(row.temperature()) : "";
      lines(rows, caption, drawings(row), columns(page, drawings(row).size()), false);
    }
    lines(rows, "data", page.data(), columns(page, page.data().size()), true);
    String temperature =
        several ? "by temperature" : "temperature " + number(settings.temperatures().get(0));
    return new DrawingGrid(name + ", " + temperature + bias(settings), List.of(), rows);
  }

  /** One line for each temperature, however many drawings; else as many lines as it takes. */
  private static int columns(SketchBook.Page page, int drawings) {
    if (page.rows().size() > 1) {
      return Math.max(1, drawings);
    }
    return page.rows().get(0).texts().get(0) == null ? COLUMNS : WRITTEN;
  }

  private static void lines(
      List<DrawingGrid.Row> rows,
      String caption,
      List<PenDrawing> drawings,
      int width,
      boolean apart) {
    for (int from = 0; from < drawings.size(); from += width) {
      rows.add(
          new DrawingGrid.Row(
              from == 0 ? caption : "",
              drawings.subList(from, Math.min(drawings.size(), from + width)),
              apart && from == 0));
    }
  }

  private static DrawingGrid between(String name, SketchSettings settings, SketchBook.Page page) {
    List<String> columns = new ArrayList<>();
    columns.add("data");
    int steps = page.rows().get(0).samples().size();
    for (int i = 0; i < steps; i++) {
      columns.add(String.format(Locale.ROOT, "%.2f", i / (steps - 1.0)));
    }
    columns.add("data");
    List<DrawingGrid.Row> rows = new ArrayList<>();
    for (SketchBook.Row row : page.rows()) {
      List<PenDrawing> drawings = drawings(row);
      drawings.add(0, page.data().get(0));
      drawings.add(page.data().get(1));
      rows.add(
          DrawingGrid.Row.of(page.rows().size() == 1 ? "" : number(row.temperature()), drawings));
    }
    return new DrawingGrid(
        name + ", from one drawing to another, temperature " + numbers(settings) + bias(settings),
        columns,
        rows);
  }

  private static List<PenDrawing> drawings(SketchBook.Row row) {
    List<PenDrawing> drawings = new ArrayList<>();
    row.samples().forEach(one -> drawings.add(one.whole() == null ? DOT : one.whole()));
    return drawings;
  }

  private static String numbers(SketchSettings settings) {
    return String.join(", ", settings.temperatures().stream().map(SketchGrid::number).toList());
  }

  static String bias(SketchSettings settings) {
    return settings.bias() == 0 ? "" : ", bias " + number(settings.bias());
  }

  /** {@code 1} for 1.0, {@code 0.3} for 0.3. */
  static String number(float value) {
    return value == Math.rint(value) && Math.abs(value) < 1e6
        ? Integer.toString((int) value)
        : Float.toString(value);
  }
}

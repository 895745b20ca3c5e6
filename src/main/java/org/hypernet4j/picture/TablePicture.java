// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.picture.GridLayout.Anchor;

/**
 * A table as a picture: names, and columns of numbers with a bar behind each, as long as the number
 * is large within its column.
 *
 * @param title above it
 * @param head of the columns; a comma begins its second line, the unit
 * @param rows as many cells as the head has
 * @param values the numbers in the cells, without the column of names; NaN for none
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record TablePicture(
    String title, List<String> head, List<List<String>> rows, double[][] values) {
  private static final double MARGIN = 12;
  private static final double TITLE = 16;
  private static final double LETTER = 14;
  private static final double ROW = 26;
  private static final double GAP = 20;
  private static final double BAR = 0.35;

  private static final Scene.Ink INK =
      new Scene.Ink(TextStrips.Colour.BLUE.onWhite, TextStrips.Colour.BLUE.onBlack, BAR);

  /** Copies, and checks the sizes. */
  public TablePicture {
    head = List.copyOf(head);
    rows = rows.stream().map(List::copyOf).toList();
    values = Arrays.stream(values).map(double[]::clone).toArray(double[][]::new);
    int columns = head.size();
    if (rows.stream().anyMatch(row -> row.size() != columns)
        || values.length != rows.size()
        || Arrays.stream(values).anyMatch(row -> row.length != columns - 1)) {
      throw new IllegalArgumentException(title + ": rows of different lengths");
    }
  }

  /**
   * Writes the table as SVG, its colours for light and dark grounds.
   *
   * @throws org.hypernet4j.error.UserError if the file cannot be written
   */
  public void writeSvg(Path file) {
    AtomicFiles.writeString(file, SceneSvg.draw(scene(SceneSvg.LETTERS)));
  }

  /**
   * Writes the table as PNG on white. Letters that the built-in font lacks are boxes.
   *
   * @throws org.hypernet4j.error.UserError if the picture is too large, or the file cannot be
   *     written
   */
  public void writePng(Path file) {
    ScenePng.write(file, scene(ScenePng.LETTERS));
  }

  Scene scene(Scene.Letters letters) {
    List<Scene.Item> items = new ArrayList<>();
    double[] widths = new double[head.size()];
    double right = MARGIN;
    for (int c = 0; c < widths.length; c++) {
      int column = c;
      for (String line : lines(head.get(c))) {
        widths[c] = Math.max(widths[c], letters.width(line, LETTER));
      }
      widths[c] =
          rows.stream()
              .mapToDouble(row -> letters.width(row.get(column), LETTER))
              .reduce(widths[c], Math::max);
      right += widths[c] + (c == 0 ? 0 : GAP);
    }
    right = Math.max(right, MARGIN + letters.width(title, TITLE));
    double y = MARGIN + TITLE / 2;
    items.add(new Scene.Text(title, MARGIN, y, TITLE, true, Anchor.START, Scene.Ink.TEXT));
    y += TITLE + LETTER;
    heads(items, widths, y);
    y += 2.4 * LETTER;
    items.add(Scene.Line.straight(MARGIN, y, right, y, 1, Scene.Ink.TEXT.thinned(0.5)));
    double[] most = largest();
    for (int r = 0; r < rows.size(); r++) {
      row(items, r, widths, most, y + ROW * (r + 0.5));
    }
    double bottom = y + ROW * rows.size() + MARGIN;
    return new Scene(
        (int) Math.ceil(right + MARGIN), (int) Math.ceil(bottom), title, List.copyOf(items));
  }

  private void heads(List<Scene.Item> items, double[] widths, double y) {
    double x = MARGIN;
    for (int c = 0; c < widths.length; c++) {
      x += widths[c] + (c == 0 ? 0 : GAP);
      List<String> lines = lines(head.get(c));
      for (int i = 0; i < lines.size(); i++) {
        items.add(
            new Scene.Text(
                lines.get(i),
                c == 0 ? MARGIN : x,
                y + i * LETTER * 1.2,
                LETTER,
                i == 0,
                c == 0 ? Anchor.START : Anchor.END,
                Scene.Ink.TEXT));
      }
    }
  }

  private void row(List<Scene.Item> items, int r, double[] widths, double[] most, double y) {
    double x = MARGIN;
    for (int c = 0; c < widths.length; c++) {
      x += widths[c] + (c == 0 ? 0 : GAP);
      if (c > 0 && Math.abs(values[r][c - 1]) <= most[c - 1] && most[c - 1] > 0) {
        double bar = widths[c] * Math.abs(values[r][c - 1]) / most[c - 1];
        items.add(new Scene.Box(x - widths[c], y - ROW * 0.38, bar, ROW * 0.76, INK));
      }
      items.add(
          new Scene.Text(
              rows.get(r).get(c),
              c == 0 ? MARGIN : x,
              y,
              LETTER,
              false,
              c == 0 ? Anchor.START : Anchor.END,
              Scene.Ink.TEXT));
    }
  }

  /** The largest size of a finite number in each column, 0 if there is none. */
  private double[] largest() {
    double[] most = new double[head.size() - 1];
    for (double[] row : values) {
      for (int c = 0; c < row.length; c++) {
        most[c] = Double.isFinite(row[c]) ? Math.max(most[c], Math.abs(row[c])) : most[c];
      }
    }
    return most;
  }

  private static List<String> lines(String head) {
    return List.of(head.split(", ", 2));
  }
}

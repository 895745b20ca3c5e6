// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.picture.GridLayout.Anchor;

/**
 * Grey images side by side in square cells of one size, such as digits beside what networks made of
 * them. Images may differ in resolution; each fills its cell, its pixels sharp.
 *
 * @param title above the images; may be empty
 * @param columns captions above the columns; fewer than there are, or none, leave the others bare
 * @param rows from top to bottom, at least one image in all
 * @param cell pixels of a side of a cell
 */
public record ImageGrid(String title, List<String> columns, List<Row> rows, int cell) {
  private static final double GAP = 4;
  private static final double MARGIN = 8;
  private static final double LINE_HEIGHT = 1.4;

  /** Letters stay legible when a page makes a wide grid as small as a phone. */
  private static final double LETTERS = 0.03;

  private static final double SMALLEST_LETTERS = 14;

  /** Copies the lists. */
  public ImageGrid {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
    if (cell < 8 || rows.stream().allMatch(row -> row.images().isEmpty())) {
      throw new IllegalArgumentException("a grid without images, or with cells of " + cell);
    }
  }

  /**
   * A row of images.
   *
   * @param caption above the row; may be empty
   */
  public record Row(String caption, List<GreyImage> images) {
    /** Copies the list. */
    public Row {
      images = List.copyOf(images);
    }
  }

  /**
   * Writes the grid as SVG, its letters for light and dark grounds.
   *
   * @throws org.hypernet4j.error.UserError if the file cannot be written
   */
  public void writeSvg(Path file) {
    AtomicFiles.writeString(file, svg());
  }

  /**
   * Writes the grid as PNG on white. Letters that the built-in font lacks are boxes.
   *
   * @throws org.hypernet4j.error.UserError if the picture would have more than 100 million pixels,
   *     or the file cannot be written
   */
  public void writePng(Path file) {
    ScenePng.write(file, scene(ScenePng.LETTERS));
  }

  String svg() {
    return SceneSvg.draw(scene(SceneSvg.LETTERS));
  }

  private Scene scene(Scene.Letters letters) {
    int widest = rows.stream().mapToInt(row -> row.images().size()).max().orElseThrow();
    double size = Math.max(SMALLEST_LETTERS, LETTERS * (2 * MARGIN + widest * (cell + GAP)));
    double step = cell + GAP;
    for (String column : columns) {
      step = Math.max(step, letters.width(column, size) + 2 * GAP);
    }
    double width = 2 * MARGIN + Math.max(widest * step - GAP, captions(letters, size));
    List<Scene.Item> items = new ArrayList<>();
    double y = MARGIN;
    if (!title.isEmpty()) {
      y = caption(items, title, y, size, true);
    }
    boolean titled = false;
    for (int c = 0; c < Math.min(widest, columns.size()); c++) {
      double middle = MARGIN + c * step + (step - GAP) / 2;
      titled = true;
      items.add(
          new Scene.Text(
              columns.get(c),
              middle,
              y + size * LINE_HEIGHT / 2,
              size,
              false,
              Anchor.MIDDLE,
              Scene.Ink.TEXT));
    }
    y += titled ? size * LINE_HEIGHT : 0;
    for (Row row : rows) {
      if (!row.caption().isEmpty()) {
        y = caption(items, row.caption(), y, size, false);
      }
      for (int c = 0; c < row.images().size(); c++) {
        double x = MARGIN + c * step + (step - GAP - cell) / 2;
        // a frame: black images would end nowhere on a dark page
        items.add(new Scene.Box(x - 1, y - 1, cell + 2, cell + 2, Scene.Ink.TEXT.thinned(0.3)));
        items.add(new Scene.Raster(row.images().get(c), x, y, cell, cell));
      }
      y += row.images().isEmpty() ? 0 : cell + GAP;
    }
    int images = rows.stream().mapToInt(row -> row.images().size()).sum();
    return new Scene(
        (int) Math.ceil(width),
        (int) Math.ceil(y + MARGIN - GAP),
        (title.isEmpty() ? "images" : title) + ": %d images".formatted(images),
        items);
  }

  private double captions(Scene.Letters letters, double size) {
    double widest = letters.width(title, size);
    for (Row row : rows) {
      widest = Math.max(widest, letters.width(row.caption(), size));
    }
    return widest;
  }

  private static double caption(
      List<Scene.Item> items, String text, double y, double size, boolean bold) {
    double middle = y + size * LINE_HEIGHT / 2;
    items.add(new Scene.Text(text, MARGIN, middle, size, bold, Anchor.START, Scene.Ink.TEXT));
    return y + size * LINE_HEIGHT;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.util.List;
import org.hypernet4j.pen.PenDrawing;

/**
 * Drawings side by side, for example a row for each temperature and the data in the last.
 *
 * @param title above the drawings; may be empty
 * @param columns captions above the columns; fewer than there are, or none, leave the others bare
 * @param rows from top to bottom, at least one drawing in all
 */
public record DrawingGrid(String title, List<String> columns, List<Row> rows) {

  /**
   * A row of drawings.
   *
   * @param caption at the left; may be empty
   * @param drawings from left to right; rows may differ in number
   * @param apart whether a line separates it from the row above
   */
  public record Row(String caption, List<PenDrawing> drawings, boolean apart) {
    /** Copies the list. */
    public Row {
      drawings = List.copyOf(drawings);
    }

    /** A row without a line above. */
    public static Row of(String caption, List<PenDrawing> drawings) {
      return new Row(caption, drawings, false);
    }
  }

  /** Copies the lists. */
  public DrawingGrid {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
    if (rows.stream().allMatch(row -> row.drawings().isEmpty())) {
      throw new IllegalArgumentException("a grid without drawings");
    }
  }

  /** Number of drawings in the longest row. */
  int width() {
    return rows.stream().mapToInt(row -> row.drawings().size()).max().orElseThrow();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.pen;

import java.util.Arrays;
import org.hypernet4j.error.UserError;

/**
 * A drawing in the form called stroke-3: a row {@code dx, dy, pen} for each point. The offset is
 * that from the point before, y pointing down; the first is that from wherever the pen was. The pen
 * is 1 if it is lifted after the point, else 0: a point belongs to the stroke that it ends, and the
 * offset after it draws nothing.
 *
 * <p>Sources: Graves, arXiv:1308.0850, section 4; Ha and Eck, arXiv:1704.03477, section 3.1.
 */
public final class PenDrawing {
  /** Columns of a row. */
  public static final int COLUMNS = 3;

  /** Points of a drawing at most: far more than a page of handwriting has. */
  public static final int MOST_POINTS = 100_000;

  private final float[] rows;

  private PenDrawing(float[] rows) {
    this.rows = rows;
  }

  /**
   * Makes a drawing.
   *
   * @param where the source, for error messages: {@code train drawing 17 of strokes.npz}
   * @param rows {@code [points, 3]}, row-major; copied
   * @throws UserError if there is no point, there are more than {@link #MOST_POINTS}, an offset is
   *     not finite, or a pen is neither 0 nor 1
   */
  public static PenDrawing of(String where, float[] rows) {
    if (rows.length == 0 || rows.length % COLUMNS != 0) {
      throw UserError.in(where)
          .what(rows.length == 0 ? "the drawing is empty" : "the last point is incomplete")
          .expected("rows of dx, dy, pen")
          .received(rows.length + " numbers")
          .build();
    }
    int points = rows.length / COLUMNS;
    if (points > MOST_POINTS) {
      throw UserError.in(where)
          .what("the drawing has too many points")
          .expected("at most " + MOST_POINTS)
          .received(points)
          .next("cut it into several drawings")
          .build();
    }
    for (int i = 0; i < points; i++) {
      requirePoint(where, rows, i);
    }
    return new PenDrawing(rows.clone());
  }

  private static void requirePoint(String where, float[] rows, int point) {
    for (int column = 0; column < 2; column++) {
      float offset = rows[point * COLUMNS + column];
      if (!Float.isFinite(offset)) {
        throw UserError.in(where)
            .what("point " + point + " (counted from 0) has no place")
            .expected("finite numbers dx and dy")
            .received((column == 0 ? "dx " : "dy ") + offset)
            .build();
      }
    }
    float pen = rows[point * COLUMNS + 2];
    if (pen != 0 && pen != 1) {
      throw UserError.in(where)
          .what("point " + point + " (counted from 0) has a pen that is neither down nor lifted")
          .expected("0 for down, 1 for lifted after this point")
          .received(pen)
          .build();
    }
  }

  /** Number of points, at least 1. */
  public int points() {
    return rows.length / COLUMNS;
  }

  /** The offset of a point to the right. */
  public float dx(int point) {
    return rows[point * COLUMNS];
  }

  /** The offset of a point downwards. */
  public float dy(int point) {
    return rows[point * COLUMNS + 1];
  }

  /** Whether the pen is lifted after a point. */
  public boolean lifted(int point) {
    return rows[point * COLUMNS + 2] == 1;
  }

  /** Number of strokes; one that has not ended with the drawing counts. */
  public int strokes() {
    int strokes = 0;
    for (int i = 0; i < points(); i++) {
      if (lifted(i) || i + 1 == points()) {
        strokes++;
      }
    }
    return strokes;
  }

  /**
   * Some of the points.
   *
   * @param from the first
   * @param to one past the last
   */
  public PenDrawing slice(int from, int to) {
    if (from < 0 || to > points() || from >= to) {
      throw new IllegalArgumentException(
          "points " + from + " to " + to + " of a drawing of " + points());
    }
    return new PenDrawing(Arrays.copyOfRange(rows, from * COLUMNS, to * COLUMNS));
  }

  /** A copy of the rows, {@code [points, 3]}, row-major. */
  public float[] rows() {
    return rows.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PenDrawing drawing && Arrays.equals(rows, drawing.rows);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(rows);
  }

  @Override
  public String toString() {
    return "drawing of " + points() + " points";
  }
}

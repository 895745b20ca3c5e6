// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.Arrays;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;

/**
 * Collects the places of a pen, stroke by stroke, and turns them into offsets.
 *
 * <p>A drawing begins where its first point is, with the pen down: that point is the origin and has
 * no row, unless it is a stroke by itself, a dot, which is the row {@code 0, 0, 1}.
 */
final class PenTrack {
  private final String where;
  private double[] places = new double[2 * 64];
  private boolean[] lifts = new boolean[64];
  private int points;
  private int dropped;

  /**
   * Begins a drawing.
   *
   * @param where the source, for error messages
   */
  PenTrack(String where) {
    this.where = where;
  }

  /** Adds a point, x to the right and y down. */
  void point(double x, double y) {
    if (points > PenDrawing.MOST_POINTS) {
      throw UserError.in(where)
          .what("the drawing has too many points")
          .expected("at most " + PenDrawing.MOST_POINTS)
          .received("more")
          .next("cut it into several drawings")
          .build();
    }
    if (points == lifts.length) {
      places = Arrays.copyOf(places, 2 * places.length);
      lifts = Arrays.copyOf(lifts, 2 * lifts.length);
    }
    places[2 * points] = x;
    places[2 * points + 1] = y;
    lifts[points] = false;
    points++;
  }

  /** Ends a stroke; one without a point is counted and forgotten. */
  void lift() {
    if (points == 0 || lifts[points - 1]) {
      dropped++;
    } else {
      lifts[points - 1] = true;
    }
  }

  /** Number of points so far, the first included. */
  int points() {
    return points;
  }

  /** Number of strokes without a point. */
  int emptyStrokes() {
    return dropped;
  }

  /**
   * The drawing.
   *
   * @throws UserError if there is no point or an offset is too large for a float
   */
  PenDrawing drawing() {
    int first = points > 1 && !lifts[0] ? 1 : 0;
    float[] rows = new float[PenDrawing.COLUMNS * (points - first)];
    for (int i = first; i < points; i++) {
      int row = PenDrawing.COLUMNS * (i - first);
      rows[row] = i == 0 ? 0 : (float) (places[2 * i] - places[2 * i - 2]);
      rows[row + 1] = i == 0 ? 0 : (float) (places[2 * i + 1] - places[2 * i - 1]);
      rows[row + 2] = lifts[i] ? 1 : 0;
    }
    return PenDrawing.of(where, rows);
  }
}

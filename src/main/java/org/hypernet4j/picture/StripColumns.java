// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.util.Arrays;
import org.hypernet4j.pen.PenDrawing;

/**
 * The columns of the strips of a {@link Writing}, and the points that each shows.
 *
 * @param place whether columns are places of the pen, else points in time
 * @param count number of columns
 * @param from first column of each point
 * @param to last column of each point; a drawn line fills those between its ends
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
record StripColumns(boolean place, int count, int[] from, int[] to) {
  /** How far handwriting goes back, to dot an i, as a share of its width. */
  private static final double BACK = 1 / 3.0;

  private static final int MOST = 600;
  private static final int FEWEST_PLACES = 100;
  private static final int MOST_PLACES = 400;

  static StripColumns of(PenDrawing drawing, Writing.Axis axis, DrawingFrame frame) {
    PenPath path = frame.fit().path();
    boolean place =
        switch (axis) {
          case PLACE -> true;
          case TIME -> false;
          case AUTO -> runsRight(path);
        };
    int points = drawing.points();
    int[] from = new int[points];
    int[] to = new int[points];
    if (!place) {
      int count = Math.min(points, MOST);
      for (int i = 0; i < points; i++) {
        from[i] = (int) ((long) i * count / points);
        to[i] = from[i];
      }
      return new StripColumns(false, count, from, to);
    }
    int count = Math.max(FEWEST_PLACES, Math.min(MOST_PLACES, points / 2));
    for (PenPath.Stroke stroke : path.strokes) {
      for (int v = Math.max(1, stroke.first()); v <= stroke.last(); v++) {
        int here = column(frame, v, count);
        int before = v > stroke.first() ? column(frame, v - 1, count) : here;
        from[v - 1] = Math.min(here, before);
        to[v - 1] = Math.max(here, before);
      }
    }
    return new StripColumns(true, count, from, to);
  }

  private static int column(DrawingFrame frame, int vertex, int count) {
    int column = (int) Math.floor(frame.fit().x(vertex) / frame.width() * count);
    return Math.max(0, Math.min(count - 1, column));
  }

  private static boolean runsRight(PenPath path) {
    double most = Double.NEGATIVE_INFINITY;
    double back = 0;
    for (int v = path.first(); v < path.x.length; v++) {
      most = Math.max(most, path.x[v]);
      back = Math.max(back, most - path.x[v]);
    }
    return path.width > 2 * path.height && back < BACK * path.width;
  }

  /** The largest of the numbers that each column shows, {@code [count]}; NaN where it has none. */
  double[] largest(double[] values) {
    double[] columns = new double[count];
    Arrays.fill(columns, Double.NaN);
    for (int i = 0; i < values.length; i++) {
      for (int c = from[i]; c <= to[i] && Double.isFinite(values[i]); c++) {
        columns[c] = Double.isNaN(columns[c]) ? values[i] : Math.max(columns[c], values[i]);
      }
    }
    return columns;
  }
}

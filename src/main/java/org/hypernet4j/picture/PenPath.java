// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.pen.PenDrawing;

/**
 * Where the pen of a drawing goes. Vertex 0 is the place that the pen starts from, vertex {@code i
 * + 1} that of point {@code i}.
 */
final class PenPath {
  /** A vertex for each point and one before; double, as 100,000 offsets of any size add up. */
  final double[] x;

  final double[] y;
  final List<Stroke> strokes;
  final double left;
  final double top;
  final double width;
  final double height;

  /**
   * What the pen draws without being lifted: vertices from {@code first} to {@code last}.
   *
   * @param given whether it belongs to the points that the drawing began with; a stroke that goes
   *     on after them is two
   */
  record Stroke(int first, int last, boolean given) {}

  /**
   * Follows the pen.
   *
   * @param startsDown whether the pen is down at vertex 0, so that the first offset draws
   * @param given how many points the drawing began with
   */
  PenPath(PenDrawing drawing, boolean startsDown, int given) {
    int points = drawing.points();
    x = new double[points + 1];
    y = new double[points + 1];
    List<Stroke> found = new ArrayList<>();
    int first = startsDown ? 0 : 1;
    double[] low = {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY};
    double[] high = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
    for (int v = 0; v <= points; v++) {
      if (v > 0) {
        x[v] = x[v - 1] + drawing.dx(v - 1);
        y[v] = y[v - 1] + drawing.dy(v - 1);
        if (drawing.lifted(v - 1) || v == points) {
          found.add(new Stroke(first, v, v <= given));
          first = v + 1;
        } else if (v == given) {
          found.add(new Stroke(first, v, true));
          first = v;
        }
      }
      if (v > 0 || startsDown) {
        low[0] = Math.min(low[0], x[v]);
        low[1] = Math.min(low[1], y[v]);
        high[0] = Math.max(high[0], x[v]);
        high[1] = Math.max(high[1], y[v]);
      }
    }
    strokes = List.copyOf(found);
    left = low[0];
    top = low[1];
    width = high[0] - low[0];
    height = high[1] - low[1];
  }

  /** The first vertex that belongs to the drawing. */
  int first() {
    return strokes.get(0).first();
  }

  /** Length of all that is drawn. */
  double ink() {
    double ink = 0;
    for (Stroke stroke : strokes) {
      for (int v = stroke.first(); v < stroke.last(); v++) {
        ink += Math.hypot(x[v + 1] - x[v], y[v + 1] - y[v]);
      }
    }
    return ink;
  }
}

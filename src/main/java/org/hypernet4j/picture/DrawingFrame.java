// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import org.hypernet4j.pen.PenDrawing;

/**
 * A picture of one drawing: the drawing fills it but for a margin; its longer side is given, the
 * other follows.
 *
 * @param width pixels, a whole number, as {@code height}
 * @param line width of the pen
 */
record DrawingFrame(int width, int height, double line, PenFit fit) {
  private static final double MARGIN = 0.06;

  /** The margin of drawings that are wide and low, or high and narrow. */
  private static final double LEAST_MARGIN = 0.02;

  /** Width of the pen as a share of the picture's longer side. */
  private static final double LINE = 0.018;

  static DrawingFrame of(PenDrawing drawing, DrawingStyle style) {
    return of(new PenPath(drawing, style.startsDown()), style.size());
  }

  static DrawingFrame of(PenPath path, double size) {
    double margin = margin(path) * size;
    double inner = size - 2 * margin;
    double scale = PenFit.scale(path, inner, inner);
    boolean place = !Double.isFinite(scale); // without extent: a square around it
    double across = place ? inner : path.width * scale;
    double down = place ? inner : path.height * scale;
    PenFit fit = PenFit.centred(path, margin, margin, across, down, Double.POSITIVE_INFINITY);
    return new DrawingFrame(
        (int) Math.ceil(across + 2 * margin - 1e-9),
        (int) Math.ceil(down + 2 * margin - 1e-9),
        line(path, scale, size),
        fit);
  }

  private static double margin(PenPath path) {
    double longer = Math.max(path.width, path.height);
    if (longer == 0) {
      return MARGIN;
    }
    double shorter = Math.min(path.width, path.height) / longer;
    return Math.max(LEAST_MARGIN, Math.min(MARGIN, shorter / 4));
  }

  /**
   * A line of handwriting is wide and low, with much ink in little height: its pen is thin. A
   * straight line is low too, but it may be thick.
   */
  private static double line(PenPath path, double scale, double size) {
    double longer = Math.max(path.width, path.height);
    if (path.ink() <= 2 * longer) {
      return LINE * size;
    }
    double shorter = Math.min(path.width, path.height) * scale;
    return Math.max(0.0025 * size, Math.min(LINE * size, 0.03 * shorter));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import org.hypernet4j.pen.PenDrawing;

/**
 * Draws strokes into small grey images, the same on every machine. A pixel is as light as the line
 * covers it: its value falls from 255 to 0 over the one pixel around the line's edge.
 *
 * @param side rows and columns of an image
 * @param box side of the square in the middle that the ink fills
 * @param line width of the pen, at most {@code box}
 */
record PenRaster(int side, int box, double line) {

  /**
   * Draws one image.
   *
   * @param to uint8 [positions, side, side]
   * @param position index in {@code to} of the image; must be black
   */
  void draw(PenDrawing drawing, byte[] to, int position) {
    double[] x = new double[drawing.points() + 1]; // vertex 0: where the pen starts
    double[] y = new double[x.length];
    double[] extent = {0, 0, 0, 0}; // left, right, top, bottom
    for (int v = 1; v < x.length; v++) {
      x[v] = x[v - 1] + drawing.dx(v - 1);
      y[v] = y[v - 1] + drawing.dy(v - 1);
      extent[0] = Math.min(extent[0], x[v]);
      extent[1] = Math.max(extent[1], x[v]);
      extent[2] = Math.min(extent[2], y[v]);
      extent[3] = Math.max(extent[3], y[v]);
    }
    double longer = Math.max(extent[1] - extent[0], extent[3] - extent[2]);
    double scale = longer == 0 ? 0 : (box - line) / longer; // a drawing without extent is a dot
    double middleX = (extent[0] + extent[1]) / 2;
    double middleY = (extent[2] + extent[3]) / 2;
    for (int v = 0; v < x.length; v++) {
      x[v] = side / 2.0 + (x[v] - middleX) * scale;
      y[v] = side / 2.0 + (y[v] - middleY) * scale;
    }
    for (int v = 1; v < x.length; v++) {
      // where the pen was lifted the point is a dot; what follows it covers the dot
      int from = v > 1 && drawing.lifted(v - 2) ? v : v - 1;
      segment(x[from], y[from], x[v], y[v], to, position * side * side);
    }
  }

  private void segment(double x0, double y0, double x1, double y1, byte[] to, int image) {
    double reach = line / 2 + 0.5;
    int top = Math.max(0, (int) Math.floor(Math.min(y0, y1) - reach));
    int bottom = Math.min(side - 1, (int) Math.floor(Math.max(y0, y1) + reach));
    int left = Math.max(0, (int) Math.floor(Math.min(x0, x1) - reach));
    int right = Math.min(side - 1, (int) Math.floor(Math.max(x0, x1) + reach));
    for (int row = top; row <= bottom; row++) {
      for (int column = left; column <= right; column++) {
        double distance = distance(column + 0.5, row + 0.5, x0, y0, x1, y1);
        double cover = Math.min(1, Math.max(0, reach - distance));
        int at = image + row * side + column;
        to[at] = (byte) Math.max(Byte.toUnsignedInt(to[at]), (int) Math.round(255 * cover));
      }
    }
  }

  /** From a place to the nearest of a segment. */
  private static double distance(double x, double y, double x0, double y0, double x1, double y1) {
    double dx = x1 - x0;
    double dy = y1 - y0;
    double squared = dx * dx + dy * dy;
    double along = squared == 0 ? 0 : ((x - x0) * dx + (y - y0) * dy) / squared;
    along = Math.min(1, Math.max(0, along));
    double offX = x - x0 - along * dx;
    double offY = y - y0 - along * dy;
    return Math.sqrt(offX * offX + offY * offY); // exact to the last bit everywhere
  }
}

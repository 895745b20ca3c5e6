// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

/**
 * A drawing put into a box of a picture: {@code (x - left) * scale + dx}.
 *
 * @param path the drawing
 * @param scale the largest with which it fits, 0 if it has no extent
 * @param dx where its left edge comes
 * @param dy where its upper edge comes
 */
record PenFit(PenPath path, double scale, double dx, double dy) {

  /** The largest scale with which a drawing fits; infinite if it has no extent. */
  static double scale(PenPath path, double width, double height) {
    return Math.min(
        path.width > 0 ? width / path.width : Double.POSITIVE_INFINITY,
        path.height > 0 ? height / path.height : Double.POSITIVE_INFINITY);
  }

  /**
   * Puts a drawing in the middle of a box.
   *
   * @param most the largest scale; infinity to fill the box
   */
  static PenFit centred(
      PenPath path, double left, double top, double width, double height, double most) {
    double scale = Math.min(most, scale(path, width, height));
    // a drawing without extent is one place, whatever the scale
    scale = Double.isFinite(scale) ? scale : 0;
    return new PenFit(
        path,
        scale,
        left + (width - path.width * scale) / 2,
        top + (height - path.height * scale) / 2);
  }

  double x(int vertex) {
    return (path.x[vertex] - path.left) * scale + dx;
  }

  double y(int vertex) {
    return (path.y[vertex] - path.top) * scale + dy;
  }

  /** Whether a stroke has no length that a picture could show. */
  boolean isDot(PenPath.Stroke stroke) {
    for (int v = stroke.first() + 1; v <= stroke.last(); v++) {
      if (Markup.hundredths(x(v)) != Markup.hundredths(x(stroke.first()))
          || Markup.hundredths(y(v)) != Markup.hundredths(y(stroke.first()))) {
        return false;
      }
    }
    return true;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;

/** Paints strokes on a picture of pixels. It needs neither display nor fonts. */
final class PenPainter {
  private static final TextStrips.Colour[] COLOURS = TextStrips.Colour.values();

  private PenPainter() {}

  static void paint(Graphics2D graphics, PenFit fit, double line, boolean byStroke) {
    graphics.setStroke(
        new BasicStroke((float) line, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    for (int s = 0; s < fit.path().strokes.size(); s++) {
      PenPath.Stroke stroke = fit.path().strokes.get(s);
      int colour = byStroke ? COLOURS[s % COLOURS.length].onWhite : 0;
      int opacity = stroke.given() ? (int) Math.round(255 * PenSvg.PALE) : 255;
      graphics.setColor(new Color(opacity << 24 | colour, true));
      paint(graphics, fit, stroke, line);
    }
  }

  private static void paint(Graphics2D graphics, PenFit fit, PenPath.Stroke stroke, double line) {
    if (fit.isDot(stroke)) {
      double radius = PenSvg.DOT * line;
      graphics.fill(
          new Ellipse2D.Double(
              fit.x(stroke.first()) - radius,
              fit.y(stroke.first()) - radius,
              2 * radius,
              2 * radius));
      return;
    }
    Path2D.Double path = new Path2D.Double();
    path.moveTo(fit.x(stroke.first()), fit.y(stroke.first()));
    for (int v = stroke.first() + 1; v <= stroke.last(); v++) {
      path.lineTo(fit.x(v), fit.y(v));
    }
    graphics.draw(path);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntUnaryOperator;
import org.hypernet4j.data.DrawingPart;
import org.hypernet4j.data.StrokeScaling;
import org.hypernet4j.pen.PenDrawing;

/**
 * What drawings cost without a network: the figures to compare a model of strokes with. Offsets are
 * predicted by a Gaussian of two dimensions, or by one for each state of the pen before (the start
 * of a drawing, down, lifted); the pen by the shares of its states. All are fitted to the training
 * part; in nats, in normalised units.
 *
 * <p>A figure is NaN where the training part fits no Gaussian, for example because all drawings
 * start with the same offset.
 *
 * @param points mean points of a drawing
 * @param single nats of the offset a point, one Gaussian for all
 * @param offset nats of the offset a point, a Gaussian for each state before
 * @param pen nats of the pen a point; for a pen of three states with the end of each drawing
 */
record GaussianBaseline(double points, double single, double offset, double pen) {
  private static final int STATES = 3;

  /** Points of one state of the pen: their number, sums, and sums of products. */
  private static final class Moments {
    private double count;
    private double x;
    private double y;
    private double xx;
    private double xy;
    private double yy;

    void add(double dx, double dy) {
      count++;
      x += dx;
      y += dy;
      xx += dx * dx;
      xy += dx * dy;
      yy += dy * dy;
    }

    /** The nats of other points under the Gaussian of these; NaN if these have none. */
    double nats(Moments others) {
      if (others.count == 0) {
        return 0;
      }
      double meanX = x / count;
      double meanY = y / count;
      double varianceX = xx / count - meanX * meanX;
      double varianceY = yy / count - meanY * meanY;
      double covariance = xy / count - meanX * meanY;
      double determinant = varianceX * varianceY - covariance * covariance;
      if (!(determinant > 1e-12 * (xx / count) * (yy / count))) {
        return Double.NaN;
      }
      double squaresX = others.xx - 2 * meanX * others.x + others.count * meanX * meanX;
      double squaresY = others.yy - 2 * meanY * others.y + others.count * meanY * meanY;
      double products =
          others.xy - meanX * others.y - meanY * others.x + others.count * meanX * meanY;
      double distance =
          (varianceY * squaresX - 2 * covariance * products + varianceX * squaresY) / determinant;
      return distance / 2 + others.count * (Math.log(2 * Math.PI) + Math.log(determinant) / 2);
    }
  }

  /**
   * Measures drawings.
   *
   * @param train fits the Gaussians and the shares
   * @param measured the drawings to predict
   * @param ends whether the pen has a third state, the end of a drawing
   */
  static GaussianBaseline of(
      DrawingPart train, DrawingPart measured, StrokeScaling scaling, boolean ends) {
    double points = measured.points();
    double single =
        moments(train, scaling, before -> 0).get(0).nats(moments(measured, scaling, b -> 0).get(0));
    List<Moments> fitted = moments(train, scaling, before -> before);
    List<Moments> others = moments(measured, scaling, before -> before);
    double apart = 0;
    for (int state = 0; state < STATES; state++) {
      apart += fitted.get(state).nats(others.get(state));
    }
    return new GaussianBaseline(
        points / measured.count(),
        single / points,
        apart / points,
        cross(pens(train, ends), pens(measured, ends)) / points);
  }

  /** The moments of the points whose state before, 0 at the start, is mapped to a place. */
  private static List<Moments> moments(
      DrawingPart part, StrokeScaling scaling, IntUnaryOperator place) {
    List<Moments> all = new ArrayList<>();
    for (int state = 0; state < STATES; state++) {
      all.add(new Moments());
    }
    for (PenDrawing drawing : part.drawings()) {
      float[] rows = scaling.scale(drawing);
      for (int i = 0; i < drawing.points(); i++) {
        int before = i == 0 ? 0 : drawing.lifted(i - 1) ? 2 : 1;
        all.get(place.applyAsInt(before))
            .add(rows[i * PenDrawing.COLUMNS], rows[i * PenDrawing.COLUMNS + 1]);
      }
    }
    return all;
  }

  /** How often the pen is down, lifted, and at the end of a drawing. */
  private static double[] pens(DrawingPart part, boolean ends) {
    double lifted = 0;
    for (PenDrawing drawing : part.drawings()) {
      for (int i = 0; i < drawing.points(); i++) {
        lifted += drawing.lifted(i) ? 1 : 0;
      }
    }
    return new double[] {part.points() - lifted, lifted, ends ? part.count() : 0};
  }

  /** The nats of counts under the shares of others. */
  private static double cross(double[] fitted, double[] counts) {
    double all = fitted[0] + fitted[1] + fitted[2];
    double nats = 0;
    for (int i = 0; i < counts.length; i++) {
      nats -= counts[i] == 0 ? 0 : counts[i] * Math.log(fitted[i] / all);
    }
    return nats;
  }

  /** Nats a drawing: offset and pen. */
  double nats() {
    return points * (offset + pen);
  }

  /** The figures in words, in the order of those of a model. */
  String words() {
    return String.format(
        Locale.ROOT,
        "without a network: test %.3f nats a drawing (%.4f a point: offset %.4f with a Gaussian for"
            + " each state of the pen before, %.4f with one for all; pen %.4f)",
        nats(),
        offset + pen,
        offset,
        single,
        pen);
  }
}

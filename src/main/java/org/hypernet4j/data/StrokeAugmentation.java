// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.Arrays;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;
import org.hypernet4j.random.StatelessRandom;

/**
 * Random changes to a training drawing, after sketch-rnn: it is stretched, and some inner points of
 * a stroke are joined to the one before them.
 *
 * @param scale the factor is uniform in [1 - scale, 1 + scale); 0 to below 1
 * @param apart whether x and y have a factor of their own each
 * @param dropping probability that a point is joined to the one before it: one at which the pen
 *     stays down, as it does at the last point kept, and which is the fourth of its stroke or a
 *     later one; 0 to below 1
 */
public record StrokeAugmentation(double scale, boolean apart, double dropping) {
  /** Changes nothing. */
  public static final StrokeAugmentation NONE = new StrokeAugmentation(0, false, 0);

  /** Points at the start of a stroke that are never dropped. */
  private static final int KEPT = 3;

  /**
   * Checks the numbers.
   *
   * @throws UserError if one is out of range
   */
  public StrokeAugmentation {
    require("scale", scale);
    require("dropping", dropping);
  }

  private static void require(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw UserError.in("augmentation." + name)
          .what("out of range")
          .expected("0 to below 1")
          .received(value)
          .build();
    }
  }

  /**
   * A changed drawing.
   *
   * @param random the only source of chance
   * @return rows {@code [points, 3]}, row-major; as many points as the drawing has, or fewer
   */
  float[] apply(PenDrawing drawing, StatelessRandom random) {
    StatelessRandom factors = random.fold("scale");
    float scaleX = factor(factors, 0);
    float scaleY = apart ? factor(factors, 1) : scaleX;
    StatelessRandom drops = random.fold("drop");
    float[] rows = new float[drawing.points() * PenDrawing.COLUMNS];
    int end = 0;
    int place = 0; // of the point in its stroke, from 0
    boolean lifted = true; // after the last point kept
    for (int i = 0; i < drawing.points(); i++) {
      boolean lifts = drawing.lifted(i);
      place = lifts || lifted ? 0 : place + 1;
      float dx = drawing.dx(i) * scaleX;
      float dy = drawing.dy(i) * scaleY;
      if (!lifts && !lifted && place >= KEPT && drops.uniform(i) < dropping) {
        rows[end - PenDrawing.COLUMNS] += dx;
        rows[end - PenDrawing.COLUMNS + 1] += dy;
      } else {
        rows[end] = dx;
        rows[end + 1] = dy;
        rows[end + 2] = lifts ? 1 : 0;
        end += PenDrawing.COLUMNS;
        lifted = lifts;
      }
    }
    return Arrays.copyOf(rows, end);
  }

  private float factor(StatelessRandom random, int axis) {
    return (float) (1 + scale * (2 * random.uniform(axis) - 1));
  }
}

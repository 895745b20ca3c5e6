// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.util.ArrayList;
import java.util.List;

/** Finds places for the labels of points where they cover the least of marks and other labels. */
final class PointLabels {
  static final double SIZE = 13;
  private static final double GAP = 7;

  /** Half of the width that a line is kept free. */
  private static final double LINE = 2;

  // right, left, above, below, then the corners
  private static final double[][] DIRECTIONS = {
    {1, 0}, {-1, 0}, {0, -1}, {0, 1}, {0.8, -0.8}, {0.8, 0.8}, {-0.8, -0.8}, {-0.8, 0.8}
  };

  private final Rectangle within;
  private final Scene.Letters letters;
  private final List<Rectangle> taken = new ArrayList<>();

  /**
   * A rectangle.
   *
   * @param right its right end, not its width
   */
  private record Rectangle(double left, double top, double right, double bottom) {
    double common(Rectangle other) {
      double width = Math.min(right, other.right) - Math.max(left, other.left);
      double height = Math.min(bottom, other.bottom) - Math.max(top, other.top);
      return width > 0 && height > 0 ? width * height : 0;
    }

    double area() {
      return (right - left) * (bottom - top);
    }
  }

  /** Labels within a rectangle. */
  PointLabels(double left, double top, double right, double bottom, Scene.Letters letters) {
    within = new Rectangle(left, top, right, bottom);
    this.letters = letters;
  }

  /** Keeps labels off a mark. */
  void keepOff(double x, double y, double radius) {
    taken.add(new Rectangle(x - radius, y - radius, x + radius, y + radius));
  }

  /** Keeps labels off a line. */
  void keepOffLine(double x1, double y1, double x2, double y2) {
    double length = Math.hypot(x2 - x1, y2 - y1);
    int pieces = (int) Math.ceil(length / (2 * LINE));
    for (int i = 1; i < pieces; i++) {
      double share = i / (double) pieces;
      keepOff(x1 + share * (x2 - x1), y1 + share * (y2 - y1), LINE);
    }
  }

  /** The place of the label of a point. */
  Scene.Text place(String label, double x, double y, Scene.Ink ink) {
    double width = letters.width(label, SIZE);
    Rectangle best = null;
    double bestCost = Double.POSITIVE_INFINITY;
    for (double[] direction : DIRECTIONS) {
      double middleX = x + direction[0] * GAP + Math.signum(direction[0]) * width / 2;
      double middleY = y + direction[1] * (GAP + SIZE / 2);
      Rectangle box =
          new Rectangle(
              middleX - width / 2, middleY - SIZE / 2, middleX + width / 2, middleY + SIZE / 2);
      double cost = box.area() - box.common(within);
      for (Rectangle other : taken) {
        cost += box.common(other);
      }
      if (best == null || cost < bestCost) {
        best = box;
        bestCost = cost;
      }
    }
    if (best == null) {
      throw new AssertionError("no directions");
    }
    taken.add(best);
    return new Scene.Text(
        label,
        (best.left + best.right) / 2,
        (best.top + best.bottom) / 2,
        SIZE,
        false,
        GridLayout.Anchor.MIDDLE,
        ink);
  }
}

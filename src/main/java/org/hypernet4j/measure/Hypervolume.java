// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.hypernet4j.error.UserError;

/** Trade-offs between two losses, both of which should be small. */
public final class Hypervolume {
  private Hypervolume() {}

  /**
   * The area between a set of points and a reference: of all places that some point is not worse
   * than in both losses, up to the reference. A point beyond the reference adds nothing.
   *
   * @param points {@code [points][2]}
   * @param referenceX a first loss that is as bad as it gets
   * @param referenceY a second loss that is as bad as it gets
   * @throws UserError if there are no points, one does not have two numbers, or a number is not
   *     finite
   */
  public static double of(double[][] points, double referenceX, double referenceY) {
    Checks.finite("reference", referenceX, 0);
    Checks.finite("reference", referenceY, 1);
    double area = 0;
    double height = referenceY;
    for (double[] point : front(points)) {
      if (point[0] < referenceX && point[1] < height) {
        area += (referenceX - point[0]) * (height - point[1]);
        height = point[1];
      }
    }
    return area;
  }

  /**
   * The points that no other is better than: by the first loss upwards, so by the second downwards.
   * Of equal points one is kept.
   *
   * @param points {@code [points][2]}
   * @return {@code [points of the front][2]}
   * @throws UserError if there are no points, one does not have two numbers, or a number is not
   *     finite
   */
  public static double[][] front(double[][] points) {
    Checks.notEmpty("points", points.length);
    for (int i = 0; i < points.length; i++) {
      Checks.sameLength("point " + i, 2, "losses", points[i].length);
      Checks.finite("first losses", points[i][0], i);
      Checks.finite("second losses", points[i][1], i);
    }
    double[][] sorted = points.clone();
    Arrays.sort(
        sorted, Comparator.<double[]>comparingDouble(p -> p[0]).thenComparingDouble(p -> p[1]));
    List<double[]> front = new ArrayList<>();
    double least = Double.POSITIVE_INFINITY;
    for (double[] point : sorted) {
      if (point[1] < least) {
        front.add(point.clone());
        least = point[1];
      }
    }
    return front.toArray(new double[0][]);
  }
}

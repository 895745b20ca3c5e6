// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.measure;

import java.util.Arrays;
import java.util.Comparator;
import org.hypernet4j.error.UserError;

/** Ranks, and the correlation of ranks. */
public final class Ranks {
  private Ranks() {}

  /**
   * The ranks of values, from 1 for the smallest; equal values share the mean of their ranks.
   *
   * @throws UserError if there are no values, or one is NaN
   */
  public static double[] of(double[] values) {
    Checks.ordered("values", values);
    Integer[] order = new Integer[values.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble(i -> values[i] + 0.0)); // -0 equals 0
    double[] ranks = new double[values.length];
    for (int from = 0, to; from < order.length; from = to) {
      to = from + 1;
      while (to < order.length && values[order[to]] == values[order[from]]) {
        to++;
      }
      for (int i = from; i < to; i++) {
        ranks[order[i]] = (from + 1 + to) / 2.0;
      }
    }
    return ranks;
  }

  /**
   * Spearman's rank correlation: Pearson's correlation of the ranks.
   *
   * @return -1 to 1; NaN if all values of one list are equal, which has no order to compare
   * @throws UserError if the lists differ in length, have fewer than two values, or one is NaN
   */
  public static double spearman(double[] first, double[] second) {
    Checks.sameLength("rank correlation", first.length, "values", second.length);
    if (first.length == 1) {
      throw UserError.in("rank correlation")
          .what("one value has no order")
          .expected("two values or more")
          .received("1")
          .next("compare more networks")
          .build();
    }
    double[] a = of(first);
    double[] b = of(second);
    double mean = (a.length + 1) / 2.0;
    double both = 0;
    double squareA = 0;
    double squareB = 0;
    for (int i = 0; i < a.length; i++) {
      both += (a[i] - mean) * (b[i] - mean);
      squareA += (a[i] - mean) * (a[i] - mean);
      squareB += (b[i] - mean) * (b[i] - mean);
    }
    return both / Math.sqrt(squareA * squareB);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.measure;

import org.hypernet4j.error.UserError;

/** What all measures ask of their input. */
final class Checks {
  /** By how much the sum of probabilities may differ from 1: float32 of many classes. */
  private static final double SUM = 1e-4;

  private Checks() {}

  /** There is something to measure. */
  static void notEmpty(String where, int count) {
    if (count == 0) {
      throw UserError.in(where)
          .what("there is nothing to measure")
          .expected("one value or more")
          .received("none")
          .next("check that the set of examples is not empty")
          .build();
    }
  }

  /** Two lists belong together. */
  static void sameLength(String where, int expected, String received, int length) {
    if (expected != length) {
      throw UserError.in(where)
          .what("lists of different lengths")
          .expected(expected + " values")
          .received(length + " " + received)
          .next("pass one value for each example to both")
          .build();
    }
  }

  /** No value is NaN; infinities have a rank. */
  static void ordered(String where, double[] values) {
    notEmpty(where, values.length);
    for (int i = 0; i < values.length; i++) {
      if (Double.isNaN(values[i])) {
        throw notFinite(where, "a number", values[i], i);
      }
    }
  }

  static void finite(String where, double value, int index) {
    if (!Double.isFinite(value)) {
      throw notFinite(where, "a finite number", value, index);
    }
  }

  private static UserError notFinite(String where, String expected, double value, int index) {
    return UserError.in(where)
        .what("a value that cannot be measured")
        .expected(expected)
        .received(value + " at index " + index)
        .next("look for the step at which training diverged")
        .build();
  }

  /**
   * Rows of probabilities, all of as many classes.
   *
   * @param probabilities {@code [examples][classes]}
   */
  static void probabilities(String where, double[][] probabilities) {
    notEmpty(where, probabilities.length);
    int classes = probabilities[0].length;
    for (int i = 0; i < probabilities.length; i++) {
      double[] row = probabilities[i];
      if (row.length != classes || classes == 0) {
        throw UserError.in(where)
            .what("rows of different numbers of classes")
            .expected(Math.max(1, classes) + " probabilities in each row")
            .received(row.length + " in row " + i)
            .next("measure models with other classes one by one")
            .build();
      }
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        if (!(row[c] >= 0)) { // NaN, too
          throw noProbability(where, "a probability from 0 to 1", row[c] + " of class " + c, i);
        }
        sum += row[c];
      }
      if (!(Math.abs(sum - 1) <= SUM)) {
        throw noProbability(where, "probabilities whose sum is 1 within " + SUM, "" + sum, i);
      }
    }
  }

  private static UserError noProbability(String where, String expected, String received, int row) {
    return UserError.in(where)
        .what("a row that is no distribution")
        .expected(expected)
        .received(received + " in row " + row)
        .next("pass the output of a softmax, not logits")
        .build();
  }
}

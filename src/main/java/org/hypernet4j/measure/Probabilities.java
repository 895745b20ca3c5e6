// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.measure;

import org.hypernet4j.error.UserError;

/** Makes the rows of probabilities that {@link Calibration} and others take. */
public final class Probabilities {
  private Probabilities() {}

  /**
   * The softmax of logits, in float64: no probability of usual logits is 0, as it would often be in
   * float32.
   *
   * @param logits {@code [examples][classes]}
   * @return {@code [examples][classes]}
   * @throws UserError if there is no logit, or one is not finite
   */
  public static double[][] softmax(float[][] logits) {
    Checks.notEmpty("logits", logits.length);
    double[][] rows = new double[logits.length][];
    for (int i = 0; i < logits.length; i++) {
      Checks.notEmpty("logits", logits[i].length);
      double most = Double.NEGATIVE_INFINITY;
      for (float logit : logits[i]) {
        Checks.finite("logits", logit, i);
        most = Math.max(most, logit);
      }
      double[] row = new double[logits[i].length];
      double sum = 0;
      for (int c = 0; c < row.length; c++) {
        row[c] = Math.exp(logits[i][c] - most);
        sum += row[c];
      }
      for (int c = 0; c < row.length; c++) {
        row[c] /= sum;
      }
      rows[i] = row;
    }
    return rows;
  }

  /**
   * A model's probabilities in float64.
   *
   * @param probabilities {@code [examples][classes]}, for example of an exported model
   * @return {@code [examples][classes]}
   * @throws UserError if a row does not sum to 1 within 1e-4
   */
  public static double[][] of(float[][] probabilities) {
    double[][] rows = new double[probabilities.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new double[probabilities[i].length];
      for (int c = 0; c < rows[i].length; c++) {
        rows[i][c] = probabilities[i][c];
      }
    }
    Checks.probabilities("probabilities", rows);
    return rows;
  }

  /** The class with the largest probability, the first of several. */
  static int best(double[] row) {
    int best = 0;
    for (int c = 1; c < row.length; c++) {
      best = row[c] > row[best] ? c : best;
    }
    return best;
  }

  /** The entropy in nats; a probability of 0 adds 0. */
  static double entropy(double[] row) {
    double sum = 0;
    for (double p : row) {
      sum -= p > 0 ? p * Math.log(p) : 0;
    }
    return sum;
  }
}

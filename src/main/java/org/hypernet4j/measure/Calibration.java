// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.measure;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.error.UserError;

/**
 * Whether a classifier's probabilities mean what they say. The confidence of a prediction is its
 * largest probability; its class is the first that has it.
 *
 * @param nll mean negative log-likelihood of the labels, in nats; infinite if a label has the
 *     probability 0
 * @param accuracy share of the predictions that are right, 0 to 1
 * @param ece expected calibration error, 0 to 1: the mean over the examples of the difference
 *     between the accuracy and the mean confidence of their bin
 * @param bins of equal width from 0 to 1, for a reliability diagram
 */
public record Calibration(double nll, double accuracy, double ece, List<Bin> bins) {
  /** How many bins there are unless told otherwise. */
  public static final int BINS = 15;

  /** Copies the list. */
  public Calibration {
    bins = List.copyOf(bins);
  }

  /**
   * The predictions with a confidence in a range.
   *
   * @param from the range's lower end, which belongs to the bin below unless it is 0
   * @param to the range's upper end, which belongs to this bin
   * @param count how many there are
   * @param confidence their mean; NaN if there are none
   * @param accuracy the share that is right; NaN if there are none
   */
  public record Bin(double from, double to, int count, double confidence, double accuracy) {}

  /**
   * Measures predictions with 15 bins.
   *
   * @param probabilities {@code [examples][classes]}; each row sums to 1 within 1e-4
   * @param labels {@code [examples]}, 0 to classes - 1
   * @throws UserError if there are no examples, the lengths differ, a row is no distribution, or a
   *     label is out of range
   */
  public static Calibration of(double[][] probabilities, int[] labels) {
    return of(probabilities, labels, BINS);
  }

  /**
   * Measures predictions.
   *
   * @param probabilities {@code [examples][classes]}; each row sums to 1 within 1e-4
   * @param labels {@code [examples]}, 0 to classes - 1
   * @param bins how many
   * @throws UserError if there are no examples, the lengths differ, a row is no distribution, or a
   *     label is out of range
   */
  public static Calibration of(double[][] probabilities, int[] labels, int bins) {
    if (bins < 1) {
      throw new IllegalArgumentException(bins + " bins");
    }
    check(probabilities, labels);
    int[] counts = new int[bins];
    int[] right = new int[bins];
    double[] confidences = new double[bins];
    double nll = 0;
    int allRight = 0;
    for (int i = 0; i < labels.length; i++) {
      double[] row = probabilities[i];
      int best = Probabilities.best(row);
      int bin = bin(row[best], bins);
      counts[bin]++;
      confidences[bin] += row[best];
      if (best == labels[i]) {
        right[bin]++;
        allRight++;
      }
      nll -= Math.log(row[labels[i]]);
    }
    double ece = 0;
    List<Bin> all = new ArrayList<>();
    for (int b = 0; b < bins; b++) {
      double confidence = confidences[b] / counts[b];
      double accuracy = right[b] / (double) counts[b];
      ece += counts[b] == 0 ? 0 : counts[b] * Math.abs(accuracy - confidence) / labels.length;
      all.add(new Bin(edge(b, bins), edge(b + 1, bins), counts[b], confidence, accuracy));
    }
    return new Calibration(nll / labels.length, allRight / (double) labels.length, ece, all);
  }

  private static void check(double[][] probabilities, int[] labels) {
    Checks.probabilities("probabilities", probabilities);
    Checks.sameLength("probabilities", probabilities.length, "labels", labels.length);
    int classes = probabilities[0].length;
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classes) {
        throw UserError.in("labels")
            .what("a label out of range")
            .expected("0 to " + (classes - 1))
            .received(labels[i] + " at index " + i)
            .next("number the classes as the model does")
            .build();
      }
    }
  }

  private static double edge(int bin, int bins) {
    return bin / (double) bins;
  }

  /** The bin whose range, open below and closed above, holds the confidence. */
  private static int bin(double confidence, int bins) {
    int bin = 0;
    // compared with the edges themselves: a product with the number of bins may round across one
    while (bin < bins - 1 && confidence > edge(bin + 1, bins)) {
      bin++;
    }
    return bin;
  }
}

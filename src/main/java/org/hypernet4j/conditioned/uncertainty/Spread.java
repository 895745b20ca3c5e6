// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.uncertainty;

import org.hypernet4j.measure.Calibration;

/**
 * How far the networks of a model differ on images that they know.
 *
 * @param oneNll the mean of the single networks' negative log-likelihoods, nats
 * @param oneAccuracy the mean of their accuracies
 * @param distance the mean total variation distance between a network's probabilities and those of
 *     all together, 0 to 1
 */
record Spread(double oneNll, double oneAccuracy, double distance) {
  /**
   * Networks nearer than this on images of the kind that they were trained on are one network: of a
   * hundred predictions that one of them makes by chance, it changes less than a quarter of one.
   */
  static final double COLLAPSED = 0.0025;

  /**
   * Measures networks.
   *
   * @param labels of the images
   */
  static Spread of(Predictor.Predictions predictions, int[] labels) {
    double[][][] draws = predictions.draws();
    double[][] mean = predictions.together().mean();
    double nll = 0;
    double accuracy = 0;
    double distance = 0;
    for (double[][] draw : draws) {
      Calibration one = Calibration.of(draw, labels);
      nll += one.nll() / draws.length;
      accuracy += one.accuracy() / draws.length;
      for (int i = 0; i < draw.length; i++) {
        double sum = 0;
        for (int c = 0; c < draw[i].length; c++) {
          sum += Math.abs(draw[i][c] - mean[i][c]);
        }
        distance += sum / 2 / draw.length / draws.length;
      }
    }
    return new Spread(nll, accuracy, distance);
  }

  /** Whether many networks say no more than one. */
  boolean collapsed() {
    return distance < COLLAPSED;
  }
}

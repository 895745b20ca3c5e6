// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.measure;

import org.hypernet4j.error.UserError;

/**
 * The uncertainty of several predictions of the same examples, drawn with different noise or made
 * by different networks.
 *
 * @param mean probabilities, {@code [examples][classes]}: the mean over the draws
 * @param entropy of the mean in nats, {@code [examples]}: the whole uncertainty
 * @param mutualInformation the entropy of the mean less the mean entropy, in nats, {@code
 *     [examples]}: the part on which the draws disagree; 0 where all are alike
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record PredictiveUncertainty(double[][] mean, double[] entropy, double[] mutualInformation) {

  /**
   * Measures draws.
   *
   * @param draws {@code [draws][examples][classes]}; each row sums to 1 within 1e-4
   * @throws UserError if there are no draws or examples, the draws differ in size, or a row is no
   *     distribution
   */
  public static PredictiveUncertainty of(double[][][] draws) {
    Checks.notEmpty("draws", draws.length);
    Checks.probabilities("draw 0", draws[0]);
    int examples = draws[0].length;
    int classes = draws[0][0].length;
    double[][] mean = new double[examples][classes];
    double[] meanEntropy = new double[examples];
    for (int r = 0; r < draws.length; r++) {
      String where = "draw " + r;
      Checks.sameLength(where, examples, "examples", draws[r].length);
      Checks.probabilities(where, draws[r]);
      Checks.sameLength(where, classes, "classes", draws[r][0].length);
      for (int i = 0; i < examples; i++) {
        for (int c = 0; c < classes; c++) {
          mean[i][c] += draws[r][i][c] / draws.length;
        }
        meanEntropy[i] += Probabilities.entropy(draws[r][i]) / draws.length;
      }
    }
    double[] entropy = new double[examples];
    double[] mutualInformation = new double[examples];
    for (int i = 0; i < examples; i++) {
      entropy[i] = Probabilities.entropy(mean[i]);
      // not below 0 but for rounding
      mutualInformation[i] = Math.max(0, entropy[i] - meanEntropy[i]);
    }
    return new PredictiveUncertainty(mean, entropy, mutualInformation);
  }
}

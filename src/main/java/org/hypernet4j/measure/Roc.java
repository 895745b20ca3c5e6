// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.measure;

import org.hypernet4j.error.UserError;

/** How well a score tells two kinds of examples apart. */
public final class Roc {
  private Roc() {}

  /**
   * The area under the receiver operating characteristic: the probability that an example from
   * outside has a higher score than one from inside, where a tie counts half. By ranks.
   *
   * @param inside scores of the kind that the model knows, such as entropies on its test set
   * @param outside scores of the other kind
   * @return 0 to 1; 0.5 for a score that tells nothing
   * @throws UserError if a list is empty, or a score is NaN
   */
  public static double auroc(double[] inside, double[] outside) {
    Checks.ordered("scores inside", inside);
    Checks.ordered("scores outside", outside);
    double[] all = new double[inside.length + outside.length];
    System.arraycopy(inside, 0, all, 0, inside.length);
    System.arraycopy(outside, 0, all, inside.length, outside.length);
    double[] ranks = Ranks.of(all);
    double sum = 0;
    for (int i = inside.length; i < all.length; i++) {
      sum += ranks[i];
    }
    double least = outside.length * (outside.length + 1.0) / 2;
    return (sum - least) / ((double) inside.length * outside.length);
  }
}

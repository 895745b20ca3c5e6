// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned;

/** Adds up cross entropy and wrong classes over batches, in double. */
public final class LabelScores {
  private double nats;
  private long wrong;
  private long count;

  /**
   * Adds one example. Scores that are not numbers make the mean NaN, and the class wrong.
   *
   * @param logits of many examples, flat
   * @param from where those of this example begin
   * @param classes how many there are
   */
  public void add(float[] logits, int from, int classes, int label) {
    int best = 0;
    for (int c = 1; c < classes; c++) {
      if (logits[from + c] > logits[from + best]) {
        best = c;
      }
    }
    double top = logits[from + best];
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      sum += Math.exp(logits[from + c] - top);
    }
    double own = top + Math.log(sum) - logits[from + label];
    nats += own;
    wrong += best == label && !Double.isNaN(own) ? 0 : 1;
    count++;
  }

  /** Mean cross entropy in nats; NaN if there were no examples. */
  public double loss() {
    return nats / count;
  }

  /** Share of wrong classes. */
  public double error() {
    return (double) wrong / count;
  }

  /** Share of right classes. */
  public double accuracy() {
    return 1 - error();
  }
}

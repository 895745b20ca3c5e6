// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.TreeMap;

/**
 * A language model with a basic RNN, {@code h' = tanh(W_x[id] + h W_h + b)}, in plain arithmetic
 * and double precision, one stream at a time.
 */
final class PlainRnn {
  private final Map<String, double[]> parameters = new TreeMap<>();
  private final int symbols;
  private final int units;

  PlainRnn(Map<String, float[]> values) {
    values.forEach(
        (name, floats) -> {
          double[] doubles = new double[floats.length];
          for (int i = 0; i < floats.length; i++) {
            doubles[i] = floats[i];
          }
          parameters.put(name, doubles);
        });
    symbols = get("softmax/bias").length;
    units = get("cell/b").length;
  }

  double[] get(String name) {
    return requireNonNull(parameters.get(name), name);
  }

  /** A state of zeros. */
  double[] zero() {
    return new double[units];
  }

  /**
   * Sum of the nats of {@code ids[from + 1 .. to]}, each predicted from the one before it.
   *
   * @param h the state before, replaced by the state after
   */
  double nats(int[] ids, int from, int to, double[] h) {
    double nats = 0;
    for (int i = from; i < to; i++) {
      double[] next = new double[units];
      for (int n = 0; n < units; n++) {
        double sum = get("cell/W_x")[ids[i] * units + n] + get("cell/b")[n];
        for (int m = 0; m < units; m++) {
          sum += h[m] * get("cell/W_h")[m * units + n];
        }
        next[n] = Math.tanh(sum);
      }
      System.arraycopy(next, 0, h, 0, units);
      double all = 0;
      double right = 0;
      for (int v = 0; v < symbols; v++) {
        double score = get("softmax/bias")[v];
        for (int n = 0; n < units; n++) {
          score += h[n] * get("softmax/kernel")[n * symbols + v];
        }
        all += Math.exp(score);
        right = v == ids[i + 1] ? score : right;
      }
      nats += Math.log(all) - right;
    }
    return nats;
  }
}

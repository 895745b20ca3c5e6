// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.util.Map;
import java.util.Objects;

/** {@link CouplingFlow} in plain double, from its equations. */
record PlainFlow(int size, int couplings, Map<String, double[]> p) {
  private double[] get(String name) {
    return Objects.requireNonNull(p.get(name), name);
  }

  private static double[] affine(double[] x, double[] w, double[] b) {
    double[] y = b.clone();
    for (int o = 0; o < y.length; o++) {
      for (int i = 0; i < x.length; i++) {
        y[o] += x[i] * w[i * y.length + o];
      }
    }
    return y;
  }

  /** y, then the log-determinant by the sums of the scales' logarithms. */
  double[] apply(double[] noise) {
    int half = size / 2;
    double[] x = noise.clone();
    double logDeterminant = 0;
    for (int k = 0; k < couplings; k++) {
      int readFrom = k % 2 == 0 ? 0 : half;
      int readCount = k % 2 == 0 ? half : size - half;
      int movedFrom = k % 2 == 0 ? half : 0;
      double[] read = new double[readCount];
      System.arraycopy(x, readFrom, read, 0, readCount);
      String scope = "coupling" + k;
      double[] h = affine(read, get(scope + "/hidden0/W"), get(scope + "/hidden0/b"));
      for (int i = 0; i < h.length; i++) {
        h[i] = Math.max(0, h[i]);
      }
      double[] both = affine(h, get(scope + "/W"), get(scope + "/b"));
      int moved = size - readCount;
      for (int i = 0; i < moved; i++) {
        double s = Math.tanh(both[i]);
        x[movedFrom + i] = x[movedFrom + i] * Math.exp(s) + both[moved + i];
        logDeterminant += s;
      }
    }
    double[] result = new double[size + 1];
    for (int i = 0; i < size; i++) {
      result[i] = get("mean")[i] + Math.exp(get("logScale")[i]) * x[i];
      logDeterminant += get("logScale")[i];
    }
    result[size] = logDeterminant;
    return result;
  }

  /** log |det dy / dnoise| by central differences and Gaussian elimination. */
  double numericalLogDeterminant(double[] noise) {
    double step = 1e-5;
    double[][] jacobian = new double[size][size];
    for (int j = 0; j < size; j++) {
      double[] up = noise.clone();
      double[] down = noise.clone();
      up[j] += step;
      down[j] -= step;
      double[] high = apply(up);
      double[] low = apply(down);
      for (int i = 0; i < size; i++) {
        jacobian[i][j] = (high[i] - low[i]) / (2 * step);
      }
    }
    double log = 0;
    for (int c = 0; c < size; c++) {
      int pivot = c;
      for (int r = c; r < size; r++) {
        pivot = Math.abs(jacobian[r][c]) > Math.abs(jacobian[pivot][c]) ? r : pivot;
      }
      double[] swapped = jacobian[c];
      jacobian[c] = jacobian[pivot];
      jacobian[pivot] = swapped;
      log += Math.log(Math.abs(jacobian[c][c]));
      for (int r = c + 1; r < size; r++) {
        double factor = jacobian[r][c] / jacobian[c][c];
        for (int k = c; k < size; k++) {
          jacobian[r][k] -= factor * jacobian[c][k];
        }
      }
    }
    return log;
  }

  /** log q(y) - log p(y), both densities in full. */
  double divergence(double[] noise, double[] mean, double deviation) {
    double[] y = apply(noise);
    double q = -numericalLogDeterminant(noise);
    double prior = 0;
    for (int i = 0; i < size; i++) {
      q += logNormal(noise[i], 0, 1);
      prior += logNormal(y[i], mean[i], deviation);
    }
    return q - prior;
  }

  private static double logNormal(double x, double mean, double deviation) {
    double apart = (x - mean) / deviation;
    return -apart * apart / 2 - Math.log(deviation) - Math.log(2 * Math.PI) / 2;
  }
}

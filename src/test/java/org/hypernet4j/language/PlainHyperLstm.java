// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import java.util.Map;
import java.util.Objects;

/**
 * The HyperLSTM language model of equations 10 to 13 in plain double arithmetic, which forms the
 * weight matrices of every step instead of scaling products: {@code W(t)[r, k] = d_k(t) W[r, k]}.
 */
final class PlainHyperLstm {
  private static final double EPSILON = 0.001;

  private final Map<String, float[]> parameters;
  private final String cell;
  private final boolean layerNorm;
  private double[] c;
  private double[] h;
  private double[] hyperC;
  private double[] hyperH;

  /** W_h, W_x and the dynamic bias of the last step, {@code [row][column]}. */
  double[][] wh = {};

  double[][] wx = {};
  double[][] beta = {};

  PlainHyperLstm(
      Map<String, float[]> parameters, String cell, int units, int hyperUnits, boolean layerNorm) {
    this.parameters = parameters;
    this.cell = cell;
    this.layerNorm = layerNorm;
    c = new double[units];
    h = new double[units];
    hyperC = new double[hyperUnits];
    hyperH = new double[hyperUnits];
  }

  double[] c() {
    return c;
  }

  /** One step; gives the output. */
  double[] step(double[] x) {
    double[] small = new double[x.length + h.length];
    System.arraycopy(x, 0, small, 0, x.length);
    System.arraycopy(h, 0, small, x.length, h.length);
    double[] hyperGates =
        plus(
            plus(
                times(small, matrix("hyper/W_x", small.length)),
                times(hyperH, matrix("hyper/W_h", hyperH.length))),
            vector("hyper/b"));
    double[][] hyper = lstm("hyper/", hyperGates, hyperC);
    hyperC = hyper[0];
    hyperH = hyper[1];

    wh = scaled(matrix("W_h", h.length), scale("h"));
    wx = scaled(matrix("W_x", x.length), scale("x"));
    beta = new double[][] {scale("b")};
    double[] gates = plus(plus(times(x, wx), times(h, wh)), plus(beta[0], vector("b")));
    double[][] main = lstm("", gates, c);
    c = main[0];
    h = main[1];
    return h;
  }

  /** {@code d^y = (hhat A^y + a^y) D^y} for each gate y, side by side. */
  private double[] scale(String kind) {
    double[][] a = matrix("embedding/A_" + kind, hyperH.length);
    double[] z = times(hyperH, a);
    if (!kind.equals("b")) {
      z = plus(z, vector("embedding/a_" + kind));
    }
    double[][] d = matrix("embedding/D_" + kind, z.length);
    int embedding = z.length / 4;
    double[] scale = new double[4 * h.length];
    for (int k = 0; k < scale.length; k++) {
      int gate = k / h.length;
      for (int e = 0; e < embedding; e++) {
        scale[k] += z[gate * embedding + e] * d[gate * embedding + e][k % h.length];
      }
    }
    return scale;
  }

  private double[][] lstm(String scope, double[] packed, double[] memory) {
    int n = memory.length;
    double[] gates = packed.clone();
    for (int gate = 0; gate < 4 && layerNorm; gate++) {
      normalise(gates, gate * n, n, scope + "ln/");
    }
    double[] next = new double[n];
    for (int k = 0; k < n; k++) {
      next[k] =
          sigmoid(gates[2 * n + k] + 1) * memory[k] + sigmoid(gates[k]) * Math.tanh(gates[n + k]);
    }
    double[] shown = next.clone();
    if (layerNorm) {
      normalise(shown, 0, n, scope + "ln_c/");
    }
    double[] out = new double[n];
    for (int k = 0; k < n; k++) {
      out[k] = sigmoid(gates[3 * n + k]) * Math.tanh(shown[k]);
    }
    return new double[][] {next, out};
  }

  private void normalise(double[] values, int from, int n, String scope) {
    double mean = 0;
    for (int k = from; k < from + n; k++) {
      mean += values[k] / n;
    }
    double variance = 0;
    for (int k = from; k < from + n; k++) {
      variance += (values[k] - mean) * (values[k] - mean) / n;
    }
    double[] gain = vector(scope + "gain");
    double[] shift = vector(scope + "shift");
    for (int k = from; k < from + n; k++) {
      values[k] = gain[k] * (values[k] - mean) / Math.sqrt(variance + EPSILON) + shift[k];
    }
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private double[] vector(String name) {
    return matrix(name, 1)[0];
  }

  private double[][] matrix(String name, int rows) {
    return matrix(parameters, cell + name, rows);
  }

  static double[][] matrix(Map<String, float[]> parameters, String name, int rows) {
    float[] flat = Objects.requireNonNull(parameters.get(name), name);
    double[][] matrix = new double[rows][flat.length / rows];
    for (int i = 0; i < flat.length; i++) {
      matrix[i / matrix[0].length][i % matrix[0].length] = flat[i];
    }
    return matrix;
  }

  static double[] times(double[] x, double[][] w) {
    double[] y = new double[w[0].length];
    for (int r = 0; r < x.length; r++) {
      for (int k = 0; k < y.length; k++) {
        y[k] += x[r] * w[r][k];
      }
    }
    return y;
  }

  static double[] plus(double[] a, double[] b) {
    double[] sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }

  private static double[][] scaled(double[][] w, double[] d) {
    double[][] scaled = new double[w.length][d.length];
    for (int r = 0; r < w.length; r++) {
      for (int k = 0; k < d.length; k++) {
        scaled[r][k] = w[r][k] * d[k];
      }
    }
    return scaled;
  }
}

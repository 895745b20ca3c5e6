package org.hypernet4j.cell;

import java.util.Map;
import java.util.Objects;

/**
 * The cells of the paper written out in plain double arithmetic, one number at a time, for one
 * example: what the graph is compared with. Parameter names are those of the cells.
 */
final class PlainCells {
  private final Map<String, double[]> p;

  PlainCells(Map<String, double[]> parameters) {
    this.p = parameters;
  }

  double[] get(String name) {
    return Objects.requireNonNull(p.get(name), name);
  }

  /** {@code x W}, W row-major {@code [x.length, columns]}. */
  static double[] times(double[] x, double[] w) {
    int columns = w.length / x.length;
    double[] y = new double[columns];
    for (int c = 0; c < columns; c++) {
      for (int r = 0; r < x.length; r++) {
        y[c] += x[r] * w[r * columns + c];
      }
    }
    return y;
  }

  static double[] plus(double[]... terms) {
    double[] sum = terms[0].clone();
    for (int t = 1; t < terms.length; t++) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += terms[t][i];
      }
    }
    return sum;
  }

  static double[] scaled(double[] d, double[] x) {
    double[] y = x.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] *= d[i];
    }
    return y;
  }

  static double[] tanh(double[] x) {
    double[] y = x.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] = Math.tanh(y[i]);
    }
    return y;
  }

  static double[] join(double[] a, double[] b) {
    double[] both = new double[a.length + b.length];
    System.arraycopy(a, 0, both, 0, a.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  /** h' = tanh(x W_x + h W_h + b), section 3.2. */
  double[] basic(String scope, double[] x, double[] h) {
    return tanh(plus(times(x, get(scope + "W_x")), times(h, get(scope + "W_h")), get(scope + "b")));
  }

  /** Equations 7 and 8 with the small cell's output of this very step; returns h' and hhat'. */
  double[][] hyperScaling(double[] x, double[] h, double[] hhat) {
    double[] small = basic("hyper/", join(x, h), hhat);
    double[] dh =
        times(plus(times(small, get("embedding/A_h")), get("embedding/a_h")), get("embedding/D_h"));
    double[] dx =
        times(plus(times(small, get("embedding/A_x")), get("embedding/a_x")), get("embedding/D_x"));
    double[] beta = times(times(small, get("embedding/A_b")), get("embedding/D_b"));
    double[] next =
        tanh(
            plus(
                scaled(dx, times(x, get("W_x"))),
                scaled(dh, times(h, get("W_h"))),
                beta,
                get("b")));
    return new double[][] {next, small};
  }

  /** Equations 5 and 6: the matrices are formed, {@code W[r, c] = sum_e z_e W_e[r, c]}. */
  double[][] hyperFull(double[] x, double[] h, double[] hhat) {
    double[] small = basic("hyper/", join(x, h), hhat);
    double[] zh = plus(times(small, get("A_h")), get("a_h"));
    double[] zx = plus(times(small, get("A_x")), get("a_x"));
    double[] zb = times(small, get("A_b"));
    double[] next =
        tanh(
            plus(
                times(x, generated(get("W_xz"), x.length, h.length, zx)),
                times(h, generated(get("W_hz"), h.length, h.length, zh)),
                times(zb, get("W_bz")),
                get("b")));
    return new double[][] {next, small};
  }

  private static double[] generated(double[] blocks, int rows, int columns, double[] z) {
    double[] w = new double[rows * columns];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        for (int e = 0; e < z.length; e++) {
          w[r * columns + c] += z[e] * blocks[(r * z.length + e) * columns + c];
        }
      }
    }
    return w;
  }
}

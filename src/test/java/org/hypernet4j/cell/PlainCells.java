// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;

/**
 * The cells of the paper written out in plain double arithmetic, one number at a time, for one
 * example: what the graph is compared with. Parameter names are those of the cells.
 */
public final class PlainCells {
  private final Map<String, double[]> p;

  public PlainCells(Map<String, double[]> parameters) {
    this.p = parameters;
  }

  public double[] get(String name) {
    return Objects.requireNonNull(p.get(name), name);
  }

  /** {@code x W}, W row-major {@code [x.length, columns]}. */
  public static double[] times(double[] x, double[] w) {
    int columns = w.length / x.length;
    double[] y = new double[columns];
    for (int c = 0; c < columns; c++) {
      for (int r = 0; r < x.length; r++) {
        y[c] += x[r] * w[r * columns + c];
      }
    }
    return y;
  }

  public static double[] plus(double[]... terms) {
    double[] sum = terms[0].clone();
    for (int t = 1; t < terms.length; t++) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += terms[t][i];
      }
    }
    return sum;
  }

  public static double[] scaled(double[] d, double[] x) {
    double[] y = x.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] *= d[i];
    }
    return y;
  }

  public static double[] tanh(double[] x) {
    double[] y = x.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] = Math.tanh(y[i]);
    }
    return y;
  }

  public static double[] join(double[] a, double[] b) {
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

  public static double[] sigmoid(double... x) {
    double[] y = x.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] = 1 / (1 + Math.exp(-y[i]));
    }
    return y;
  }

  /** One of several gates side by side. */
  public static double[] gate(double[] all, int gate, int units) {
    return Arrays.copyOfRange(all, gate * units, (gate + 1) * units);
  }

  /** Layer normalisation of one gate, biased variance, epsilon 1e-3; the shift may be missing. */
  double[] norm(String scope, double[] a, int gate) {
    double mean = Arrays.stream(a).average().orElseThrow();
    double variance = Arrays.stream(a).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    double[] gain = get(scope + "/gain");
    double[] shift = p.getOrDefault(scope + "/shift", new double[gain.length]);
    double[] y = new double[a.length];
    for (int i = 0; i < y.length; i++) {
      int at = gate * a.length + i;
      y[i] = gain[at] * (a[i] - mean) / Math.sqrt(variance + 1e-3) + shift[at];
    }
    return y;
  }

  /**
   * d_h, d_x and beta from the small cell's output, gate by gate as equations 11 and 12 have them:
   * {@code [3][gates * units]}.
   */
  public double[][] scalings(double[] small, int gates, int units) {
    double[][] d = {{}, {}, {}};
    String[] kinds = {"h", "x", "b"};
    for (int kind = 0; kind < 3; kind++) {
      double[] z = times(small, get("embedding/A_" + kinds[kind]));
      if (kind < 2) {
        z = plus(z, get("embedding/a_" + kinds[kind]));
      }
      int embedding = z.length / gates;
      for (int gate = 0; gate < gates; gate++) {
        double[] rows = get("embedding/D_" + kinds[kind]);
        int block = embedding * units;
        d[kind] =
            join(
                d[kind],
                times(
                    gate(z, gate, embedding),
                    Arrays.copyOfRange(rows, gate * block, (gate + 1) * block)));
      }
    }
    return d;
  }

  /**
   * The header of {@link GruCell}, or with scalings {@code {d_h, d_x, beta}} that of {@link
   * HyperGruCell}.
   */
  double[] gru(String scope, double[] x, double[] h, double[][] d, boolean resetAfter) {
    int n = h.length;
    double[] u = times(x, get(scope + "W_x"));
    u = plus(d.length == 0 ? u : plus(scaled(d[1], u), d[2]), get(scope + "b"));
    double[] w = get(scope + "W_h");
    double[] first = times(h, w);
    first = d.length == 0 ? first : scaled(d[0], first);
    if (resetAfter) {
      first = plus(first, get(scope + "b_h"));
    }
    boolean normed = p.containsKey(scope + "ln/gain");
    double[][] gates = new double[2][];
    for (int y = 0; y < 2; y++) {
      double[] sum = plus(gate(u, y, n), gate(first, y, n));
      gates[y] = sigmoid(normed ? norm(scope + "ln", sum, y) : sum);
    }
    double[] remembered;
    if (resetAfter) {
      remembered = scaled(gates[1], gate(first, 2, n));
    } else {
      double[] second = times(scaled(gates[1], h), w);
      remembered = gate(d.length == 0 ? second : scaled(d[0], second), 2, n);
    }
    double[] sum = plus(gate(u, 2, n), remembered);
    double[] g = tanh(normed ? norm(scope + "ln_g", sum, 0) : sum);
    double[] next = new double[n];
    for (int i = 0; i < n; i++) {
      next[i] = gates[0][i] * h[i] + (1 - gates[0][i]) * g[i];
    }
    return next;
  }

  /** Equation 9 without layer normalisation, forget bias 1; returns c' and h'. */
  public double[][] lstm(String scope, double[] x, double[] c, double[] h) {
    double[] gates =
        plus(times(x, get(scope + "W_x")), times(h, get(scope + "W_h")), get(scope + "b"));
    return lstmUpdate(gates, c, false);
  }

  /** From gates i, g, f, o to c' and h'; with layer normalisation of c' on its way to h' or not. */
  double[][] lstmUpdate(double[] gates, double[] c, boolean normed) {
    int n = c.length;
    double[] one = new double[n];
    Arrays.fill(one, 1);
    double[] kept = scaled(sigmoid(plus(gate(gates, 2, n), one)), c);
    double[] next = plus(kept, scaled(sigmoid(gate(gates, 0, n)), tanh(gate(gates, 1, n))));
    double[] shown = normed ? norm("ln_c", next, 0) : next;
    return new double[][] {next, scaled(sigmoid(gate(gates, 3, n)), tanh(shown))};
  }

  /** Equations 10 to 13 without layer normalisation of the gates; an LSTM is the small cell. */
  public double[][] hyperLstm(double[] x, double[][] state) {
    double[] h = state[1];
    double[][] small = lstm("hyper/", join(x, h), state[2], state[3]);
    double[][] d = scalings(small[1], 4, h.length);
    double[] gates =
        plus(
            scaled(d[1], times(x, get("W_x"))), scaled(d[0], times(h, get("W_h"))), d[2], get("b"));
    double[][] main = lstmUpdate(gates, state[0], p.containsKey("ln_c/gain"));
    return new double[][] {main[0], main[1], small[0], small[1]};
  }
}

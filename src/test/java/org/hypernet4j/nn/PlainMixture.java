// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import org.hypernet4j.nn.MixtureDensity.Settings;

/**
 * The loss of one row in double precision, by the textbook's equations (correlation {@code rho},
 * {@code Z / (1 - rho^2)}), and its derivative by those of Graves. Only {@code 1 - rho^2} is
 * written so that it does not vanish: {@code 1 / cosh^2}.
 */
public final class PlainMixture {
  private final Settings settings;
  private final double[] raw;
  private final double[] x;
  private final double[] pen;
  private final int k;
  private final double[] logPi;
  private final double[] joint;

  public PlainMixture(Settings settings, double[] raw, double[] x, double[] pen) {
    this.settings = settings;
    this.raw = raw;
    this.x = x;
    this.pen = pen;
    k = settings.components();
    logPi = new double[k];
    joint = new double[k];
    double[] pi = new double[k];
    for (int i = 0; i < k; i++) {
      pi[i] = column(0, i);
    }
    double normalizer = logSum(pi);
    for (int i = 0; i < k; i++) {
      logPi[i] = pi[i] - normalizer;
      double rest = rest(i);
      joint[i] =
          logPi[i]
              - Math.log(2 * Math.PI)
              - Math.log(sigma(1, i))
              - Math.log(sigma(2, i))
              - Math.log(rest) / 2
              - distance(i) / 2;
    }
  }

  private double column(int block, int i) {
    return raw[settings.pen().columns() + block * k + i];
  }

  private double sigma(int axis, int i) {
    return Math.exp(column(2 + axis, i)) + settings.sigmaFloor();
  }

  private double r(int i) {
    double b = settings.correlationBound();
    return b > 0 ? b * Math.tanh(column(5, i) / b) : column(5, i);
  }

  /** {@code 1 - rho^2}. */
  private double rest(int i) {
    return 1 / (Math.cosh(r(i)) * Math.cosh(r(i)));
  }

  private double d(int axis, int i) {
    return (x[axis - 1] - column(axis, i)) / sigma(axis, i);
  }

  /** {@code Z / (1 - rho^2)}: in double it keeps enough digits up to |r| of 12. */
  private double distance(int i) {
    double rho = Math.tanh(r(i));
    // Z = (d1 - rho d2)^2 + (1 - rho^2) d2^2
    double along = d(1, i) - rho * d(2, i);
    return along * along / rest(i) + d(2, i) * d(2, i);
  }

  private static double logSum(double[] values) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      largest = Math.max(largest, value);
    }
    double sum = 0;
    for (double value : values) {
      sum += Math.exp(value - largest);
    }
    return largest + Math.log(sum);
  }

  public double offset() {
    double density = logSum(joint);
    if (settings.densityEpsilon() > 0) {
      return -logSum(new double[] {density, Math.log(settings.densityEpsilon())});
    }
    return settings.densityFloor() > 0
        ? -Math.max(density, Math.log(settings.densityFloor()))
        : -density;
  }

  public double pen() {
    return switch (settings.pen()) {
      case NONE -> 0;
      case BERNOULLI -> pen[0] * softplus(-raw[0]) + (1 - pen[0]) * softplus(raw[0]);
      case THREE_WAY -> {
        double all = logSum(new double[] {raw[0], raw[1], raw[2]});
        yield pen[0] * (all - raw[0]) + pen[1] * (all - raw[1]) + pen[2] * (all - raw[2]);
      }
    };
  }

  private static double softplus(double a) {
    return Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));
  }

  /** The derivative of {@code byOffset offset + byPen pen} by raw. */
  public double[] gradient(double byOffset, double byPen) {
    double[] all = new double[raw.length];
    int first = settings.pen().columns();
    for (int j = 0; j < first; j++) {
      double p =
          first == 1
              ? 1 / (1 + Math.exp(-raw[0]))
              : Math.exp(raw[j] - logSum(new double[] {raw[0], raw[1], raw[2]}));
      all[j] = byPen * (p - pen[j]);
    }
    double density = logSum(joint);
    double scale = byOffset;
    if (settings.densityEpsilon() > 0) {
      scale /= 1 + Math.exp(Math.log(settings.densityEpsilon()) - density);
    } else if (settings.densityFloor() > 0 && density < Math.log(settings.densityFloor())) {
      scale = 0;
    }
    for (int i = 0; i < k; i++) {
      double g = scale * Math.exp(joint[i] - density);
      double c = 1 / rest(i);
      double rho = Math.tanh(r(i));
      double d1 = d(1, i);
      double d2 = d(2, i);
      double u1 = c * (d1 - rho * d2);
      double u2 = c * (d2 - rho * d1);
      all[first + i] = scale * Math.exp(logPi[i]) - g;
      all[first + k + i] = -g * u1 / sigma(1, i);
      all[first + 2 * k + i] = -g * u2 / sigma(2, i);
      // by sigma, then by s: exp(s) / sigma is 1 without a floor
      all[first + 3 * k + i] = -g * (u1 * d1 - 1) * Math.exp(column(3, i)) / sigma(1, i);
      all[first + 4 * k + i] = -g * (u2 * d2 - 1) * Math.exp(column(4, i)) / sigma(2, i);
      double b = settings.correlationBound();
      double slope = b > 0 ? 1 / Math.pow(Math.cosh(column(5, i) / b), 2) : 1;
      all[first + 5 * k + i] = -g * (d1 * d2 + rho * (1 - distance(i))) * slope;
    }
    return all;
  }

  /** The same by central differences of this class's loss. */
  double[] differences(double byOffset, double byPen, double step) {
    double[] all = new double[raw.length];
    for (int i = 0; i < raw.length; i++) {
      double[] values = new double[2];
      for (int side = 0; side < 2; side++) {
        double[] moved = raw.clone();
        moved[i] += side == 0 ? step : -step;
        PlainMixture there = new PlainMixture(settings, moved, x, pen);
        values[side] = byOffset * there.offset() + byPen * there.pen();
      }
      all[i] = (values[0] - values[1]) / (2 * step);
    }
    return all;
  }
}

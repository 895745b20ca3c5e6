// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pruning;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.fixtures.PlainLayers;
import org.hypernet4j.fixtures.PlainLayers.Images;

/**
 * The nets of a family in plain double: weights from the equations of the heads, then a net whose
 * tensors are really cropped.
 *
 * @param p the parameters of the heads by name
 * @param filters the full widths
 * @param f height and width of each kernel
 */
record PlainPruning(Map<String, double[]> p, List<Integer> filters, int f) {
  private static final int CLASSES = 10;
  private static final int POSITIONS = 7 * 7;

  private double[] get(String name) {
    return Objects.requireNonNull(p.get(name), name);
  }

  /** A weight at full width: w = ReLU(c W + b) H + B. */
  private double[] made(double[] condition, String name) {
    String scope = "generator/" + name;
    double[] h = affine(condition, get(scope + "/hidden0/W"), get(scope + "/hidden0/b"));
    for (int i = 0; i < h.length; i++) {
      h[i] = Math.max(0, h[i]);
    }
    return affine(h, get(scope + "/H"), get(scope + "/B"));
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

  /** {@code [before, from, last] -> [before, to, last]}, the first of the middle axis. */
  private static double[] crop(double[] values, int before, int from, int to, int last) {
    double[] kept = new double[before * to * last];
    for (int i = 0; i < before; i++) {
      System.arraycopy(values, i * from * last, kept, i * to * last, to * last);
    }
    return kept;
  }

  double[] condition(Widths widths) {
    return new double[] {
      widths.first() / (double) filters.get(0), widths.second() / (double) filters.get(1)
    };
  }

  /** The kernels of the net that is as small as its widths: two of convolutions, one dense. */
  private List<double[]> kernels(double[] condition, Widths widths) {
    int fullA = filters.get(0);
    int fullB = filters.get(1);
    int a = widths.first();
    int b = widths.second();
    double[] in = crop(made(condition, "conv1/kernel"), f * f, fullA, a, fullB);
    return List.of(
        crop(made(condition, "conv0/kernel"), f * f, fullA, a, 1),
        crop(in, f * f * a, fullB, b, 1),
        crop(made(condition, "dense0/kernel"), POSITIONS, fullB, b, CLASSES));
  }

  /** The sum of the squares of all kernels of that net. */
  double squares(double[] condition, Widths widths) {
    return kernels(condition, widths).stream()
        .flatMapToDouble(Arrays::stream)
        .map(x -> x * x)
        .sum();
  }

  /**
   * Class scores of the net that is as small as its widths.
   *
   * @param condition what the heads read
   * @param images one channel, 28 x 28
   */
  double[] logits(double[] condition, Widths widths, Images images) {
    int b = widths.second();
    List<double[]> kernels = kernels(condition, widths);
    double[] bias0 = crop(made(condition, "conv0/bias"), 1, filters.get(0), widths.first(), 1);
    double[] bias1 = crop(made(condition, "conv1/bias"), 1, filters.get(1), b, 1);
    double[] dense = kernels.get(2);
    Images x =
        PlainLayers.relu(
            PlainLayers.maxPool(PlainLayers.conv(images, kernels.get(0), bias0, f, 1), 2));
    x = PlainLayers.relu(PlainLayers.maxPool(PlainLayers.conv(x, kernels.get(1), bias1, f, 1), 2));
    double[] logits = new double[images.n() * CLASSES];
    int size = POSITIONS * b;
    for (int i = 0; i < images.n(); i++) {
      double[] flat = new double[size];
      System.arraycopy(x.values(), i * size, flat, 0, size);
      System.arraycopy(
          affine(flat, dense, made(condition, "dense0/bias")), 0, logits, i * CLASSES, CLASSES);
    }
    return logits;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import static org.hypernet4j.hyper.PlainMaths.affine;
import static org.hypernet4j.hyper.PlainMaths.relu;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.graph.Initializers;

/** Tables of weights for checks of hypernetworks, and what their equations share, in double. */
final class PlainHypernetwork {
  private PlainHypernetwork() {}

  /** The basic kernel, and one tiled from four of them. */
  static final KernelShape BASIC = new KernelShape(1, 3, 2, 3);

  static final KernelShape LARGE = new KernelShape(1, 3, 4, 6);

  /** Kernels of one window, two of them alike, one without a bias, and a bias before its kernel. */
  static final WeightTable TILED =
      WeightTable.empty()
          .with("a/kernel", kernel(BASIC))
          .with("a/bias", WeightShape.bias(BASIC))
          .with("deep/b/bias", WeightShape.bias(LARGE))
          .with("deep/b/kernel", kernel(LARGE))
          .with("c", kernel(BASIC));

  /** Convolutions and a dense layer. */
  static final WeightTable MIXED =
      WeightTable.empty()
          .conv2d("conv", 2, 1, 3)
          .dense("dense", 5, 4)
          .with("wide/kernel", kernel(LARGE));

  static final int N_C = 3;

  static WeightShape kernel(KernelShape kernel) {
    return new WeightShape(kernel.toShape(), kernel, Initializers.heNormal());
  }

  static double[] get(Map<String, double[]> parameters, String name) {
    return Objects.requireNonNull(parameters.get(name), name);
  }

  static String layer(String name) {
    return name.endsWith("/kernel") ? name.substring(0, name.length() - 7) : name;
  }

  /** {@code [first_0 ; rows_0], ..}: a vector before each of some rows. */
  static double[] beside(double[] first, double[] rows, int size) {
    int count = rows.length / size;
    int width = first.length + size;
    double[] all = new double[count * width];
    for (int i = 0; i < count; i++) {
      System.arraycopy(first, 0, all, i * width, first.length);
      System.arraycopy(rows, i * size, all, i * width + first.length, size);
    }
    return all;
  }

  static double[] scaled(double[] values, double factor) {
    return Arrays.stream(values).map(value -> factor * value).toArray();
  }

  /** ReLU layers {@code hidden0}, {@code hidden1}, ... below a scope. */
  static double[] hidden(Map<String, double[]> p, String scope, double[] x, int in, int... sizes) {
    double[] h = x;
    int from = in;
    for (int i = 0; i < sizes.length; i++) {
      String layer = scope + "/hidden" + i;
      h = relu(affine(h, get(p, layer + "/W"), get(p, layer + "/b"), from, sizes[i]));
      from = sizes[i];
    }
    return h;
  }

  /** {@code c V + b} of every bias of the table, and kernels from a function. */
  static HypernetworkCheck.Equation withBiases(
      WeightTable table, HypernetworkCheck.Equation kernels) {
    return (p, c) -> {
      Map<String, double[]> weights = new LinkedHashMap<>(kernels.apply(p, c));
      table
          .biases()
          .forEach(
              (name, weight) ->
                  weights.put(
                      name,
                      affine(
                          c,
                          get(p, "generator/" + name + "/V"),
                          get(p, "generator/" + name + "/b"),
                          N_C,
                          (int) weight.size())));
      return weights;
    };
  }
}

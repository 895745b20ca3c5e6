// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hypernet4j.hyper.PlainHypernetwork.BASIC;
import static org.hypernet4j.hyper.PlainHypernetwork.MIXED;
import static org.hypernet4j.hyper.PlainHypernetwork.N_C;
import static org.hypernet4j.hyper.PlainHypernetwork.TILED;
import static org.hypernet4j.hyper.PlainHypernetwork.beside;
import static org.hypernet4j.hyper.PlainHypernetwork.get;
import static org.hypernet4j.hyper.PlainHypernetwork.hidden;
import static org.hypernet4j.hyper.PlainHypernetwork.kernel;
import static org.hypernet4j.hyper.PlainHypernetwork.layer;
import static org.hypernet4j.hyper.PlainHypernetwork.scaled;
import static org.hypernet4j.hyper.PlainHypernetwork.withBiases;
import static org.hypernet4j.hyper.PlainMaths.affine;
import static org.hypernet4j.hyper.PlainMaths.relu;
import static org.hypernet4j.hyper.PlainMaths.tile;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Designs that make kernels, with a condition: each against its equation; some are tiled. */
class HypernetworksOfKernelsTest {
  /**
   * Tiles made by a generator of 3 + 2 numbers. The larger kernel has twice the inputs of the basic
   * one, so half its variance, and the condition reaches it with the factor that its embeddings
   * begin with.
   */
  private static void checkTiled(
      GeneratorSettings settings,
      double factorOfLarge,
      Function<Map<String, double[]>, UnaryOperator<double[]>> basics) {
    EmbeddedKernels design = EmbeddedKernels.normal(settings, TargetVariance.KAIMING_IN);
    HypernetworkCheck.check(
        design,
        TILED,
        N_C,
        withBiases(
            TILED,
            (p, c) -> {
              Map<String, double[]> kernels = new LinkedHashMap<>();
              TILED
                  .kernels()
                  .forEach(
                      (name, shape) -> {
                        double[] own = scaled(c, shape.equals(BASIC) ? 1 : factorOfLarge);
                        double[] z = beside(own, get(p, "embeddings/" + layer(name) + "/z"), 2);
                        kernels.put(name, tile(basics.apply(p).apply(z), BASIC, shape));
                      });
              return kernels;
            }));
    // an embedding of 2 for each of 1 + 4 + 1 basic kernels; 3 + 6 biases
    assertThat(design.parameterCount(TILED, N_C))
        .isEqualTo(settings.parameterCount() + 6 * 2 + 9 * (N_C + 1));
  }

  @Test
  void oneLayerLinear() {
    checkTiled(
        new OneLayerLinearGenerator.Settings(BASIC, 5, true, 0.1),
        Math.sqrt(0.5),
        p -> z -> affine(z, get(p, "generator/W"), get(p, "generator/b"), 5, 18));
  }

  @Test
  void twoLayerLinear() {
    checkTiled(
        TwoLayerLinearGenerator.Settings.withVariance(BASIC, 5, 4, 0.1, 1),
        Math.sqrt(0.5),
        p ->
            z -> {
              // two input channels, each with a hidden vector of four
              double[] a =
                  affine(
                      z, get(p, "generator/projection/W"), get(p, "generator/projection/B"), 5, 8);
              double[] slices =
                  affine(a, get(p, "generator/output/W"), get(p, "generator/output/B"), 4, 9);
              double[] basics = new double[slices.length];
              for (int i = 0; i < basics.length; i++) {
                int out = i % 3;
                int in = i / 3 % 2;
                int column = i / 6 % 3;
                int k = i / 18;
                basics[i] = slices[((k * 2 + in) * 3 + column) * 3 + out];
              }
              return basics;
            });
  }

  @Test
  void mlp() {
    checkTiled(
        new MlpGenerator.Settings(BASIC, 5, List.of(4, 7), 0.1),
        Math.sqrt(0.5),
        p ->
            z ->
                affine(
                    hidden(p, "generator", z, 5, 4, 7),
                    get(p, "generator/output/W"),
                    get(p, "generator/output/b"),
                    7,
                    18));
  }

  /** Two factors are made from z, so each gets the root of the factor. */
  @Test
  void lowRank() {
    checkTiled(
        new LowRankGenerator.Settings(BASIC, 5, 2, 0.1),
        Math.sqrt(Math.sqrt(0.5)),
        p ->
            z -> {
              double[] u = affine(z, get(p, "generator/left/W"), get(p, "generator/left/b"), 5, 12);
              double[] v =
                  affine(z, get(p, "generator/right/W"), get(p, "generator/right/b"), 5, 6);
              double[] basics = new double[z.length / 5 * 18];
              for (int k = 0; k < z.length / 5; k++) {
                double[] product =
                    affine(
                        Arrays.copyOfRange(u, k * 12, k * 12 + 12),
                        Arrays.copyOfRange(v, k * 6, k * 6 + 6),
                        null,
                        2,
                        3);
                System.arraycopy(product, 0, basics, k * 18, 18);
              }
              return basics;
            });
  }

  /** One kernel of the basic shape needs no embedding: the condition is all that there is. */
  @Test
  void aSingleKernelFromTheConditionAlone() {
    WeightTable table = WeightTable.empty().with("k/kernel", kernel(BASIC));
    HypernetworkCheck.check(
        EmbeddedKernels.normal(
            new OneLayerLinearGenerator.Settings(BASIC, N_C, true, 0.1), TargetVariance.KAIMING_IN),
        table,
        N_C,
        (p, c) ->
            Map.of("k/kernel", affine(c, get(p, "generator/W"), get(p, "generator/b"), N_C, 18)));
  }

  @Test
  void templated() {
    TemplatedKernels design = new TemplatedKernels(4, TargetVariance.XAVIER);
    HypernetworkCheck.check(
        design,
        TILED,
        N_C,
        withBiases(
            TILED,
            (p, c) -> {
              Map<String, double[]> kernels = new LinkedHashMap<>();
              TILED
                  .kernels()
                  .forEach(
                      (name, shape) ->
                          kernels.put(
                              name,
                              affine(
                                  affine(
                                      c,
                                      get(p, "generator/" + layer(name) + "/V"),
                                      get(p, "embeddings/" + layer(name) + "/z"),
                                      N_C,
                                      4),
                                  get(p, "generator/" + shape + "/W"),
                                  null,
                                  4,
                                  (int) shape.size())));
              return kernels;
            }));
    // two banks, for kernels of 18 and 72 weights; 4 coefficients for each of three kernels
    assertThat(design.parameterCount(TILED, N_C))
        .isEqualTo(4 * (18 + 72) + 3 * 4 * (1 + N_C) + 9 * (N_C + 1));
  }

  @Test
  void frequencies() {
    DctKernels design = new DctKernels(0.6, TargetVariance.KAIMING_OUT);
    HypernetworkCheck.check(
        design,
        MIXED,
        N_C,
        withBiases(
            MIXED,
            (p, c) -> {
              Map<String, double[]> kernels = new LinkedHashMap<>();
              MIXED
                  .kernels()
                  .forEach(
                      (name, shape) -> {
                        int m = shape.height() * shape.width() * shape.in();
                        int n = shape.out();
                        int rows = (int) Math.ceil(0.6 * m);
                        int columns = (int) Math.ceil(0.6 * n);
                        double[] coefficients =
                            affine(
                                c,
                                get(p, "generator/" + layer(name) + "/V"),
                                get(p, "embeddings/" + layer(name) + "/coefficients"),
                                N_C,
                                rows * columns);
                        kernels.put(name, waves(coefficients, m, n, rows, columns));
                      });
              return kernels;
            }));
    // 4 x 3 keeps 3 x 2, 5 x 4 keeps 3 x 3, 12 x 6 keeps 8 x 4; 3 + 4 biases
    assertThat(design.parameterCount(MIXED, N_C))
        .isEqualTo((6 + 9 + 32) * (N_C + 1) + 7 * (N_C + 1));
  }

  private static double[] waves(double[] coefficients, int m, int n, int rows, int columns) {
    double[] kernel = new double[m * n];
    for (int i = 0; i < m * n; i++) {
      for (int k = 0; k < rows; k++) {
        for (int l = 0; l < columns; l++) {
          kernel[i] += wave(m, i / n, k) * wave(n, i % n, l) * coefficients[k * columns + l];
        }
      }
    }
    return kernel;
  }

  private static double wave(int size, int place, int frequency) {
    return Math.sqrt((frequency == 0 ? 1.0 : 2.0) / size)
        * Math.cos(Math.PI * (2 * place + 1) * frequency / (2.0 * size));
  }

  /** Coordinates, condition, embedding; convolutions only, whose axes are not seen as pictures. */
  @Test
  void coordinates() {
    CoordinateKernels design = new CoordinateKernels(List.of(5, 4), 2, TargetVariance.KAIMING_IN);
    HypernetworkCheck.check(
        design,
        TILED,
        N_C,
        withBiases(
            TILED,
            (p, c) -> {
              Map<String, double[]> kernels = new LinkedHashMap<>();
              TILED
                  .kernels()
                  .forEach(
                      (name, shape) ->
                          kernels.put(
                              name,
                              fromPlaces(p, shape, c, get(p, "embeddings/" + layer(name) + "/z"))));
              return kernels;
            }));
    // 4 + 3 + 2 inputs
    assertThat(design.parameterCount(TILED, N_C))
        .isEqualTo(10 * 5 + 6 * 4 + 5 + 3 * 2 + 9 * (N_C + 1));
  }

  private static double[] fromPlaces(
      Map<String, double[]> p, KernelShape shape, double[] c, double[] z) {
    double[] x = new double[(int) shape.size() * 9];
    for (int i = 0; i < shape.size(); i++) {
      double[] place = {
        0,
        i / (shape.in() * shape.out()) - 1, // three columns at -1, 0, 1
        2.0 * (i / shape.out() % shape.in()) / (shape.in() - 1) - 1,
        2.0 * (i % shape.out()) / (shape.out() - 1) - 1
      };
      System.arraycopy(place, 0, x, i * 9, 4);
      System.arraycopy(c, 0, x, i * 9 + 4, 3);
      System.arraycopy(z, 0, x, i * 9 + 7, 2);
    }
    double[] h = relu(affine(x, get(p, "generator/input/W"), get(p, "generator/input/b"), 9, 5));
    double[] kernel =
        affine(
            hidden(p, "generator", h, 5, 4),
            get(p, "generator/output/W"),
            get(p, "generator/output/b"),
            4,
            1);
    // the variance that the kernel requires over the mean square of its inputs, as for the first
    return scaled(
        kernel, Math.sqrt(2.0 / shape.in() / squares(shape)) / Math.sqrt(1 / squares(BASIC)));
  }

  /** The sum of squares of an input vector, averaged over places; c and z have the variance 1. */
  private static double squares(KernelShape shape) {
    double sum = N_C + 2;
    for (int n : new int[] {shape.width(), shape.in(), shape.out()}) {
      for (int i = 0; i < n; i++) {
        double x = 2.0 * i / (n - 1) - 1;
        sum += x * x / n;
      }
    }
    return sum;
  }

  /** Kernels of different shapes need no embedding. */
  @Test
  void coordinatesWithoutAnEmbedding() {
    WeightTable table = WeightTable.empty().with("k/kernel", kernel(BASIC));
    HypernetworkCheck.check(
        new CoordinateKernels(List.of(5), 0, TargetVariance.KAIMING_IN),
        table,
        N_C,
        (p, c) -> {
          double[] x = new double[18 * 7];
          for (int i = 0; i < 18; i++) {
            double[] place = {0, i / 6 - 1, 2 * (i / 3 % 2) - 1, i % 3 - 1};
            System.arraycopy(place, 0, x, i * 7, 4);
            System.arraycopy(c, 0, x, i * 7 + 4, 3);
          }
          double[] h =
              relu(affine(x, get(p, "generator/input/W"), get(p, "generator/input/b"), 7, 5));
          return Map.of(
              "k/kernel",
              affine(h, get(p, "generator/output/W"), get(p, "generator/output/b"), 5, 1));
        });
  }
}

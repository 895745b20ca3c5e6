// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hypernet4j.hyper.PlainMaths.affine;
import static org.hypernet4j.hyper.PlainMaths.relu;
import static org.hypernet4j.hyper.PlainMaths.tile;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.hypernet4j.graph.Initializers;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;

/** Every design of hypernetworks against its equation; all sizes differ, some kernels are tiled. */
class HypernetworksTest {
  private static final KernelShape BASIC = new KernelShape(1, 3, 2, 3);
  private static final KernelShape LARGE = new KernelShape(1, 3, 4, 6);

  /** Kernels of one window, two of them alike, one without a bias, and a bias before its kernel. */
  private static final WeightTable TILED =
      WeightTable.empty()
          .with("a/kernel", kernel(BASIC))
          .with("a/bias", WeightShape.bias(BASIC))
          .with("deep/b/bias", WeightShape.bias(LARGE))
          .with("deep/b/kernel", kernel(LARGE))
          .with("c", kernel(BASIC));

  /** Convolutions and a dense layer. */
  private static final WeightTable MIXED =
      WeightTable.empty()
          .conv2d("conv", 2, 1, 3)
          .dense("dense", 5, 4)
          .with("wide/kernel", kernel(LARGE));

  private static final int N_C = 3;

  private static WeightShape kernel(KernelShape kernel) {
    return new WeightShape(kernel.toShape(), kernel, Initializers.heNormal());
  }

  private static double[] get(Map<String, double[]> parameters, String name) {
    return Objects.requireNonNull(parameters.get(name), name);
  }

  private static String layer(String name) {
    return name.endsWith("/kernel") ? name.substring(0, name.length() - 7) : name;
  }

  /** {@code [first_0 ; rows_0], ..}: a vector before each of some rows. */
  private static double[] beside(double[] first, double[] rows, int size) {
    int count = rows.length / size;
    int width = first.length + size;
    double[] all = new double[count * width];
    for (int i = 0; i < count; i++) {
      System.arraycopy(first, 0, all, i * width, first.length);
      System.arraycopy(rows, i * size, all, i * width + first.length, size);
    }
    return all;
  }

  private static double[] scaled(double[] values, double factor) {
    return Arrays.stream(values).map(value -> factor * value).toArray();
  }

  /** ReLU layers {@code hidden0}, {@code hidden1}, ... below a scope. */
  private static double[] hidden(
      Map<String, double[]> p, String scope, double[] x, int in, int... sizes) {
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
  private static HypernetworkCheck.Equation withBiases(
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

  /** 12 + 3 + 20 + 4 + 72 = 111 weights in 16 chunks of 7, of which the last number is dropped. */
  @Test
  void chunked() {
    ChunkedKernels design = new ChunkedKernels(7, 2, List.of(5), TargetVariance.KAIMING_IN);
    HypernetworkCheck.check(
        design,
        MIXED,
        N_C,
        (p, c) -> {
          double[] z = beside(c, get(p, "embeddings/chunks/z"), 2);
          double[] all =
              affine(
                  hidden(p, "generator", z, 5, 5),
                  get(p, "generator/output/W"),
                  get(p, "generator/output/b"),
                  5,
                  7);
          // 2 x 2 x 1 = 4 inputs, then 5, then 1 x 3 x 4 = 12; a bias has the scale of its kernel
          Map<String, double[]> weights = new LinkedHashMap<>();
          weights.put("conv/kernel", Arrays.copyOfRange(all, 0, 12));
          weights.put("conv/bias", Arrays.copyOfRange(all, 12, 15));
          weights.put("dense/kernel", scaled(Arrays.copyOfRange(all, 15, 35), Math.sqrt(4 / 5.0)));
          weights.put("dense/bias", scaled(Arrays.copyOfRange(all, 35, 39), Math.sqrt(4 / 5.0)));
          weights.put("wide/kernel", scaled(Arrays.copyOfRange(all, 39, 111), Math.sqrt(4 / 12.0)));
          return weights;
        });
    assertThat(design.parameterCount(MIXED, N_C)).isEqualTo(16 * 2 + 6 * 5 + 6 * 7);
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

  /** Shared ReLU layers, ReLU layers for each weight, and none at all. */
  @Test
  void heads() {
    for (boolean apart : new boolean[] {false, true}) {
      HeadKernels design = new HeadKernels(List.of(5, 6), apart, TargetVariance.XAVIER, 0);
      HypernetworkCheck.check(
          design,
          MIXED,
          N_C,
          (p, c) ->
              heads(p, name -> hidden(p, apart ? "generator/" + name : "generator", c, 3, 5, 6)));
      // 20 + 36 for each set of layers; 7 numbers for each of 111 weights
      assertThat(design.parameterCount(MIXED, N_C)).isEqualTo((apart ? 5 : 1) * 56 + 7 * 111);
    }
    HeadKernels linear = HeadKernels.of(List.of(), TargetVariance.KAIMING_IN);
    HypernetworkCheck.check(linear, MIXED, N_C, (p, c) -> heads(p, name -> c));
    assertThat(linear.parameterCount(MIXED, N_C)).isEqualTo(4 * 111);
    HypernetworkCheck.check(
        HeadKernels.aroundOne(List.of(5)),
        MIXED,
        N_C,
        (p, c) -> heads(p, name -> hidden(p, "generator/" + name, c, 3, 5)));
  }

  private static Map<String, double[]> heads(
      Map<String, double[]> p, Function<String, double[]> hidden) {
    Map<String, double[]> weights = new LinkedHashMap<>();
    MIXED
        .shapes()
        .forEach(
            (name, weight) -> {
              double[] h = hidden.apply(name);
              weights.put(
                  name,
                  affine(
                      h,
                      get(p, "generator/" + name + "/H"),
                      get(p, "generator/" + name + "/B"),
                      h.length,
                      (int) weight.size()));
            });
    return weights;
  }

  /** Networks of their own, mixed by the condition. */
  @Test
  void separateNetworks() {
    HypernetworkCheck.check(
        new SeparateNetworks(),
        MIXED,
        N_C,
        (p, c) -> {
          Map<String, double[]> weights = new LinkedHashMap<>();
          MIXED
              .shapes()
              .forEach(
                  (name, weight) ->
                      weights.put(
                          name,
                          affine(c, get(p, "networks/" + name), null, N_C, (int) weight.size())));
          return weights;
        });
  }

  /**
   * The recipes of von Oswald et al. (their repository hypercl): the numbers of Theta, generator
   * and chunk embeddings without those of the tasks, and of the weights that it makes. By hand for
   * SplitMNIST: 192 to 10 to 10 to 42,000 is 1,930 + 110 + 462,000; 12 chunk embeddings of 96.
   */
  @Test
  void thePublishedRecipesHaveTheirNumberOfParameters() {
    WeightTable split = net(784, 400, 10);
    WeightTable permuted = net(1024, 1000, 100);
    WeightTable hundred = net(1024, 1000, 1000);
    assertThat(split.size()).isEqualTo(478_410);
    assertThat(permuted.size()).isEqualTo(2_126_100);
    assertThat(hundred.size()).isEqualTo(3_027_000);
    assertThat(chunks(42_000, 96, 10, 10).parameterCount(split, 96))
        .isEqualTo(1_930 + 110 + 462_000 + 12 * 96)
        .isEqualTo(465_192);
    assertThat(chunks(78_000, 8, 25, 25).parameterCount(permuted, 24)).isEqualTo(2_029_699);
    assertThat(chunks(7_500, 12, 200, 250, 350).parameterCount(hundred, 128)).isEqualTo(2_803_648);
  }

  private static WeightTable net(int in, int hidden, int out) {
    return WeightTable.empty()
        .dense("first", in, hidden)
        .dense("second", hidden, hidden)
        .dense("output", hidden, out);
  }

  private static ChunkedKernels chunks(int size, int embedding, Integer... hidden) {
    return new ChunkedKernels(size, embedding, List.of(hidden), TargetVariance.XAVIER);
  }

  /** The sizes of a table, as the names of its weights. */
  @Test
  void tablesKeepNetworkOrder() {
    assertThat(MIXED.size()).isEqualTo(111);
    assertThat(MIXED.shapes().keySet())
        .containsExactly("conv/kernel", "conv/bias", "dense/kernel", "dense/bias", "wide/kernel");
    assertThat(MIXED.kernels().keySet())
        .containsExactly("conv/kernel", "dense/kernel", "wide/kernel");
    assertThat(Objects.requireNonNull(MIXED.shapes().get("conv/kernel")).shape())
        .isEqualTo(Shape.of(2, 2, 1, 3));
  }
}

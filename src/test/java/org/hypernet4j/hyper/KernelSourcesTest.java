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
import java.util.function.UnaryOperator;
import org.hypernet4j.graph.ParameterStore;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;

/** Every source of kernels against its equation; all sizes differ, some kernels are tiled. */
class KernelSourcesTest {
  static final KernelShape BASIC = new KernelShape(1, 3, 2, 3);
  static final Map<String, KernelShape> TABLE =
      table("a", BASIC, "b", new KernelShape(1, 3, 4, 6), "c", BASIC);

  static Map<String, KernelShape> table(Object... namesAndShapes) {
    Map<String, KernelShape> table = new LinkedHashMap<>();
    for (int i = 0; i < namesAndShapes.length; i += 2) {
      table.put((String) namesAndShapes[i], (KernelShape) namesAndShapes[i + 1]);
    }
    return table;
  }

  private static double[] get(Map<String, double[]> parameters, String name) {
    return Objects.requireNonNull(parameters.get(name), name);
  }

  /** The kernels that tiling makes from basic kernels, which are made from the embeddings. */
  private static Map<String, double[]> tiled(
      Map<String, double[]> parameters, UnaryOperator<double[]> basics) {
    Map<String, double[]> kernels = new LinkedHashMap<>();
    TABLE.forEach(
        (name, shape) ->
            kernels.put(
                name,
                tile(basics.apply(get(parameters, "embeddings/" + name + "/z")), BASIC, shape)));
    return kernels;
  }

  /** ReLU layers {@code hidden0}, {@code hidden1}, ... of a generator. */
  private static double[] hidden(Map<String, double[]> p, double[] x, int in, int... sizes) {
    double[] h = x;
    int from = in;
    for (int i = 0; i < sizes.length; i++) {
      String layer = "generator/hidden" + i;
      h = relu(affine(h, get(p, layer + "/W"), get(p, layer + "/b"), from, sizes[i]));
      from = sizes[i];
    }
    return h;
  }

  @Test
  void oneLayerLinear() {
    EmbeddedKernels source =
        EmbeddedKernels.normal(
            new OneLayerLinearGenerator.Settings(BASIC, 4, true, 0.1), TargetVariance.KAIMING_IN);
    GeneratorCheck.check(
        source,
        TABLE,
        p -> tiled(p, z -> affine(z, get(p, "generator/W"), get(p, "generator/b"), 4, 18)));
    // (4 + 1) 18 and one embedding of 4 for each of 1 + 4 + 1 basic kernels
    assertThat(source.parameterCount(TABLE)).isEqualTo(90 + 24);
  }

  @Test
  void mlp() {
    EmbeddedKernels source =
        EmbeddedKernels.normal(
            new MlpGenerator.Settings(BASIC, 4, List.of(5, 3), 0.1), TargetVariance.KAIMING_IN);
    GeneratorCheck.check(
        source,
        TABLE,
        p ->
            tiled(
                p,
                z ->
                    affine(
                        hidden(p, z, 4, 5, 3),
                        get(p, "generator/output/W"),
                        get(p, "generator/output/b"),
                        3,
                        18)));
    assertThat(source.parameterCount(TABLE)).isEqualTo(5 * 5 + 6 * 3 + 4 * 18 + 24);
  }

  @Test
  void lowRank() {
    EmbeddedKernels source =
        EmbeddedKernels.normal(
            new LowRankGenerator.Settings(BASIC, 4, 2, 0.1), TargetVariance.KAIMING_IN);
    GeneratorCheck.check(
        source,
        TABLE,
        p ->
            tiled(
                p,
                z -> {
                  double[] u =
                      affine(z, get(p, "generator/left/W"), get(p, "generator/left/b"), 4, 12);
                  double[] v =
                      affine(z, get(p, "generator/right/W"), get(p, "generator/right/b"), 4, 6);
                  int count = z.length / 4;
                  double[] basics = new double[count * 18];
                  for (int k = 0; k < count; k++) {
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
                }));
    // (4 + 1) 2 (6 + 3)
    assertThat(source.parameterCount(TABLE)).isEqualTo(90 + 24);
  }

  @Test
  void templated() {
    TemplatedKernels source = new TemplatedKernels(3, TargetVariance.KAIMING_IN);
    GeneratorCheck.check(
        source,
        TABLE,
        p -> {
          Map<String, double[]> kernels = new LinkedHashMap<>();
          TABLE.forEach(
              (name, shape) ->
                  kernels.put(
                      name,
                      affine(
                          get(p, "embeddings/" + name + "/z"),
                          get(p, "generator/" + shape + "/W"),
                          null,
                          3,
                          (int) shape.size())));
          return kernels;
        });
    // two banks for kernels of 18 and 72 weights, three coefficients for each of three kernels
    assertThat(source.parameterCount(TABLE)).isEqualTo(3 * (18 + 72) + 3 * 3);
  }

  @Test
  void chunked() {
    // 18 + 72 + 18 weights in 16 chunks of 7, of which the last four numbers are dropped
    ChunkedKernels source = new ChunkedKernels(7, 2, List.of(3), TargetVariance.KAIMING_IN);
    GeneratorCheck.check(
        source,
        TABLE,
        p -> {
          double[] all =
              affine(
                  hidden(p, get(p, "embeddings/chunks/z"), 2, 3),
                  get(p, "generator/output/W"),
                  get(p, "generator/output/b"),
                  3,
                  7);
          // b has twice the inputs of a, so half the variance
          double[] b = Arrays.copyOfRange(all, 18, 90);
          for (int i = 0; i < b.length; i++) {
            b[i] *= Math.sqrt(0.5);
          }
          return Map.of(
              "a", Arrays.copyOfRange(all, 0, 18), "b", b, "c", Arrays.copyOfRange(all, 90, 108));
        });
    assertThat(source.parameterCount(TABLE)).isEqualTo(16 * 2 + 3 * 3 + 4 * 7);
  }

  /** The basis by its definition, its columns orthonormal. */
  @Test
  void dct() {
    DctKernels source = new DctKernels(0.6, TargetVariance.KAIMING_IN);
    GeneratorCheck.check(
        source,
        TABLE,
        p -> {
          Map<String, double[]> kernels = new LinkedHashMap<>();
          TABLE.forEach(
              (name, shape) -> {
                int m = 3 * shape.in();
                int n = shape.out();
                int r = (int) Math.ceil(0.6 * m);
                int c = (int) Math.ceil(0.6 * n);
                double[] coefficients = get(p, "embeddings/" + name + "/coefficients");
                double[] kernel = new double[m * n];
                for (int i = 0; i < m; i++) {
                  for (int j = 0; j < n; j++) {
                    for (int k = 0; k < r; k++) {
                      for (int l = 0; l < c; l++) {
                        kernel[i * n + j] +=
                            wave(m, i, k) * wave(n, j, l) * coefficients[k * c + l];
                      }
                    }
                  }
                }
                kernels.put(name, kernel);
              });
          return kernels;
        });
    // 6 x 3 keeps 4 x 2, 12 x 6 keeps 8 x 4
    assertThat(source.parameterCount(TABLE)).isEqualTo(8 + 32 + 8);
  }

  private static double wave(int size, int place, int frequency) {
    return Math.sqrt((frequency == 0 ? 1.0 : 2.0) / size)
        * Math.cos(Math.PI * (2 * place + 1) * frequency / (2.0 * size));
  }

  @Test
  void coordinate() {
    CoordinateKernels source = new CoordinateKernels(List.of(5, 3), 2, TargetVariance.KAIMING_IN);
    GeneratorCheck.check(
        source,
        TABLE,
        p -> {
          Map<String, double[]> kernels = new LinkedHashMap<>();
          TABLE.forEach(
              (name, shape) -> {
                double[] z = get(p, "embeddings/" + name + "/z");
                double[] x = new double[(int) shape.size() * 6];
                for (int i = 0; i < shape.size(); i++) {
                  int io = shape.in() * shape.out();
                  double[] place = {
                    0,
                    i / io - 1, // three columns at -1, 0, 1
                    2.0 * (i / shape.out() % shape.in()) / (shape.in() - 1) - 1,
                    2.0 * (i % shape.out()) / (shape.out() - 1) - 1,
                    z[0],
                    z[1]
                  };
                  System.arraycopy(place, 0, x, i * 6, 6);
                }
                double[] h =
                    relu(affine(x, get(p, "generator/input/W"), get(p, "generator/input/b"), 6, 5));
                double[] kernel =
                    affine(
                        hidden(p, h, 5, 3),
                        get(p, "generator/output/W"),
                        get(p, "generator/output/b"),
                        3,
                        1);
                double scale = Math.sqrt(1.0 / shape.in() / squares(shape) * 2 * squares(BASIC));
                for (int i = 0; i < kernel.length; i++) {
                  kernel[i] *= scale;
                }
                kernels.put(name, kernel);
              });
          return kernels;
        });
    assertThat(source.parameterCount(TABLE)).isEqualTo(7 * 5 + 6 * 3 + 4 + 2 * 3);
  }

  /** The sum of squares of an input vector of the coordinate network, averaged over places. */
  private static double squares(KernelShape shape) {
    double sum = 2; // z, each of variance 1
    for (int n : new int[] {shape.width(), shape.in(), shape.out()}) {
      for (int i = 0; i < n; i++) {
        double x = 2.0 * i / (n - 1) - 1;
        sum += x * x / n;
      }
    }
    return sum;
  }

  /** 4 x 9 channels: the pixel's place in 2 x 2, the unit's in 3 x 3. */
  @Test
  void coordinatesOfADenseKernelAreThoseOfPictures() {
    GeneratorCheck.check(
        new CoordinateKernels(List.of(3), 0, TargetVariance.XAVIER),
        Map.of("dense", KernelShape.dense(4, 9)),
        p -> {
          double[] x = new double[36 * 4];
          for (int i = 0; i < 36; i++) {
            int in = i / 9;
            int out = i % 9;
            double[] place = {in / 2 * 2 - 1, in % 2 * 2 - 1, out / 3 - 1, out % 3 - 1};
            System.arraycopy(place, 0, x, i * 4, 4);
          }
          double[] h =
              relu(affine(x, get(p, "generator/input/W"), get(p, "generator/input/b"), 4, 3));
          return Map.of(
              "dense", affine(h, get(p, "generator/output/W"), get(p, "generator/output/b"), 3, 1));
        });
  }

  /** The paper's appendix A.1: 784 pixels to 16 x 16 hidden units by 801 numbers. */
  @Test
  void theCoordinateNetworkOfThePaperHas801Parameters() {
    Map<String, KernelShape> layer = Map.of("hidden", KernelShape.dense(784, 256));
    CoordinateKernels source = new CoordinateKernels(List.of(25, 25), 0, TargetVariance.KAIMING_IN);
    assertThat(source.parameterCount(layer)).isEqualTo(801);
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1L);
      source.build(store.root(), layer);
      assertThat(ParameterStore.count(store.model())).isEqualTo(801);
      // the picture's coordinates are never laid out for each weight
      assertThat(graph.toGraphDef().getSerializedSize()).isLessThan(50_000);
    }
  }
}

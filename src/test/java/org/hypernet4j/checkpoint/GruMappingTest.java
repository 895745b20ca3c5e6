// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.Npz;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.ndarray.Shape;

/**
 * The mappings for PyTorch's GRU: what they lay out, run through the equations of our layout in
 * plain double, gives the outputs of PyTorch (recorded by {@code checkpoint/layouts/make.py}).
 */
class GruMappingTest {
  private static final int INPUT = 4;
  private static final int UNITS = 5;
  private static final int STEPS = 8;

  private static Path resource(String name) throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(GruMappingTest.class.getResource("/checkpoint/layouts/" + name))
            .toURI());
  }

  @ParameterizedTest
  @CsvSource({"pytorch-gru, 2", "pytorch-gru-cell, 1"})
  void givesPyTorchsOutputs(String mapping, int layers) throws URISyntaxException {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    for (int k = 0; k < layers; k++) {
      String scope = scope(k, layers);
      shapes.put(scope + "W_x", Shape.of(k == 0 ? INPUT : UNITS, 3L * UNITS));
      shapes.put(scope + "W_h", Shape.of(UNITS, 3L * UNITS));
      shapes.put(scope + "b", Shape.of(3L * UNITS));
      shapes.put(scope + "b_h", Shape.of(3L * UNITS));
    }
    Path file = resource(mapping + ".npz");
    WeightImport plan =
        WeightImport.plan(shapes, WeightFile.open(file), WeightMapping.read(mapping));
    assertThat(plan.missing()).isEmpty();
    assertThat(plan.mismatched()).isEmpty();
    assertThat(plan.extra()).containsExactlyInAnyOrder("x", "out");

    Map<String, NpyArray> recorded = Npz.read(file);
    double[] out = Objects.requireNonNull(recorded.get("out")).doubles();
    double[] inputs = Objects.requireNonNull(recorded.get("x")).doubles();
    double[][] h = new double[layers][UNITS];
    for (int t = 0; t < STEPS; t++) {
      double[] x = new double[INPUT];
      System.arraycopy(inputs, t * INPUT, x, 0, INPUT);
      for (int k = 0; k < layers; k++) {
        h[k] = step(plan.values(), scope(k, layers), x, h[k]);
        x = h[k];
      }
      for (int j = 0; j < UNITS; j++) {
        assertThat(x[j]).isCloseTo(out[t * UNITS + j], within(1e-12));
      }
    }
  }

  private static String scope(int layer, int layers) {
    return layers == 1 ? "cell/" : "cell/layer" + layer + "/";
  }

  /**
   * Columns z, r, g; {@code g = tanh(x W_x + b + r (h W_h + b_h))}, {@code h' = z h + (1 - z) g}.
   */
  private static double[] step(Map<String, float[]> values, String scope, double[] x, double[] h) {
    double[] a = product(values, scope + "W_x", scope + "b", x);
    double[] b = product(values, scope + "W_h", scope + "b_h", h);
    double[] next = new double[UNITS];
    for (int j = 0; j < UNITS; j++) {
      double z = 1 / (1 + Math.exp(-a[j] - b[j]));
      double r = 1 / (1 + Math.exp(-a[UNITS + j] - b[UNITS + j]));
      double g = Math.tanh(a[2 * UNITS + j] + r * b[2 * UNITS + j]);
      next[j] = z * h[j] + (1 - z) * g;
    }
    return next;
  }

  private static double[] product(
      Map<String, float[]> values, String matrix, String bias, double[] x) {
    float[] w = Objects.requireNonNull(values.get(matrix));
    float[] b = Objects.requireNonNull(values.get(bias));
    double[] result = new double[3 * UNITS];
    for (int j = 0; j < result.length; j++) {
      result[j] = b[j];
      for (int i = 0; i < x.length; i++) {
        result[j] += x[i] * w[i * result.length + j];
      }
    }
    return result;
  }
}

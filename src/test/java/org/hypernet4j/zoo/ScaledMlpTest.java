// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hypernet4j.fixtures.Arrays4.assertClose;
import static org.hypernet4j.fixtures.Arrays4.toDoubles;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.nn.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Layers with scale factors from outside against their equation in plain double. */
class ScaledMlpTest {
  private static final int INPUTS = 4;
  private static final List<Integer> HIDDEN = List.of(5, 3);
  private static final int OUTPUTS = 2;
  private static final int UNITS = 10;
  private static final int EXAMPLES = 3;
  private static final int DRAWS = 2;

  private static float[] numbers(int count, int seed) {
    Random random = new Random(seed);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  private static Operand<TFloat32> constant(TestGraph g, float[] values, long... shape) {
    return g.tf.constant(Shape.of(shape), DataBuffers.of(values, true, false));
  }

  private static Map<String, double[]> random(TestGraph g) {
    Map<String, float[]> values = new LinkedHashMap<>();
    Map<String, double[]> exact = new LinkedHashMap<>();
    g.store.initialize(g.session);
    for (Parameter parameter : g.store.all()) {
      float[] value = numbers((int) parameter.size(), parameter.name().hashCode());
      values.put(parameter.name(), value);
      exact.put(parameter.name(), toDoubles(value));
    }
    ParameterValues.assign(g.session, g.store, values);
    return exact;
  }

  /** {@code y_j = g_j x v_j / ||v_j|| + b_j}, ReLU between the layers. */
  private static double[] plain(
      Map<String, double[]> p, float[] x, int example, float[] draws, int draw, boolean shifts) {
    double[] h = new double[INPUTS];
    for (int i = 0; i < INPUTS; i++) {
      h[i] = x[example * INPUTS + i];
    }
    int size = shifts ? 2 * UNITS : UNITS;
    int[] sizes = {5, 3, OUTPUTS};
    int at = 0;
    for (int l = 0; l < 3; l++) {
      double[] v = Objects.requireNonNull(p.get("dense" + l + "/v"));
      double[] y = new double[sizes[l]];
      for (int j = 0; j < y.length; j++) {
        double norm = 0;
        double product = 0;
        for (int i = 0; i < h.length; i++) {
          norm += v[i * y.length + j] * v[i * y.length + j];
          product += h[i] * v[i * y.length + j];
        }
        double bias =
            shifts
                ? draws[draw * size + UNITS + at + j]
                : Objects.requireNonNull(p.get("dense" + l + "/bias"))[j];
        y[j] = draws[draw * size + at + j] * product / Math.sqrt(norm) + bias;
        y[j] = l < 2 ? Math.max(0, y[j]) : y[j];
      }
      at += y.length;
      h = y;
    }
    return h;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyDrawReadsAllExamplesOrItsOwn(boolean shifts) {
    try (TestGraph g = new TestGraph()) {
      ScaledMlp mlp = new ScaledMlp(g.store.root(), INPUTS, HIDDEN, OUTPUTS, shifts);
      int size = shifts ? 2 * UNITS : UNITS;
      assertThat(mlp.size()).isEqualTo(size);
      float[] x = numbers(EXAMPLES * INPUTS, 1);
      float[] draws = numbers(EXAMPLES * DRAWS * size, 2);
      Operand<TFloat32> images = constant(g, x, EXAMPLES, INPUTS);
      Operand<TFloat32> own = constant(g, draws, EXAMPLES, DRAWS, size);
      Operand<TFloat32> all = mlp.apply(g.tf, images, constant(g, draws, EXAMPLES * DRAWS, size));
      Operand<TFloat32> each = mlp.applyEach(g.tf, images, own);
      assertThat(all.shape()).isEqualTo(Shape.of(EXAMPLES * DRAWS, EXAMPLES, OUTPUTS));
      assertThat(each.shape()).isEqualTo(Shape.of(EXAMPLES, DRAWS, OUTPUTS));
      // the first draw as an ordinary network
      Operand<TFloat32> folded =
          new MlpNetwork(INPUTS, HIDDEN, OUTPUTS)
              .apply(
                  g.tf,
                  Weights.of(
                      mlp.weights(g.tf, constant(g, Arrays.copyOf(draws, size), size))),
                  images);
      Map<String, double[]> p = random(g);
      double[] expectedAll = new double[EXAMPLES * DRAWS * EXAMPLES * OUTPUTS];
      double[] expectedEach = new double[EXAMPLES * DRAWS * OUTPUTS];
      for (int d = 0; d < EXAMPLES * DRAWS; d++) {
        for (int n = 0; n < EXAMPLES; n++) {
          double[] y = plain(p, x, n, draws, d, shifts);
          System.arraycopy(y, 0, expectedAll, (d * EXAMPLES + n) * OUTPUTS, OUTPUTS);
          if (d / DRAWS == n) {
            System.arraycopy(y, 0, expectedEach, d * OUTPUTS, OUTPUTS);
          }
        }
      }
      List<float[]> fetched = g.fetch(List.of(all, each, folded));
      assertClose("all", fetched.get(0), expectedAll, 1e-5);
      assertClose("each", fetched.get(1), expectedEach, 1e-5);
      assertClose(
          "folded",
          fetched.get(2),
          Arrays.copyOf(expectedAll, EXAMPLES * OUTPUTS),
          1e-5);
    }
  }

  @Test
  void drawsOfOneExampleAreNotRepeatedForOthers() {
    try (TestGraph g = new TestGraph()) {
      ScaledMlp mlp = new ScaledMlp(g.store.root(), INPUTS, HIDDEN, OUTPUTS, false);
      Operand<TFloat32> known = constant(g, numbers(3 * INPUTS, 1), 3, INPUTS);
      assertThatThrownBy(
              () -> mlp.applyEach(g.tf, known, constant(g, numbers(UNITS, 1), 1, 1, UNITS)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("the draws");
      Placeholder<TFloat32> x =
          g.tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, INPUTS)));
      Placeholder<TFloat32> draws =
          g.tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, -1, UNITS)));
      Operand<TFloat32> each = mlp.applyEach(g.tf, x, draws);
      g.store.initialize(g.session);
      try (TFloat32 three = TFloat32.tensorOf(Shape.of(3, INPUTS));
          TFloat32 one = TFloat32.tensorOf(Shape.of(1, 2, UNITS))) {
        assertThatThrownBy(
                () -> {
                  try (Result result =
                      g.session.runner().feed(x, three).feed(draws, one).fetch(each).run()) {
                    assertThat(result.size()).isZero();
                  }
                })
            .hasMessageContaining("wrong first sizes");
      }
    }
  }
}

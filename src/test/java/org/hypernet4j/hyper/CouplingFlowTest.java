// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.hypernet4j.fixtures.Arrays4.assertClose;
import static org.hypernet4j.fixtures.Arrays4.assertGradient;
import static org.hypernet4j.fixtures.Arrays4.toDoubles;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterValues;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/** Values, log-determinants and divergence of couplings against {@link PlainFlow}. */
class CouplingFlowTest {
  private static final int SIZE = 5;
  private static final int COUPLINGS = 3;
  private static final int ROWS = 4;
  private static final double DEVIATION = 0.7;

  private static CouplingFlow.Settings settings(int couplings) {
    return new CouplingFlow.Settings(
        SIZE, couplings, List.of(6), Initializers.constant(1f), 0.25);
  }

  private static float[] numbers(int count, int seed, double scale) {
    Random random = new Random(seed);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) (random.nextGaussian() * scale);
    }
    return numbers;
  }

  private static double[] row(double[] all, int row) {
    double[] one = new double[SIZE];
    System.arraycopy(all, row * SIZE, one, 0, SIZE);
    return one;
  }

  /** A flow with parameters far from its start. */
  private static final class Case implements AutoCloseable {
    final TestGraph g = new TestGraph();
    final float[] noise = numbers(ROWS * SIZE, 3, 1);
    final double[] priorMean = {1, 1, 1, 0, 0};
    final Operand<TFloat32> z =
        g.tf.identity(g.tf.constant(Shape.of(ROWS, SIZE), DataBuffers.of(noise, true, false)));
    final CouplingFlow.Drawn drawn;
    final Operand<TFloat32> divergence;
    final Map<String, double[]> p = new LinkedHashMap<>();

    Case() {
      CouplingFlow flow = new CouplingFlow(g.store.root(), settings(COUPLINGS));
      drawn = flow.apply(g.tf, z);
      divergence =
          CouplingFlow.divergence(
              g.tf, z, drawn, g.tf.constant(new float[] {1, 1, 1, 0, 0}), DEVIATION);
      g.store.initialize(g.session);
      Map<String, float[]> values = new LinkedHashMap<>();
      for (Parameter parameter : g.store.all()) {
        float[] value = numbers((int) parameter.size(), parameter.name().hashCode(), 0.5);
        values.put(parameter.name(), value);
        p.put(parameter.name(), toDoubles(value));
      }
      ParameterValues.assign(g.session, g.store, values);
    }

    PlainFlow plain() {
      return new PlainFlow(SIZE, COUPLINGS, p);
    }

    @Override
    public void close() {
      g.close();
    }
  }

  @Test
  void theLogDeterminantIsThatOfTheNumericalJacobian() {
    try (Case c = new Case()) {
      List<float[]> fetched =
          c.g.fetch(List.of(c.drawn.values(), c.drawn.logDeterminant(), c.divergence));
      double[] values = new double[ROWS * SIZE];
      double[] determinants = new double[ROWS];
      double[] divergences = new double[ROWS];
      double[] noise = toDoubles(c.noise);
      for (int r = 0; r < ROWS; r++) {
        double[] y = c.plain().apply(row(noise, r));
        System.arraycopy(y, 0, values, r * SIZE, SIZE);
        determinants[r] = c.plain().numericalLogDeterminant(row(noise, r));
        // by the equation, too
        assertThat(y[SIZE]).isCloseTo(determinants[r], within(1e-8));
        divergences[r] = c.plain().divergence(row(noise, r), c.priorMean, DEVIATION);
      }
      assertClose("values", fetched.get(0), values, 1e-5);
      assertClose("log-determinant", fetched.get(1), determinants, 1e-5);
      assertClose("divergence", fetched.get(2), divergences, 1e-4);
    }
  }

  @Test
  void gradientsOfTheDivergenceAreThoseOfFiniteDifferences() {
    try (Case c = new Case()) {
      Operand<TFloat32> loss = c.g.sum(c.divergence);
      Map<String, Operand<TFloat32>> wanted = new LinkedHashMap<>();
      wanted.put("noise", Gradients.byTensors(loss, List.of(c.z)).get(0));
      Gradients.of(loss, c.g.store.all())
          .forEach((parameter, gradient) -> wanted.put(parameter.name(), gradient));
      Fetched fetched = Fetched.of(c.g.session, wanted);
      double[] noise = toDoubles(c.noise);
      ToDoubleFunction<double[]> sum =
          all -> {
            double total = 0;
            for (int r = 0; r < ROWS; r++) {
              total += equation(c, row(all, r));
            }
            return total;
          };
      assertGradient("noise", fetched.get("noise"), differences(noise, sum), 1e-4);
      c.p.forEach(
          (name, value) ->
              assertGradient(
                  name,
                  fetched.get(name),
                  differences(value, moved -> sum.applyAsDouble(noise)),
                  1e-4));
    }
  }

  /** The divergence with the log-determinant by the equation: no difference of differences. */
  private static double equation(Case c, double[] noise) {
    double[] y = c.plain().apply(noise);
    double sum = -y[SIZE];
    for (int i = 0; i < SIZE; i++) {
      double apart = (y[i] - c.priorMean[i]) / DEVIATION;
      sum += apart * apart / 2 - noise[i] * noise[i] / 2 + Math.log(DEVIATION);
    }
    return sum;
  }

  private static double[] differences(double[] at, ToDoubleFunction<double[]> function) {
    double step = 1e-5;
    double[] result = new double[at.length];
    for (int i = 0; i < at.length; i++) {
      double kept = at[i];
      at[i] = kept + step;
      double high = function.applyAsDouble(at);
      at[i] = kept - step;
      result[i] = (high - function.applyAsDouble(at)) / (2 * step);
      at[i] = kept;
    }
    return result;
  }

  /**
   * At the start, and without couplings, y is normal: KL(N(1, s) || N(m, d)) = log(d / s) + (s^2 +
   * (1 - m)^2) / (2 d^2) - 1/2 for each number, in closed form.
   */
  @Test
  void oneDrawsDivergencesHaveTheDivergenceAsTheirMean() {
    int rows = 20_000;
    try (TestGraph g = new TestGraph()) {
      CouplingFlow flow = new CouplingFlow(g.store.root(), settings(2));
      Operand<TFloat32> z =
          g.tf.constant(
              Shape.of(rows, SIZE), DataBuffers.of(numbers(rows * SIZE, 8, 1), true, false));
      CouplingFlow.Drawn drawn = flow.apply(g.tf, z);
      Operand<TFloat32> each =
          CouplingFlow.divergence(
              g.tf, z, drawn, g.tf.constant(new float[] {1, 1, 1, 0.5f, 0.5f}), 2);
      g.store.initialize(g.session);
      float[] values = g.fetch(each);
      double mean = 0;
      double square = 0;
      for (float value : values) {
        mean += value / (double) rows;
        square += (double) value * value / rows;
      }
      double s = 0.25;
      double expected =
          5 * (Math.log(2 / s) + s * s / 8 - 0.5) + 2 * 0.25 / 8;
      double error = Math.sqrt((square - mean * mean) / rows);
      assertThat(mean).isCloseTo(expected, within(5 * error));
      assertThat(error).isLessThan(0.02);
    }
  }

  @Test
  void theCountIsThatOfTheStore() {
    for (int couplings : new int[] {0, 1, 4}) {
      try (TestGraph g = new TestGraph()) {
        CouplingFlow flow = new CouplingFlow(g.store.root(), settings(couplings));
        assertThat(flow.size()).isEqualTo(SIZE);
        assertThat(g.store.all().stream().mapToLong(Parameter::size).sum())
            .isEqualTo(settings(couplings).parameterCount());
      }
    }
    // by hand: halves of 2 and 3; (2 + 1) 6 + (6 + 1) 6, (3 + 1) 6 + (6 + 1) 4, and twice 5
    assertThat(settings(2).parameterCount()).isEqualTo(18 + 42 + 24 + 28 + 10);
  }

  @Test
  void wrongSettingsAndNoiseAreRefused() {
    List<Runnable> wrong = new ArrayList<>();
    wrong.add(() -> new CouplingFlow.Settings(1, 2, List.of(), Initializers.zeros(), 1));
    wrong.add(() -> new CouplingFlow.Settings(4, -1, List.of(), Initializers.zeros(), 1));
    wrong.add(() -> new CouplingFlow.Settings(4, 2, List.of(0), Initializers.zeros(), 1));
    wrong.add(() -> new CouplingFlow.Settings(4, 2, List.of(), Initializers.zeros(), 0));
    wrong.add(() -> new CouplingFlow.Settings(4, 2, List.of(), Initializers.zeros(), Double.NaN));
    for (Runnable each : wrong) {
      assertThatThrownBy(each::run).isInstanceOf(UserError.class);
    }
    try (TestGraph g = new TestGraph()) {
      CouplingFlow flow = new CouplingFlow(g.store.root(), settings(2));
      assertThatThrownBy(() -> flow.apply(g.tf, g.tf.constant(new float[3][4])))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("[?, 5]")
          .hasMessageContaining("[3, 4]");
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.hypernet4j.fixtures.Arrays4.assertClose;
import static org.hypernet4j.fixtures.Arrays4.toDoubles;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.fixtures.PlainLayers;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.hyper.ChunkedKernels;
import org.hypernet4j.hyper.Condition;
import org.hypernet4j.hyper.HeadKernels;
import org.hypernet4j.hyper.TargetVariance;
import org.hypernet4j.nn.ConditionedNetwork;
import org.hypernet4j.nn.TargetNetwork;
import org.hypernet4j.nn.Weights;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Networks that take their weights from anywhere, against plain double and against loops. */
class TargetNetworksTest {
  private static final int ROWS = 3;
  private static final int N_C = 2;

  private static Operand<TFloat32> random(Ops tf, int seed, long... sizes) {
    return tf.constant(Shape.of(sizes), DataBuffers.of(numbers(seed, sizes), true, false));
  }

  private static float[] numbers(int seed, long... sizes) {
    Random random = new Random(seed);
    float[] values = new float[(int) Shape.of(sizes).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** {@code f(x W + b)} with x [rows, in]. */
  private static double[] dense(
      double[] x, Fetched weights, String layer, int out, DoubleUnaryOperator f) {
    double[] w = toDoubles(weights.get(layer + "/kernel"));
    double[] b = toDoubles(weights.get(layer + "/bias"));
    int in = w.length / out;
    double[] y = new double[x.length / in * out];
    for (int i = 0; i < y.length; i++) {
      double sum = b[i % out];
      for (int k = 0; k < in; k++) {
        sum += x[i / out * in + k] * w[k * out + i % out];
      }
      y[i] = f.applyAsDouble(sum);
    }
    return y;
  }

  /** Ordinary parameters, all of them random, biases too, and the network's output. */
  private static Fetched run(TargetNetwork net, Operand<TFloat32> x, TestGraph test) {
    Ops tf = test.tf;
    Weights parameters = Weights.parameters(test.store.root(), net.weights());
    Map<String, Operand<TFloat32>> tensors = new LinkedHashMap<>();
    int seed = 20;
    for (Map.Entry<String, Operand<TFloat32>> weight : parameters.tensors(tf).entrySet()) {
      long[] sizes = weight.getValue().shape().asArray();
      tensors.put(
          weight.getKey(),
          tf.math.add(
              weight.getValue(), tf.math.mul(random(tf, seed++, sizes), tf.constant(0.1f))));
    }
    Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>(tensors);
    fetches.put("y", net.apply(tf, Weights.of(tensors), x));
    test.store.initialize(test.session);
    return Fetched.of(test.session, fetches);
  }

  @Test
  void denseLayersWithReluBetweenThem() {
    try (TestGraph test = new TestGraph()) {
      MlpNetwork net = new MlpNetwork(3, List.of(5, 4), 2);
      Fetched actual = run(net, random(test.tf, 1, 6, 3), test);
      double[] h = dense(toDoubles(numbers(1, 6, 3)), actual, "dense0", 5, sum -> Math.max(0, sum));
      h = dense(h, actual, "dense1", 4, sum -> Math.max(0, sum));
      assertClose("y", actual.get("y"), dense(h, actual, "dense2", 2, sum -> sum), 1e-5);
      assertThat(test.store.model().stream().map(parameter -> parameter.name()))
          .containsExactly(
              "dense0/kernel",
              "dense0/bias",
              "dense1/kernel",
              "dense1/bias",
              "dense2/kernel",
              "dense2/bias");
      assertThat(test.store.regularised()).hasSize(3);
    }
  }

  /** The frequency multiplies the layer, not only the product; sines of sums up to a hundred. */
  @Test
  void sines() {
    try (TestGraph test = new TestGraph()) {
      SineNetwork net = new SineNetwork(2, List.of(5, 4), 3, SineNetwork.FREQUENCY);
      Fetched actual = run(net, random(test.tf, 1, 6, 2), test);
      double[] h =
          dense(toDoubles(numbers(1, 6, 2)), actual, "sine0", 5, sum -> Math.sin(30 * sum));
      h = dense(h, actual, "sine1", 4, sum -> Math.sin(30 * sum));
      assertClose("y", actual.get("y"), dense(h, actual, "output", 3, sum -> sum), 1e-4);
    }
  }

  @Test
  void convolutionsWithPools() {
    try (TestGraph test = new TestGraph()) {
      // 7 x 7 becomes 3 x 3 and 1 x 1
      ConvNetwork net = new ConvNetwork(7, 2, List.of(3, 4), 3, List.of(5), 2);
      Fetched actual = run(net, random(test.tf, 1, 2, 7, 7, 2), test);
      PlainLayers.Images images =
          new PlainLayers.Images(toDoubles(numbers(1, 2, 7, 7, 2)), 2, 7, 7, 2);
      for (String layer : List.of("conv0", "conv1")) {
        images =
            pool(
                PlainLayers.relu(
                    PlainLayers.conv(
                        images,
                        toDoubles(actual.get(layer + "/kernel")),
                        toDoubles(actual.get(layer + "/bias")),
                        3,
                        1)));
      }
      double[] h = dense(images.values(), actual, "dense0", 5, sum -> Math.max(0, sum));
      assertClose("y", actual.get("y"), dense(h, actual, "dense1", 2, sum -> sum), 1e-5);
    }
  }

  private static PlainLayers.Images pool(PlainLayers.Images in) {
    PlainLayers.Images out = PlainLayers.Images.zeros(in.n(), in.h() / 2, in.w() / 2, in.c());
    Arrays.fill(out.values(), Double.NEGATIVE_INFINITY);
    for (int i = 0; i < in.values().length; i++) {
      int c = i % in.c();
      int x = i / in.c() % in.w() / 2;
      int y = i / in.c() / in.w() % in.h() / 2;
      int n = i / in.c() / in.w() / in.h();
      if (x < out.w() && y < out.h()) {
        int to = ((n * out.h() + y) * out.w() + x) * in.c() + c;
        out.values()[to] = Math.max(out.values()[to], in.values()[i]);
      }
    }
    return out;
  }

  /**
   * 200 x 300 and 300 x 300 weights: uniform numbers reach their bound b to within a share of 1e-3
   * and have the variance b^2 / 3, here to within 2 % (four deviations of 60,000 numbers), and the
   * mean 0; those of 300 biases to within 20 %.
   */
  @Test
  void sinesBeginAsInTheirPaper() {
    try (TestGraph test = new TestGraph(3)) {
      SineNetwork net = new SineNetwork(200, List.of(300, 300), 300, 30);
      Weights weights = Weights.parameters(test.store.root(), net.weights());
      test.store.initialize(test.session);
      Fetched values = Fetched.of(test.session, weights.tensors(test.tf));
      double later = Math.sqrt(6.0 / 300) / 30;
      assertUniform(values.get("sine0/kernel"), 1.0 / 200, 0.02);
      assertUniform(values.get("sine1/kernel"), later, 0.02);
      assertUniform(values.get("output/kernel"), later, 0.02);
      assertUniform(values.get("sine0/bias"), 1 / Math.sqrt(200), 0.2);
      assertUniform(values.get("sine1/bias"), 1 / Math.sqrt(300), 0.2);
      assertUniform(values.get("output/bias"), 1 / Math.sqrt(300), 0.2);
    }
  }

  private static void assertUniform(float[] values, double bound, double tolerance) {
    double largest = 0;
    double mean = 0;
    double square = 0;
    int inner = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
      mean += value / (double) values.length;
      square += (double) value * value / values.length;
      inner += Math.abs(value) < bound / 2 ? 1 : 0;
    }
    assertThat(largest).isBetween(bound * (1 - tolerance), bound * (1 + 1e-6));
    assertThat(mean / bound).isCloseTo(0, within(tolerance));
    assertThat(square / (bound * bound / 3)).isCloseTo(1, within(tolerance));
    assertThat((double) inner / values.length).isCloseTo(0.5, within(tolerance));
  }

  /** Each example by the network of its own condition, as if it were alone. */
  @Test
  void weightsOfEachExampleAreThoseOfALoop() {
    assertLoop(new MlpNetwork(3, List.of(5), 2), 3);
    assertLoop(new ConvNetwork(6, 2, List.of(3, 4), 3, List.of(5), 2), 6, 6, 2);
    assertLoop(new SineNetwork(3, List.of(5), 2, 30), 3);
  }

  private static void assertLoop(TargetNetwork net, long... example) {
    try (TestGraph test = new TestGraph()) {
      Ops tf = test.tf;
      ConditionedNetwork made =
          new ConditionedNetwork(
              test.store.root(),
              net,
              new ChunkedKernels(16, 2, List.of(8), TargetVariance.KAIMING_IN),
              N_C);
      long[] batch = new long[example.length + 1];
      batch[0] = ROWS;
      System.arraycopy(example, 0, batch, 1, example.length);
      float[] x = numbers(1, batch);
      float[] c = numbers(2, ROWS, N_C);
      Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
      fetches.put(
          "each", made.apply(tf, Condition.of(random(tf, 2, ROWS, N_C)), random(tf, 1, batch)));
      for (int n = 0; n < ROWS; n++) {
        int size = x.length / ROWS;
        long[] one = batch.clone();
        one[0] = 1;
        Operand<TFloat32> own =
            tf.constant(
                Shape.of(one),
                DataBuffers.of(Arrays.copyOfRange(x, n * size, (n + 1) * size), true, false));
        fetches.put(
            "alone " + n,
            made.apply(
                tf, Condition.of(tf.constant(Arrays.copyOfRange(c, n * N_C, (n + 1) * N_C))), own));
      }
      test.store.initialize(test.session);
      Fetched actual = Fetched.of(test.session, fetches);
      int out = actual.get("each").length / ROWS;
      for (int n = 0; n < ROWS; n++) {
        assertClose(
            "example " + n,
            Arrays.copyOfRange(actual.get("each"), n * out, (n + 1) * out),
            toDoubles(actual.get("alone " + n)),
            1e-4);
      }
      // and they are networks of their own
      assertThat(actual.get("alone 0")).isNotEqualTo(actual.get("alone 1"));
    }
  }

  /** [rows, points, 2]: every row draws its own picture at all points, as if it were alone. */
  @Test
  void rowsOfBatchesAreThoseOfALoop() {
    for (TargetNetwork net :
        List.of(new SineNetwork(2, List.of(5, 4), 3, 3), new MlpNetwork(2, List.of(5, 4), 3))) {
      try (TestGraph test = new TestGraph()) {
        Ops tf = test.tf;
        ConditionedNetwork made =
            new ConditionedNetwork(
                test.store.root(), net, HeadKernels.of(List.of(6), TargetVariance.XAVIER), N_C);
        Operand<TFloat32> points = random(tf, 1, ROWS, 7, 2);
        Operand<TFloat32> all = random(tf, 2, ROWS, N_C);
        Operand<TFloat32> y = made.apply(tf, Condition.of(all), points);
        assertThat(y.shape()).isEqualTo(Shape.of(ROWS, 7, 3));
        List<Operand<TFloat32>> fetches = new ArrayList<>(List.of(y));
        // one network for several batches of points
        Condition first = Condition.of(row(tf, all, 0, N_C));
        Operand<TFloat32> same = made.apply(tf, first, points);
        assertThat(same.shape()).isEqualTo(Shape.of(ROWS, 7, 3));
        fetches.add(same);
        for (int n = 0; n < ROWS; n++) {
          Operand<TFloat32> own = row(tf, points, n, 7, 2);
          fetches.add(made.apply(tf, Condition.of(row(tf, all, n, N_C)), own));
          fetches.add(made.apply(tf, first, own));
        }
        test.store.initialize(test.session);
        List<float[]> values = test.fetch(fetches);
        for (int n = 0; n < ROWS; n++) {
          for (int which = 0; which < 2; which++) {
            assertClose(
                "row " + n,
                Arrays.copyOfRange(values.get(which), n * 21, (n + 1) * 21),
                toDoubles(values.get(2 + 2 * n + which)),
                1e-4);
          }
        }
      }
    }
  }

  private static Operand<TFloat32> row(Ops tf, Operand<TFloat32> x, int n, long... sizes) {
    return tf.reshape(tf.gather(x, tf.constant(n), tf.constant(0)), tf.constant(sizes));
  }

  @Test
  void sizesThatMakeNoSense() {
    List<Runnable> wrong =
        List.of(
            () -> new MlpNetwork(0, List.of(), 1),
            () -> new MlpNetwork(1, List.of(0), 1),
            () -> new MlpNetwork(1, List.of(), 0),
            () -> new SineNetwork(2, List.of(), 1, 30),
            () -> new SineNetwork(2, List.of(3), 1, 0),
            () -> new SineNetwork(2, List.of(3), 1, Float.NaN),
            () -> new ConvNetwork(7, 1, List.of(), 3, List.of(), 1),
            () -> new ConvNetwork(7, 1, List.of(1, 1, 1), 3, List.of(), 1),
            // a shift by 32 is none
            () -> new ConvNetwork(7, 1, Collections.nCopies(32, 1), 3, List.of(), 1),
            () -> new ConvNetwork(100_000, 1, List.of(1), 3, List.of(), 1));
    assertThat(wrong)
        .allSatisfy(make -> assertThatThrownBy(make::run).isInstanceOf(UserError.class));
    assertThatThrownBy(() -> new MlpNetwork(1 << 16, List.of(1 << 16), 1).weights())
        .isInstanceOf(UserError.class)
        .hasMessageContaining("weight 'dense0/kernel': the table with it is too large");
    try (TestGraph test = new TestGraph()) {
      Ops tf = test.tf;
      TargetNetwork conv = new ConvNetwork(6, 1, List.of(1), 3, List.of(), 1);
      Weights weights = Weights.parameters(test.store.root(), conv.weights());
      assertThatThrownBy(() -> conv.apply(tf, weights, random(tf, 1, 2, 5, 6, 1)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("x has the wrong shape; expected [?, 6, 6, 1]");
      assertThat(weights.names()).hasSize(4);
    }
  }
}

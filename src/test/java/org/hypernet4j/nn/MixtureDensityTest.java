// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import org.hypernet4j.device.internal.Xla;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.internal.StepFunction;
import org.hypernet4j.nn.MixtureDensity.Loss;
import org.hypernet4j.nn.MixtureDensity.Pen;
import org.hypernet4j.nn.MixtureDensity.Settings;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The loss against {@link PlainMixture}, and that against finite differences of itself; limits,
 * gradients far out, shapes.
 */
class MixtureDensityTest {
  private static final float BY_OFFSET = 0.7f;
  private static final float BY_PEN = 1.3f;

  /** Rows of raw outputs and data. */
  private static final class Rows {
    private final Settings settings;
    private final int rows;
    private final float[] raw;
    private final float[] x;
    private final float[] pen;

    private Rows(Settings settings, int rows, float[] raw, float[] x, float[] pen) {
      this.settings = settings;
      this.rows = rows;
      this.raw = raw;
      this.x = x;
      this.pen = pen;
    }

    static Rows random(Settings settings, int rows, long seed, double spread) {
      Random random = new Random(seed);
      float[] raw = new float[rows * settings.columns()];
      float[] x = new float[rows * 2];
      for (int i = 0; i < raw.length; i++) {
        raw[i] = (float) (random.nextGaussian() * spread);
      }
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) random.nextGaussian();
      }
      int states = settings.pen().columns();
      float[] pen = new float[rows * states];
      for (int row = 0; row < rows && states > 0; row++) {
        if (states == 1) {
          pen[row] = random.nextInt(2);
        } else {
          pen[row * 3 + random.nextInt(3)] = 1;
        }
      }
      return new Rows(settings, rows, raw, x, pen);
    }

    /** Sets a block of one row: 0 pi, 1 and 2 mu, 3 and 4 s, 5 r. */
    void set(int row, int block, float value) {
      int k = settings.components();
      int from = row * settings.columns() + settings.pen().columns() + block * k;
      Arrays.fill(raw, from, from + k, value);
    }

    PlainMixture plain(int row) {
      int columns = settings.columns();
      int states = settings.pen().columns();
      return new PlainMixture(
          settings,
          doubles(raw, row * columns, columns),
          doubles(x, row * 2, 2),
          doubles(pen, row * states, states));
    }

    @Nullable Operand<TFloat32> pen(Ops tf) {
      return switch (settings.pen()) {
        case NONE -> null;
        case BERNOULLI -> tf.constant(pen);
        case THREE_WAY -> tf.constant(Shape.of(rows, 3), DataBuffers.of(pen));
      };
    }

    /** The losses of offset and pen and the gradients by raw and x, as a graph computes them. */
    List<float[]> run(BiFunction<TestGraph, Operand<TFloat32>[], Loss> build) {
      try (TestGraph test = new TestGraph()) {
        Ops tf = test.tf;
        Operand<TFloat32> r = tf.constant(Shape.of(rows, settings.columns()), DataBuffers.of(raw));
        Operand<TFloat32> points = tf.constant(Shape.of(rows, 2), DataBuffers.of(x));
        @SuppressWarnings({"unchecked", "rawtypes"})
        Operand<TFloat32>[] inputs = new Operand[] {r, points, pen(tf)};
        Loss loss = build.apply(test, inputs);
        Operand<TFloat32> sum =
            tf.math.add(
                tf.math.mul(test.sum(loss.offset()), tf.constant(BY_OFFSET)),
                tf.math.mul(test.sum(loss.pen()), tf.constant(BY_PEN)));
        List<Operand<TFloat32>> fetches = new ArrayList<>(List.of(loss.offset(), loss.pen()));
        fetches.addAll(Gradients.byTensors(sum, List.of(r, points)));
        return test.fetch(fetches);
      }
    }

    List<float[]> run() {
      return run((test, in) -> new MixtureDensity(settings).loss(test.tf, in[0], in[1], in[2]));
    }

    List<float[]> runCompiled() {
      try (TestGraph test = new TestGraph();
          StepFunction step = StepFunction.in(test.tf, "mixture", true)) {
        Ops tf = step.tf();
        Operand<TFloat32> r =
            step.enter(test.tf.constant(Shape.of(rows, settings.columns()), DataBuffers.of(raw)));
        Operand<TFloat32> points =
            step.enter(test.tf.constant(Shape.of(rows, 2), DataBuffers.of(x)));
        Operand<TFloat32> states = pen(test.tf);
        Loss loss =
            new MixtureDensity(settings)
                .loss(tf, r, points, states == null ? null : step.enter(states));
        Operand<TFloat32> sum =
            tf.reduceSum(
                tf.math.add(
                    tf.math.mul(loss.offset(), tf.constant(BY_OFFSET)),
                    tf.math.mul(loss.pen(), tf.constant(BY_PEN))),
                tf.constant(0));
        List<Operand<TFloat32>> results = new ArrayList<>(List.of(loss.offset(), loss.pen()));
        results.addAll(Gradients.byTensors(sum, List.of(r, points)));
        return test.fetch(step.leave(results));
      }
    }

    /** The same ops with TensorFlow's derivatives: what platforms without ours get. */
    List<float[]> runWithoutClosedForm() {
      return run(
          (test, in) -> {
            Operand<TFloat32> value =
                new MixtureLoss(settings, in[0], in[1], in[2]).forward(test.tf).get(0);
            Operand<TFloat32> offset = MixtureBlocks.column(test.tf, value, 0);
            return new Loss(
                offset,
                in[2] == null
                    ? test.tf.zerosLike(offset)
                    : MixtureBlocks.column(test.tf, value, 1));
          });
    }

    /** Losses within 1e-5 and gradients within 1e-4 of each row's largest. */
    void check(List<float[]> actual) {
      for (int row = 0; row < rows; row++) {
        PlainMixture plain = plain(row);
        String name = settings.pen() + ", row " + row;
        assertLoss(name, actual.get(0)[row], plain.offset());
        assertLoss(name, actual.get(1)[row], plain.pen());
        double[] expected = plain.gradient(BY_OFFSET, BY_PEN);
        double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        double[] byX = new double[2];
        int k = settings.components();
        for (int i = 0; i < expected.length; i++) {
          assertThat((double) actual.get(2)[row * expected.length + i])
              .as(name + ", column " + i)
              .isCloseTo(expected[i], within(1e-4 * largest));
          int block = (i - settings.pen().columns()) / k;
          if (i >= settings.pen().columns() && (block == 1 || block == 2)) {
            byX[block - 1] -= expected[i]; // only x - mu counts
          }
        }
        for (int axis = 0; axis < 2; axis++) {
          assertThat((double) actual.get(3)[row * 2 + axis])
              .as(name + ", by x")
              .isCloseTo(byX[axis], within(1e-4 * largest));
        }
      }
    }
  }

  private static void assertLoss(String name, double actual, double expected) {
    assertThat(actual).as(name).isCloseTo(expected, within(1e-5 * Math.max(1, Math.abs(expected))));
  }

  private static double[] doubles(float[] values, int from, int count) {
    double[] result = new double[count];
    for (int i = 0; i < count; i++) {
      result[i] = values[from + i];
    }
    return result;
  }

  private static List<Settings> variants(int components, Pen pen) {
    Settings plain = Settings.of(components, pen);
    return List.of(
        plain,
        plain.withDensityEpsilon(1e-6f),
        plain.withDensityFloor(1e-3f),
        plain.withSigmaFloor(0.2f),
        plain.withCorrelationBound(1.5f),
        plain.withSigmaFloor(0.01f).withCorrelationBound(6).withDensityEpsilon(1e-4f));
  }

  @ParameterizedTest
  @EnumSource(Pen.class)
  void agreesWithPlainJava(Pen pen) {
    for (int k : new int[] {1, 20}) {
      for (Settings settings : variants(k, pen)) {
        Rows rows = Rows.random(settings, 12, 31 + k, 1);
        rows.check(rows.run());
        rows.check(rows.runWithoutClosedForm());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Pen.class)
  void agreesWhenXlaCompilesIt(Pen pen) {
    assumeTrue(Xla.isAvailable(), "XLA is not available here");
    Rows rows =
        Rows.random(Settings.of(5, pen).withSigmaFloor(0.1f).withCorrelationBound(6), 9, 4, 1);
    rows.set(0, 5, -12);
    rows.set(1, 3, -9);
    rows.set(2, 1, 400);
    rows.check(rows.runCompiled());
  }

  /** The derivative in plain Java is that of the loss in plain Java. */
  @ParameterizedTest
  @EnumSource(Pen.class)
  void plainDerivativesAreFiniteDifferences(Pen pen) {
    for (Settings settings : variants(3, pen)) {
      Rows rows = Rows.random(settings, 10, 7, 0.8);
      for (int row = 0; row < rows.rows; row++) {
        double[] expected = rows.plain(row).differences(BY_OFFSET, BY_PEN, 1e-5);
        double[] actual = rows.plain(row).gradient(BY_OFFSET, BY_PEN);
        for (int i = 0; i < expected.length; i++) {
          assertThat(actual[i]).isCloseTo(expected[i], within(1e-7 * (1 + Math.abs(actual[i]))));
        }
      }
    }
  }

  /**
   * One kind of extreme a row, and two of them at once. In the textbook's form most of these are 0
   * / 0 in float32.
   */
  @Test
  void extremesAreExact() {
    for (Pen pen : List.of(Pen.BERNOULLI, Pen.THREE_WAY)) {
      Settings settings = Settings.of(4, pen);
      Rows rows = Rows.random(settings, 16, 77, 1);
      rows.set(0, 5, 6);
      rows.set(1, 5, -12);
      rows.set(2, 3, -9);
      rows.set(2, 4, -9);
      rows.set(3, 3, 9);
      rows.set(3, 4, 9);
      rows.set(4, 1, 40);
      rows.set(4, 2, -40);
      rows.set(5, 1, 4000);
      rows.set(6, 5, 12);
      rows.set(6, 3, -9);
      rows.set(7, 5, 10);
      rows.set(7, 1, -300);
      rows.set(8, 3, -14);
      rows.set(8, 4, 14);
      for (int block = 0; block < 6; block++) {
        rows.set(9, block, 0);
      }
      int columns = settings.columns();
      rows.raw[10 * columns + pen.columns()] = 80; // weight of one component
      rows.raw[11 * columns + pen.columns() + 1] = -200;
      rows.raw[12 * columns] = 60; // pen
      rows.raw[13 * columns] = -60;
      rows.raw[14 * columns] = 200;
      rows.check(rows.run());
      rows.check(rows.runWithoutClosedForm());
    }
  }

  /**
   * Where only the pen counts and is all but certain, the derivative is not 0: {@code p - 1} would
   * be. Expected: {@code exp(-30)} by either logit, with the sign of its side.
   */
  @Test
  void aCertainPenStillHasADerivative() {
    double e = Math.exp(-30);
    Rows rows = Rows.random(Settings.of(1, Pen.THREE_WAY), 1, 1, 0);
    System.arraycopy(new float[] {30, 0, -50}, 0, rows.raw, 0, 3);
    System.arraycopy(new float[] {1, 0, 0}, 0, rows.pen, 0, 3);
    float[] gradient = rows.run().get(2);
    assertThat(gradient[0] / (-e * BY_PEN)).isCloseTo(1, within(1e-5));
    assertThat(gradient[1] / (e * BY_PEN)).isCloseTo(1, within(1e-5));
    Rows lifted = Rows.random(Settings.of(1, Pen.BERNOULLI), 1, 1, 0);
    lifted.raw[0] = 30;
    lifted.pen[0] = 1;
    assertThat(lifted.run().get(2)[0] / (-e * BY_PEN)).isCloseTo(1, within(1e-5));
    assertThat(lifted.run().get(1)[0] / e).isCloseTo(1, within(1e-5));
  }

  /** A component that has collapsed onto another point must not end the training. */
  @Test
  void aCollapsedComponentCountsForNothing() {
    Settings settings = Settings.of(2, Pen.NONE);
    Rows rows = Rows.random(settings, 1, 3, 0);
    float[] raw = rows.raw; // pi 2, mu1 2, mu2 2, s1 2, s2 2, r 2
    raw[6] = -50;
    raw[8] = -50;
    raw[10] = 20;
    List<float[]> actual = rows.run();
    // the other one alone, a standard normal of weight 1/2
    double square = Math.pow(rows.x[0], 2) + Math.pow(rows.x[1], 2);
    assertLoss("loss", actual.get(0)[0], Math.log(4 * Math.PI) + square / 2);
    for (int i = 0; i < 12; i++) {
      assertThat(actual.get(2)[i]).isFinite();
      if (i >= 2 && i % 2 == 0) {
        assertThat(actual.get(2)[i]).isZero();
      }
    }
  }

  @Test
  void limitsHold() {
    Settings settings = Settings.of(1, Pen.NONE).withSigmaFloor(0.05f).withCorrelationBound(6);
    for (float far : new float[] {-100, 100}) {
      Rows rows = Rows.random(settings, 1, 3, 0);
      rows.set(0, 3, -Math.abs(far));
      rows.set(0, 4, -3);
      rows.set(0, 5, far);
      try (TestGraph test = new TestGraph()) {
        MixtureDensity.Parameters all =
            new MixtureDensity(settings)
                .parameters(test.tf, test.tf.constant(Shape.of(1, 6), DataBuffers.of(rows.raw)));
        List<float[]> actual = test.fetch(List.of(all.sigma(), all.rho()));
        assertThat(actual.get(0)[0]).isCloseTo(0.05f, within(1e-7f));
        assertThat(actual.get(0)[1]).isCloseTo(0.05f + (float) Math.exp(-3), within(1e-7f));
        assertThat(Math.abs(actual.get(1)[0]))
            .isCloseTo((float) Math.tanh(6), within(3e-7f))
            .isLessThan(1);
      }
      float byR = rows.run().get(2)[5];
      double expected = rows.plain(0).gradient(BY_OFFSET, BY_PEN)[5];
      assertThat(byR / expected).as("derivative by r").isCloseTo(1, within(1e-3));
      assertThat(byR).isNotZero();
    }
  }

  /** One in each block, in rows of their own; the last row is whole. */
  @Test
  void notANumberIsNotHidden() {
    int[] places = {0, 1, 4, 7, 10, 13, 16}; // pen, pi, mu1, mu2, s1, s2, r
    for (Settings settings : variants(3, Pen.BERNOULLI)) {
      int columns = settings.columns();
      Rows rows = Rows.random(settings, places.length + 1, 8, 1);
      for (int row = 0; row < places.length; row++) {
        rows.raw[row * columns + places[row]] = Float.NaN;
      }
      List<float[]> actual = rows.run();
      for (int row = 0; row < places.length; row++) {
        assertThat(actual.get(row == 0 ? 1 : 0)[row]).isNaN();
        assertThat(actual.get(2)[row * columns + places[row]]).isNaN();
      }
      for (int i = 0; i < columns; i++) {
        assertThat(actual.get(2)[places.length * columns + i]).isFinite();
      }
    }
  }
}

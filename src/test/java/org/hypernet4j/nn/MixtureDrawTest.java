// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.hypernet4j.fixtures.Arrays4.assertClose;

import java.util.Arrays;
import java.util.List;
import org.hypernet4j.fixtures.GoldenFiles;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.graph.internal.Loop;
import org.hypernet4j.nn.MixtureDensity.Parameters;
import org.hypernet4j.nn.MixtureDensity.Pen;
import org.hypernet4j.nn.MixtureDensity.Settings;
import org.hypernet4j.nn.MixtureDraw.Drawn;
import org.hypernet4j.nn.MixtureSampling.Law;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Points drawn in the graph and in plain Java, and what both are drawn from. */
class MixtureDrawTest {
  private static final int MANY = 20_000;

  @ParameterizedTest
  @EnumSource(Law.class)
  void theGraphDrawsWhatJavaDraws(Law law) {
    float[] temperatures = {1, 0.25f, 0.01f, 3, 0, -1, Float.NaN, 1e-35f};
    for (Pen pen : Pen.values()) {
      for (Settings settings :
          List.of(
              Settings.of(5, pen),
              Settings.of(1, pen),
              Settings.of(20, pen).withSigmaFloor(0.1f).withCorrelationBound(2))) {
        DrawnRows rows = DrawnRows.random(settings, 200, 3 + settings.components(), temperatures);
        Drawn[] drawn = rows.inGraph(law);
        for (int row = 0; row < rows.rows; row++) {
          assertSame(drawn[row], rows.inJava(row, law));
        }
      }
    }
  }

  private static void assertSame(Drawn actual, Drawn expected) {
    assertThat(actual.component()).isEqualTo(expected.component());
    assertThat(actual.pen()).isEqualTo(expected.pen());
    assertThat(actual.dx()).isCloseTo(expected.dx(), within(1e-5 * (1 + Math.abs(expected.dx()))));
    assertThat(actual.dy()).isCloseTo(expected.dy(), within(1e-5 * (1 + Math.abs(expected.dy()))));
  }

  /**
   * Means, covariances, weights and pen states of 20,000 points against the closed form, each
   * within 4 standard errors: a mean's is sigma / sqrt(n), a covariance's {@code sqrt((s11 s22 +
   * s12^2) / n)}, a share's {@code sqrt(p (1 - p) / n)}. Some 170 comparisons of this kind fail by
   * chance with probability 0.011; the seed is fixed.
   */
  @ParameterizedTest
  @EnumSource(Law.class)
  void manyDrawsHaveTheMomentsOfTheMixture(Law law) {
    for (float tau : new float[] {1, 0.3f, 1.7f}) {
      for (float bias : new float[] {0, 0.5f}) {
        assertMoments(
            Settings.of(2, Pen.THREE_WAY), DrawnRows.fixed(0.3f, -0.5f, 1), tau, bias, law);
        assertMoments(Settings.of(2, Pen.BERNOULLI), DrawnRows.fixed(-0.8f), tau, bias, law);
      }
    }
  }

  private static void assertMoments(
      Settings settings, float[] raw, float tau, float bias, Law law) {
    Drawn[] drawn = DrawnRows.same(settings, raw, MANY, tau, bias).inGraph(law);
    int first = settings.pen().columns();
    double[] pi = softmax((1 + bias) / tau, raw[first], raw[first + 1]);
    double variance = Math.exp(-2 * bias) * (law == Law.VARIANCE ? tau : (double) tau * tau);
    for (int k = 0; k < 2; k++) {
      int component = k;
      List<Drawn> own =
          Arrays.stream(drawn).filter(point -> point.component() == component).toList();
      assertShare("component " + k, own.size(), pi[k]);
      if (own.size() < 50) {
        continue; // too few for their moments
      }
      double n = own.size();
      double mu1 = raw[first + 2 + k];
      double mu2 = raw[first + 4 + k];
      double s11 = Math.exp(2.0 * raw[first + 6 + k]) * variance;
      double s22 = Math.exp(2.0 * raw[first + 8 + k]) * variance;
      double s12 = Math.tanh(raw[first + 10 + k]) * Math.sqrt(s11 * s22);
      double[] sums = new double[5];
      for (Drawn point : own) {
        double x = point.dx() - mu1;
        double y = point.dy() - mu2;
        sums[0] += x / n;
        sums[1] += y / n;
        sums[2] += x * x / n;
        sums[3] += y * y / n;
        sums[4] += x * y / n;
      }
      assertThat(sums[0]).isCloseTo(0, within(4 * Math.sqrt(s11 / n)));
      assertThat(sums[1]).isCloseTo(0, within(4 * Math.sqrt(s22 / n)));
      assertThat(sums[2]).isCloseTo(s11, within(4 * s11 * Math.sqrt(2 / n)));
      assertThat(sums[3]).isCloseTo(s22, within(4 * s22 * Math.sqrt(2 / n)));
      assertThat(sums[4]).isCloseTo(s12, within(4 * Math.sqrt((s11 * s22 + s12 * s12) / n)));
    }
    double[] pen =
        first == 1 ? softmax(1.0 / tau, 0, raw[0]) : softmax(1.0 / tau, raw[0], raw[1], raw[2]);
    for (int state = 0; state < pen.length; state++) {
      int wanted = state;
      long count = Arrays.stream(drawn).filter(point -> point.pen() == wanted).count();
      assertShare("pen state " + state, count, pen[state]);
    }
  }

  private static void assertShare(String name, long count, double p) {
    assertThat(count / (double) MANY)
        .as(name)
        .isCloseTo(p, within(4 * Math.sqrt(p * (1 - p) / MANY)));
  }

  private static double[] softmax(double factor, double... logits) {
    double sum = 0;
    double[] p = new double[logits.length];
    for (int i = 0; i < p.length; i++) {
      p[i] = Math.exp(logits[i] * factor);
      sum += p[i];
    }
    for (int i = 0; i < p.length; i++) {
      p[i] /= sum;
    }
    return p;
  }

  /**
   * The temperatures of magenta's {@code sample()}: sigma is multiplied by tau there; by the other
   * law the covariance by tau, which is its covariance divided by tau.
   */
  @Test
  void temperatureOfMagenta() {
    GoldenFiles golden = GoldenFiles.read("mdn_magenta_temperature");
    double[] taus = golden.doubles("tau");
    int k = golden.doubles("pi").length;
    Settings settings = Settings.of(k, Pen.THREE_WAY);
    float[] row = new float[settings.columns()];
    put(row, 0, golden.doubles("pen"), Math::log);
    put(row, 3, golden.doubles("pi"), Math::log);
    put(row, 3 + k, golden.doubles("mu1"), x -> x);
    put(row, 3 + 2 * k, golden.doubles("mu2"), x -> x);
    put(row, 3 + 3 * k, golden.doubles("sigma1"), Math::log);
    put(row, 3 + 4 * k, golden.doubles("sigma2"), Math::log);
    put(row, 3 + 5 * k, golden.doubles("rho"), x -> 0.5 * Math.log((1 + x) / (1 - x)));
    DrawnRows rows = DrawnRows.same(settings, row, taus.length, 1, 0);
    float[] temperature = new float[taus.length];
    put(temperature, 0, taus, x -> x);
    for (Law law : Law.values()) {
      try (TestGraph test = new TestGraph()) {
        Parameters at = parameters(test.tf, rows, temperature, law);
        List<float[]> actual =
            test.fetch(List.of(at.pi(), at.pen(), at.sigma(), at.rho(), at.mu()));
        assertClose("pi", actual.get(0), golden.doubles("pi_tau"), 1e-6);
        assertClose("pen", actual.get(1), golden.doubles("pen_tau"), 1e-6);
        double[] covariance = golden.doubles("covariance_tau"); // [taus, K, 2, 2]
        for (int i = 0; i < taus.length * k; i++) {
          double by = law == Law.SIGMA ? 1 : taus[i / k];
          double sigma1 = actual.get(2)[2 * i];
          double sigma2 = actual.get(2)[2 * i + 1];
          double[] own = {
            sigma1 * sigma1,
            actual.get(3)[i] * sigma1 * sigma2,
            actual.get(3)[i] * sigma1 * sigma2,
            sigma2 * sigma2
          };
          for (int j = 0; j < 4; j++) {
            double expected = covariance[4 * i + j] / by;
            assertThat(own[j]).isCloseTo(expected, within(2e-6 * Math.abs(expected)));
          }
          assertThat(actual.get(4)[2 * i]).isEqualTo(row[3 + k + i % k]);
        }
      }
    }
  }

  private static Parameters parameters(Ops tf, DrawnRows rows, float[] temperature, Law law) {
    return new MixtureDensity(rows.settings)
        .parameters(
            tf,
            tf.constant(Shape.of(rows.rows, rows.settings.columns()), DataBuffers.of(rows.raw)),
            tf.constant(temperature),
            tf.constant(rows.bias),
            law);
  }

  private static void put(
      float[] row, int at, double[] values, java.util.function.DoubleUnaryOperator raw) {
    for (int i = 0; i < values.length; i++) {
      row[at + i] = (float) raw.applyAsDouble(values[i]);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0, -0.0f, -2, Float.NaN, Float.NEGATIVE_INFINITY, 1e-38f})
  void withoutTemperatureItIsTheLikeliest(float tau) {
    Settings settings = Settings.of(2, Pen.THREE_WAY);
    DrawnRows rows = DrawnRows.same(settings, DrawnRows.fixed(0.3f, -0.5f, 1), 20, tau, 0);
    for (Drawn drawn : rows.inGraph(Law.VARIANCE)) {
      assertThat(drawn).isEqualTo(new Drawn(1, 0.5, 2, 0)); // mu of the first component, end
    }
    float[] temperature = new float[20];
    Arrays.fill(temperature, tau);
    try (TestGraph test = new TestGraph()) {
      Parameters at = parameters(test.tf, rows, temperature, Law.VARIANCE);
      List<float[]> actual = test.fetch(List.of(at.pi(), at.sigma(), at.pen()));
      assertThat(Arrays.copyOf(actual.get(0), 2)).containsExactly(1, 0);
      assertThat(actual.get(1)).containsOnly(0);
      assertThat(Arrays.copyOf(actual.get(2), 3)).containsExactly(0, 0, 1);
    }
  }

  /** The limit of a growing bias: the mean of the likeliest component, here the second. */
  @ParameterizedTest
  @ValueSource(floats = {0, 0.3f, 1})
  void infiniteBiasIsTheLikeliestMean(float tau) {
    Settings settings = Settings.of(2, Pen.THREE_WAY);
    float[] row = DrawnRows.fixed(0.3f, -0.5f, 1);
    row[3] = -0.3f;
    row[4] = 0.4f;
    DrawnRows rows = DrawnRows.same(settings, row, 20, tau, Float.POSITIVE_INFINITY);
    for (Drawn drawn : rows.inGraph(Law.VARIANCE)) {
      assertThat(drawn.component()).isEqualTo(1);
      assertThat(drawn.dx()).isEqualTo(-2);
      assertThat(drawn.dy()).isEqualTo(1.5);
    }
  }

  /** No number is lost: an infinite temperature counts as the largest float. */
  @Test
  void infiniteTemperatureIsTheLargest() {
    Settings settings = Settings.of(2, Pen.THREE_WAY);
    float[] row = DrawnRows.fixed(0.3f, -0.5f, 1);
    DrawnRows infinite = DrawnRows.same(settings, row, 20, Float.POSITIVE_INFINITY, 0);
    DrawnRows largest = DrawnRows.same(settings, row, 20, Float.MAX_VALUE, 0);

    assertThat(infinite.inGraph(Law.VARIANCE))
        .isEqualTo(largest.inGraph(Law.VARIANCE))
        .allMatch(drawn -> Double.isFinite(drawn.dx()) && Double.isFinite(drawn.dy()));
  }

  /** Bias 1: logits of the weights doubled, sigma divided by e, the pen as it was. */
  @Test
  void biasIsThatOfGraves() {
    Settings settings = Settings.of(2, Pen.BERNOULLI);
    float[] row = DrawnRows.fixed(-0.8f);
    DrawnRows rows = DrawnRows.same(settings, row, 3, 1, 1);
    rows.bias[1] = -5; // counts as 0
    rows.bias[2] = Float.NaN;
    try (TestGraph test = new TestGraph()) {
      Parameters at = parameters(test.tf, rows, rows.temperature, Law.VARIANCE);
      List<float[]> actual = test.fetch(List.of(at.pi(), at.sigma(), at.pen()));
      for (int i = 0; i < 3; i++) {
        double b = i == 0 ? 1 : 0;
        double[] pi = softmax(1 + b, row[1], row[2]);
        assertThat(actual.get(0)[2 * i]).isCloseTo((float) pi[0], within(1e-6f));
        assertThat(actual.get(1)[4 * i]).isCloseTo((float) Math.exp(row[7] - b), within(1e-6f));
        assertThat(actual.get(2)[i]).isCloseTo((float) (1 / (1 + Math.exp(0.8))), within(1e-6f));
      }
    }
  }

  /** A row that is NaN neither fails nor touches the others. */
  @Test
  void aBrokenRowStaysAlone() {
    Settings settings = Settings.of(3, Pen.THREE_WAY);
    DrawnRows rows = DrawnRows.random(settings, 3, 5, new float[] {1});
    Arrays.fill(rows.raw, settings.columns(), 2 * settings.columns(), Float.NaN);
    Drawn[] drawn = rows.inGraph(Law.VARIANCE);
    assertThat(drawn[1].dx()).isNaN();
    assertSame(drawn[0], rows.inJava(0, Law.VARIANCE));
    assertSame(drawn[2], rows.inJava(2, Law.VARIANCE));
  }

  /** The body of a loop knows no number of rows. */
  @Test
  void drawsInTheBodyOfALoop() {
    Settings settings = Settings.of(3, Pen.THREE_WAY);
    DrawnRows rows = DrawnRows.random(settings, 4, 6, new float[] {1, 0, 0.5f});
    try (TestGraph test = new TestGraph()) {
      Ops tf = test.tf;
      Placeholder<TFloat32> raw =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, settings.columns())));
      Operand<TFloat32> summed;
      try (Loop loop = new Loop(tf, "Draw")) {
        Ops body = loop.body();
        Output<TInt32> i = loop.variable(tf.constant(0));
        Output<TFloat32> sum =
            loop.variable(
                tf.math.mul(
                    tf.slice(raw, tf.constant(new int[] {0, 0}), tf.constant(new int[] {-1, 2})),
                    tf.constant(0f)));
        MixtureSampling.Point point =
            new MixtureDensity(settings)
                .draw(
                    body,
                    loop.invariant(raw),
                    new MixtureSampling(
                        loop.invariant(tf.constant(rows.temperature)),
                        loop.invariant(tf.constant(rows.bias)),
                        loop.invariant(tf.constant(Shape.of(4, 4), DataBuffers.of(rows.u))),
                        Law.VARIANCE));
        loop.next(i, body.math.add(i, body.constant(1)));
        loop.next(sum, body.math.add(sum, point.offset()));
        summed =
            loop.build((ops, at) -> ops.math.less(Loop.number(at.apply(i)), ops.constant(2)))
                .of(sum);
      }
      try (TFloat32 fed =
              TFloat32.tensorOf(Shape.of(4, settings.columns()), DataBuffers.of(rows.raw));
          Result result = test.session.runner().feed(raw, fed).fetch(summed).run()) {
        TFloat32 actual = (TFloat32) result.get(0);
        for (int row = 0; row < 4; row++) {
          Drawn expected = rows.inJava(row, Law.VARIANCE);
          assertThat(actual.getFloat(row, 0)).isCloseTo(2 * (float) expected.dx(), within(1e-4f));
          assertThat(actual.getFloat(row, 1)).isCloseTo(2 * (float) expected.dy(), within(1e-4f));
        }
      }
      try (TFloat32 fed =
          TFloat32.tensorOf(
              Shape.of(5, settings.columns()), DataBuffers.of(new float[5 * settings.columns()]))) {
        assertThatThrownBy(() -> test.session.runner().feed(raw, fed).fetch(summed).run().close())
            .hasMessageContaining("4 values")
            .hasMessageContaining("requested shape has 5");
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.TestGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.ndarray.Shape;

class InitializersTest {
  private static float[] draw(Initializer initializer, long... sizes) {
    try (TestGraph g = new TestGraph(3)) {
      Parameter p = g.store.root().parameter("w", Shape.of(sizes), initializer, Role.KERNEL);
      g.store.initialize(g.session);
      return ParameterValues.read(g.session, p);
    }
  }

  private static double mean(float[] x) {
    double sum = 0;
    for (float value : x) {
      sum += value;
    }
    return sum / x.length;
  }

  private static double deviation(float[] x) {
    double mean = mean(x);
    double sum = 0;
    for (float value : x) {
      sum += (value - mean) * (value - mean);
    }
    return Math.sqrt(sum / x.length);
  }

  private static float extreme(float[] x) {
    float largest = 0;
    for (float value : x) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  @Test
  void constants() {
    assertThat(draw(Initializers.zeros(), 2, 3)).hasSize(6).containsOnly(0f);
    assertThat(draw(Initializers.ones())).containsExactly(1f);
    assertThat(draw(Initializers.constant(-2.5f), 4)).hasSize(4).containsOnly(-2.5f);
  }

  /** Bounds are five standard errors of 40,000 draws. */
  @Test
  void normalHasItsMeanAndDeviation() {
    float[] x = draw(Initializers.normal(0.3f, 0.02f), 200, 200);
    assertThat(mean(x)).isCloseTo(0.3, within(5 * 0.02 / 200));
    assertThat(deviation(x)).isCloseTo(0.02, within(5 * 0.02 / 200 / Math.sqrt(2)));
    assertThat(extreme(x)).isGreaterThan(0.3f + 3 * 0.02f);
  }

  /**
   * A normal cut at two deviations has 0.87962566 of the deviation (its variance in closed form).
   */
  @Test
  void truncatedNormalNeverLiesBeyondTwoDeviations() {
    float[] x = draw(Initializers.truncatedNormal(0f, 0.01f), 200, 200);
    assertThat(extreme(x)).isLessThanOrEqualTo(0.02f).isGreaterThan(0.0199f);
    assertThat(mean(x)).isCloseTo(0, within(5 * 0.01 / 200));
    assertThat(deviation(x)).isCloseTo(0.0087962566, within(5 * 0.01 / 200 / Math.sqrt(2)));
  }

  @Test
  void uniformFillsItsInterval() {
    float[] x = draw(Initializers.uniform(-1, 3), 200, 200);
    for (float value : x) {
      assertThat(value).isGreaterThanOrEqualTo(-1).isLessThan(3);
    }
    assertThat(mean(x)).isCloseTo(1, within(5 * 4 / Math.sqrt(12) / 200));
    assertThat(deviation(x)).isCloseTo(4 / Math.sqrt(12), within(0.02));
  }

  /** A convolution kernel [5, 5, 8, 12]: fan-in 200, fan-out 300. */
  @Test
  void glorotAndHeCountTheWindow() {
    float[] glorot = draw(Initializers.glorotUniform(), 5, 5, 8, 12);
    double limit = Math.sqrt(6.0 / 500);
    assertThat((double) extreme(glorot)).isLessThanOrEqualTo(limit).isGreaterThan(0.99 * limit);
    float[] he = draw(Initializers.heNormal(), 5, 5, 8, 12);
    assertThat(deviation(he)).isCloseTo(Math.sqrt(2.0 / 200), within(0.005));
  }

  /** Q^T Q = gain^2 I, or Q Q^T where wide; summed in double. */
  @ParameterizedTest
  @CsvSource({"7, 4, 1", "4, 7, 1", "6, 6, 1.5", "1, 5, 1", "5, 1, 0.5", "128, 32, 1"})
  void orthogonalIsOrthogonal(int rows, int columns, float gain) {
    float[] q = draw(Initializers.orthogonal(gain), rows, columns);
    assertOrthogonal(q, rows, columns, columns, 0, gain);
  }

  @Test
  void orthogonalTakesLeadingAxesAsRows() {
    assertOrthogonal(draw(Initializers.orthogonal(1), 3, 2, 4), 6, 4, 4, 0, 1);
  }

  /** Four gates of an LSTM, each with a matrix of its own. */
  @ParameterizedTest
  @CsvSource({"5, 3", "3, 5"})
  void orthogonalBlocksAreEachOrthogonal(int rows, int units) {
    float[] q = draw(Initializers.orthogonalBlocks(4, 1), rows, 4L * units);
    for (int gate = 0; gate < 4; gate++) {
      assertOrthogonal(q, rows, units, 4 * units, gate * units, 1);
    }
    assertThat(q[0]).isNotEqualTo(q[units]);
  }

  private static void assertOrthogonal(
      float[] q, int rows, int columns, int stride, int offset, float gain) {
    boolean tall = rows >= columns;
    int size = Math.min(rows, columns);
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        double dot = 0;
        for (int k = 0; k < Math.max(rows, columns); k++) {
          int at = tall ? k * stride + i : i * stride + k;
          int with = tall ? k * stride + j : j * stride + k;
          dot += (double) q[offset + at] * q[offset + with];
        }
        assertThat(dot).isCloseTo(i == j ? gain * gain : 0, within(2e-6));
      }
    }
  }

  @Test
  void orthogonalNeedsAMatrixAndEqualBlocks() {
    assertThatThrownBy(() -> draw(Initializers.orthogonal(1), 5))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("needs at least two axes");
    assertThatThrownBy(() -> draw(Initializers.orthogonalBlocks(4, 1), 5, 6))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("a multiple of 4 columns");
    assertThatThrownBy(() -> draw(Initializers.orthogonalBlocks(0, 1), 5, 6))
        .isInstanceOf(UserError.class);
  }

  @Test
  void valuesDependOnSeedAndNameAlone() {
    float[][] first = pair(7, "a", "b");
    float[][] turned = pair(7, "b", "a");
    assertThat(first[0]).isEqualTo(turned[1]).isNotEqualTo(first[1]);
    assertThat(first[1]).isEqualTo(turned[0]);
    assertThat(pair(8, "a", "b")[0]).isNotEqualTo(first[0]);
  }

  /** All initialisers at once, in an order of creation, with other ops between. */
  private static float[][] pair(long seed, String... scopes) {
    Initializer[] all = {
      Initializers.normal(0, 1),
      Initializers.truncatedNormal(0, 1),
      Initializers.uniform(0, 1),
      Initializers.glorotUniform(),
      Initializers.heNormal(),
      Initializers.orthogonal(1),
      Initializers.orthogonalBlocks(2, 1)
    };
    try (TestGraph g = new TestGraph(seed)) {
      float[][] values = new float[scopes.length][];
      for (String scope : scopes) {
        g.tf.constant(1f);
        for (int i = 0; i < all.length; i++) {
          g.store.root().child(scope).parameter("p" + i, Shape.of(4, 4), all[i], Role.KERNEL);
        }
      }
      g.store.initialize(g.session);
      for (int s = 0; s < scopes.length; s++) {
        values[s] = new float[16 * all.length];
        for (int i = 0; i < all.length; i++) {
          Parameter p = g.store.get(scopes[s] + "/p" + i);
          System.arraycopy(ParameterValues.read(g.session, p), 0, values[s], 16 * i, 16);
        }
      }
      return values;
    }
  }

  @Test
  void settingsThatDescribeNoDistributionAreRefused() {
    for (Executable wrong :
        List.<Executable>of(
            () -> Initializers.normal(Float.NaN, 1),
            () -> Initializers.normal(0, -1),
            () -> Initializers.truncatedNormal(0, Float.POSITIVE_INFINITY),
            () -> Initializers.uniform(1, -1),
            () -> Initializers.uniform(-Float.MAX_VALUE, Float.MAX_VALUE))) {
      assertThat(assertThrows(UserError.class, wrong))
          .hasMessageContaining("initialiser: a setting cannot be used; expected");
    }
    assertThat(assertThrows(UserError.class, () -> Initializers.uniform(1, -1)))
        .hasMessage(
            "uniform initialiser: a setting cannot be used; expected finite limits, the lower one"
                + " first, received 1.0 to -1.0.");
  }
}

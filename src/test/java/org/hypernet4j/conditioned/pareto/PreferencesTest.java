// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pareto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.random.StatelessRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreferencesTest {
  @Test
  void raysAreThoseOfTheAuthorsCode() {
    List<float[]> rays = Preferences.rays(5);
    // five equal steps of a from 0.1 to pi / 2 - 0.1; cos(a) / (cos(a) + sin(a)), by Python's math
    double[] expected = {0.90881440, 0.67838830, 0.5, 0.32161170, 0.09118560};
    for (int i = 0; i < 5; i++) {
      assertThat(rays.get(i)[0]).isCloseTo((float) expected[i], within(1e-6f));
      assertThat(rays.get(i)[0] + rays.get(i)[1]).isCloseTo(1, within(1e-6f));
    }
    assertThat(Preferences.rays(11).get(5)[0]).isEqualTo(0.5f);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.2, 1, 3})
  void drawsHaveTheMomentsOfTheirDistribution(double alpha) {
    int count = 40_000;
    double sum = 0;
    double squares = 0;
    double extreme = 0;
    for (int i = 0; i < count; i++) {
      float[] one = Preferences.drawn(StatelessRandom.of(5).fold(i), alpha);
      assertThat(one[0]).isBetween(0f, 1f);
      assertThat(one[0] + one[1]).isCloseTo(1f, within(1e-6f));
      sum += one[0];
      squares += (one[0] - 0.5) * (one[0] - 0.5);
      extreme += Math.pow(one[0] - 0.5, 4);
    }
    // Beta(a, a): mean 1/2, variance 1 / (4 (2 a + 1)), fourth moment 3 / (16 (2a + 1) (2a + 3))
    assertThat(sum / count).isCloseTo(0.5, within(0.01));
    assertThat(squares / count).isCloseTo(1 / (4 * (2 * alpha + 1)), within(0.003));
    assertThat(extreme / count)
        .isCloseTo(3 / (16 * (2 * alpha + 1) * (2 * alpha + 3)), within(0.001));
  }

  @Test
  void tinyAlphasDrawTheEndsAndNoNan() {
    int ends = 0;
    for (int i = 0; i < 1000; i++) {
      float[] one = Preferences.drawn(StatelessRandom.of(1).fold(i), 0.01);
      assertThat(one[0]).isBetween(0f, 1f);
      ends += one[0] < 0.01 || one[0] > 0.99 ? 1 : 0;
    }
    // P(0.01 < r < 0.99) of Beta(0.01, 0.01) is 0.0448, by numerical integration
    assertThat(ends).isBetween(920, 990);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.3,0.7", " 1 , 0 ", "0.3,0.7009", "0.29951, 0.69951"})
  void preferencesOnTheSimplexAreRead(String words) {
    assertThat(Preferences.parse(words)).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-0.1,1.1", "0.3,0.702", "0.5,0.498", "NaN,0.5", "1,2", "0.5", "0.2,0.3,0.5", ""})
  void otherConditionsAreRefused(String words) {
    assertThatThrownBy(() -> Preferences.parse(words))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("condition")
        .hasMessageNotContaining("\n");
  }

  @Test
  void theRefusalSaysWhatAPreferenceIs() {
    assertThatThrownBy(() -> Preferences.parse("0.3,0.6"))
        .hasMessageContaining("two weights from 0 to 1 that sum to 1 within 0.001")
        .hasMessageContaining("0.3");
  }

  @Test
  void namesAreThoseOfFolders() {
    assertThat(Preferences.name(new float[] {0.3f, 0.7f})).isEqualTo("0_3-0_7");
    assertThat(Preferences.name(new float[] {1, 0})).isEqualTo("1-0");
    assertThat(Preferences.name(new float[] {0, 1})).isEqualTo("0-1");
  }
}

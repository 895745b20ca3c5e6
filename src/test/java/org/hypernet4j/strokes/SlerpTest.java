// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.hypernet4j.random.StatelessRandom;
import org.junit.jupiter.api.Test;

class SlerpTest {
  @Test
  void goesAlongAnArc() {
    // a quarter of a circle: a third of the way is 30 degrees
    float[] third = Slerp.between(new float[] {2, 0, 0}, new float[] {0, 2, 0}, 1 / 3.0);

    assertThat(third[0]).isCloseTo((float) Math.sqrt(3), within(1e-6f));
    assertThat(third[1]).isCloseTo(1f, within(1e-6f));
    assertThat(third[2]).isZero();
  }

  @Test
  void beginsAndEndsAtTheCodes() {
    float[] a = {1, -0.5f, 3};
    float[] b = {-2, 0.25f, 1};

    assertThat(Slerp.between(a, b, 0)).containsExactly(a);
    assertThat(Slerp.between(a, b, 1)).usingComparatorWithPrecision(1e-6f).containsExactly(b);
  }

  @Test
  void goesStraightWhereThereIsNoAngle() {
    assertThat(Slerp.between(new float[] {1, 1}, new float[] {3, 3}, 0.5)).containsExactly(2, 2);
    assertThat(Slerp.between(new float[] {0, 0}, new float[] {2, 4}, 0.5)).containsExactly(1, 2);
  }

  @Test
  void drawsFromTheStandardNormalLaw() {
    int n = 20_000;
    float[] code = Slerp.normal(StatelessRandom.of(3), n);

    double sum = 0;
    double squares = 0;
    int within = 0;
    for (float one : code) {
      sum += one;
      squares += (double) one * one;
      within += Math.abs(one) < 1 ? 1 : 0;
    }
    // four standard errors: 1/sqrt(n), sqrt(2/n), sqrt(p (1 - p) / n)
    assertThat(sum / n).isCloseTo(0, within(4 / Math.sqrt(n)));
    assertThat(squares / n).isCloseTo(1, within(4 * Math.sqrt(2.0 / n)));
    assertThat(within / (double) n)
        .isCloseTo(0.682689, within(4 * Math.sqrt(0.682689 * 0.317311 / n)));
  }
}

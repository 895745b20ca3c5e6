// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;

/** Small cases worked by hand; many values in {@link MeasuresReferenceTest}. */
class RanksTest {
  private static final double[] NONE = {};

  @Test
  void equalValuesShareTheirRanks() {
    assertThat(Ranks.of(new double[] {3, 1, 3, 2})).containsExactly(3.5, 1, 3.5, 2);
    assertThat(Ranks.of(new double[] {0.0, -0.0, Double.NEGATIVE_INFINITY}))
        .containsExactly(2.5, 2.5, 1);
  }

  /** Ranks 1, 2.5, 2.5, 4 beside 1, 3, 2, 4: 4.5 / sqrt(4.5 * 5). */
  @Test
  void correlationByHand() {
    double[] a = {10, 20, 20, 30};
    assertThat(Ranks.spearman(a, new double[] {1, 9, 4, 16}))
        .isCloseTo(4.5 / Math.sqrt(4.5 * 5), within(1e-15));
    assertThat(Ranks.spearman(a, new double[] {1, 2, 2, 1e9})).isCloseTo(1, within(1e-15));
    assertThat(Ranks.spearman(a, new double[] {9, 8, 8, 7})).isCloseTo(-1, within(1e-15));
    assertThat(Ranks.spearman(a, new double[] {5, 5, 5, 5})).isNaN();
  }

  /** Of the pairs 1 > 0, 1 = 1, 2 > 0, 2 > 1: three and a half of four. */
  @Test
  void areaByHand() {
    double[] inside = {0, 1};
    assertThat(Roc.auroc(inside, new double[] {1, 2})).isEqualTo(3.5 / 4);
    assertThat(Roc.auroc(inside, new double[] {2})).isEqualTo(1);
    assertThat(Roc.auroc(inside, new double[] {-1, Double.NEGATIVE_INFINITY})).isEqualTo(0);
    assertThat(Roc.auroc(new double[] {3, 3, 3}, new double[] {3, 3})).isEqualTo(0.5);
  }

  @Test
  void refusesWhatHasNoOrder() {
    refused("values: there is nothing to measure", () -> Ranks.of(NONE));
    refused("received NaN at index 1", () -> Ranks.of(new double[] {1, Double.NaN}));
    refused("scores inside: there is nothing", () -> Roc.auroc(NONE, new double[] {1}));
    refused("scores outside: there is nothing", () -> Roc.auroc(new double[] {1}, NONE));
    refused(
        "scores outside: a value that cannot be measured; expected a number, received NaN",
        () -> Roc.auroc(new double[] {1}, new double[] {Double.NaN}));
    refused(
        "rank correlation: lists of different lengths; expected 2 values, received 1 values",
        () -> Ranks.spearman(new double[] {1, 2}, new double[] {1}));
    refused(
        "rank correlation: one value has no order",
        () -> Ranks.spearman(new double[] {1}, new double[] {1}));
    refused("there is nothing to measure", () -> Ranks.spearman(NONE, NONE));
  }

  private static void refused(String message, Runnable measure) {
    assertThatThrownBy(measure::run).isInstanceOf(UserError.class).hasMessageContaining(message);
  }
}

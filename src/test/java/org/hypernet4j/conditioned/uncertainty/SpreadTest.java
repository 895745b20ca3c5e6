// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.uncertainty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.hypernet4j.measure.PredictiveUncertainty;
import org.junit.jupiter.api.Test;

/** How far networks differ, by hand. */
class SpreadTest {
  private static final int[] LABELS = {0, 1};

  private static Spread of(double[][]... draws) {
    return Spread.of(new Predictor.Predictions(draws, PredictiveUncertainty.of(draws)), LABELS);
  }

  /**
   * Means (0.7, 0.3) and (0.5, 0.5): the networks are 0.2 and 0.1 away from them, 0.15 in the mean.
   * The first is right twice; the second on the first image, and on the second says class 0 with
   * 0.6.
   */
  @Test
  void networksThatDifferHaveADistance() {
    Spread spread =
        of(new double[][] {{0.9, 0.1}, {0.4, 0.6}}, new double[][] {{0.5, 0.5}, {0.6, 0.4}});
    assertThat(spread.distance()).isCloseTo(0.15, within(1e-12));
    assertThat(spread.oneAccuracy()).isCloseTo(0.75, within(1e-12));
    assertThat(spread.oneNll())
        .isCloseTo(
            -(Math.log(0.9) + Math.log(0.6) + Math.log(0.5) + Math.log(0.4)) / 4, within(1e-12));
    assertThat(spread.collapsed()).isFalse();
  }

  @Test
  void networksThatAgreeHaveCollapsed() {
    Spread same = of(new double[][] {{0.9, 0.1}, {0.4, 0.6}}, new double[][] {{0.9, 0.1}, {0.4, 0.6}});
    assertThat(same.distance()).isZero();
    assertThat(same.collapsed()).isTrue();
    // 0.0024 and 0.0026 on either side of the mean, at a limit of 0.0025
    assertThat(of(image(0.5024), image(0.4976)).collapsed()).isTrue();
    assertThat(of(image(0.5026), image(0.4974)).collapsed()).isFalse();
  }

  private static double[][] image(double probability) {
    return new double[][] {{probability, 1 - probability}, {probability, 1 - probability}};
  }
}

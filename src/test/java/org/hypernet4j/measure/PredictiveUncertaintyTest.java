// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;

class PredictiveUncertaintyTest {
  private static final double[] HALVES = {0.5, 0.5};

  /** Closed forms: sure draws that contradict each other, and draws that agree in doubt. */
  @Test
  void disagreementIsMutualInformation() {
    PredictiveUncertainty made =
        PredictiveUncertainty.of(new double[][][] {{{1, 0}, HALVES}, {{0, 1}, HALVES}});

    assertThat(made.mean()[0]).containsExactly(0.5, 0.5);
    assertThat(made.entropy())
        .containsExactly(new double[] {Math.log(2), Math.log(2)}, within(1e-15));
    assertThat(made.mutualInformation())
        .containsExactly(new double[] {Math.log(2), 0}, within(1e-15));
  }

  /** One draw tells nothing about disagreement, to the last bit. */
  @Test
  void oneDrawHasNoMutualInformation() {
    PredictiveUncertainty made = PredictiveUncertainty.of(new double[][][] {{{0.7, 0.2, 0.1}}});
    assertThat(made.mutualInformation()).containsExactly(0);
    assertThat(made.entropy()[0])
        .isCloseTo(
            -(0.7 * Math.log(0.7) + 0.2 * Math.log(0.2) + 0.1 * Math.log(0.1)), within(1e-15));
  }

  /** Thirty equal draws: their mean differs from each by rounding, never below zero. */
  @Test
  void equalDrawsHaveNone() {
    double[][][] draws = new double[30][][];
    Arrays.fill(draws, new double[][] {{0.1, 0.2, 0.7}, {1 / 3.0, 1 / 3.0, 1 / 3.0}});
    for (double each : PredictiveUncertainty.of(draws).mutualInformation()) {
      assertThat(each).isBetween(0.0, 1e-14);
    }
  }

  @Test
  void refusesDrawsOfDifferentSizes() {
    refused("draws: there is nothing to measure");
    refused("draw 0: there is nothing to measure", new double[0][]);
    refused("draw 1: lists of different lengths", new double[][] {HALVES}, new double[][] {});
    refused(
        "draw 1: lists of different lengths; expected 2 values, received 1 classes",
        new double[][] {HALVES},
        new double[][] {{1}});
    refused("received NaN of class 1 in row 0", new double[][] {{1, Double.NaN}});
    refused("draw 1: a row that is no", new double[][] {HALVES}, new double[][] {{0.5, 0.4}});
  }

  private static void refused(String message, double[][]... draws) {
    assertThatThrownBy(() -> PredictiveUncertainty.of(draws))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message);
  }
}

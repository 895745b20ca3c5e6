// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LearningRateScheduleTest {
  @Test
  void constantStays() {
    LearningRateSchedule schedule = LearningRateSchedule.constant(0.001);
    assertThat(schedule.at(0)).isEqualTo(0.001);
    assertThat(schedule.at(Long.MAX_VALUE)).isEqualTo(0.001);
  }

  /**
   * Values by hand: 0.005 * 0.999^step; the floor is reached after ln(0.02) / ln(0.999) = 3910.07
   * steps.
   */
  @ParameterizedTest
  @CsvSource({
    "0, 0.005",
    "1, 0.004995",
    "2, 0.004990005",
    "100, 0.00452396073557",
    "3910, 0.000100006670",
    "3911, 0.0001",
    "1000000000000, 0.0001"
  })
  void exponentialFallsPerStepToItsFloor(long step, double rate) {
    assertThat(LearningRateSchedule.exponential(0.005, 0.999, 1e-4).at(step))
        .isCloseTo(rate, within(1e-11));
  }

  @ParameterizedTest
  @CsvSource({"0, 0.1", "9, 0.1", "10, 0.02", "19, 0.02", "20, 0.004", "21, 0.004", "999, 0.004"})
  void piecewiseChangesAtTheBoundary(long step, double rate) {
    assertThat(
            LearningRateSchedule.piecewise(List.of(10L, 20L), List.of(0.1, 0.02, 0.004)).at(step))
        .isEqualTo(rate);
  }

  @Test
  void piecewiseWithoutBoundariesIsConstant() {
    assertThat(LearningRateSchedule.piecewise(List.of(), List.of(0.3)).at(7)).isEqualTo(0.3);
  }

  /** Rise over 4 steps to 1, cosine from step 4 to 12, floor 0.2; cos(pi/4) = 0.70710678. */
  @ParameterizedTest
  @CsvSource({
    "0, 0.25",
    "2, 0.75",
    "3, 1",
    "4, 1",
    "6, 0.882842712",
    "8, 0.6",
    "10, 0.317157288",
    "12, 0.2",
    "13, 0.2",
    "1000000, 0.2"
  })
  void cosineRisesAndFalls(long step, double rate) {
    assertThat(LearningRateSchedule.cosine(1, 4, 12, 0.2).at(step)).isCloseTo(rate, within(1e-9));
  }

  @Test
  void cosineWithoutWarmUpStartsAtThePeak() {
    assertThat(LearningRateSchedule.cosine(0.01, 0, 100, 0).at(0)).isEqualTo(0.01);
    assertThat(LearningRateSchedule.cosine(0.01, 0, 100, 0).at(100)).isZero();
  }

  /** A frozen phase: the rates of the documentation's own formulas with 0 put in. */
  @Test
  void takesARateOfZero() {
    assertThat(LearningRateSchedule.constant(0).at(5)).isZero();
    assertThat(LearningRateSchedule.exponential(0, 0.9, 0).at(5)).isZero();
    LearningRateSchedule frozenAtFirst =
        LearningRateSchedule.piecewise(List.of(10L, 20L), List.of(0.0, 0.1, 0.0));
    assertThat(frozenAtFirst.at(9)).isZero();
    assertThat(frozenAtFirst.at(10)).isEqualTo(0.1);
    assertThat(frozenAtFirst.at(20)).isZero();
    assertThat(LearningRateSchedule.cosine(0, 2, 5, 0).at(1)).isZero();
  }

  @Test
  void refusesSettingsThatMeanNothing() {
    assertRefused(
        () -> LearningRateSchedule.constant(-1e-9), "constant", "a learning rate of 0 or more");
    assertRefused(() -> LearningRateSchedule.constant(Double.NaN), "constant", "NaN");
    assertRefused(() -> LearningRateSchedule.exponential(1, 1.01, 0), "exponential", "1.01");
    assertRefused(() -> LearningRateSchedule.exponential(1, 0, 0), "exponential", "factor");
    assertRefused(() -> LearningRateSchedule.exponential(1, 0.9, 2), "exponential", "floor");
    assertRefused(
        () -> LearningRateSchedule.piecewise(List.of(5L), List.of(1.0)),
        "piecewise",
        "2 rates for 1 boundaries, received 1");
    assertRefused(
        () -> LearningRateSchedule.piecewise(List.of(5L, 5L), List.of(1.0, 1.0, 1.0)),
        "piecewise",
        "increasing boundaries, received [5, 5]");
    assertRefused(
        () -> LearningRateSchedule.piecewise(List.of(0L), List.of(1.0, 1.0)),
        "piecewise",
        "increasing");
    assertRefused(
        () -> LearningRateSchedule.piecewise(List.of(), List.of(-1.0)), "piecewise", "-1.0");
    assertRefused(() -> LearningRateSchedule.cosine(1, -1, 5, 0), "cosine", "warm-up");
    assertRefused(() -> LearningRateSchedule.cosine(1, 5, 5, 0), "cosine", "more steps in all");
    assertRefused(() -> LearningRateSchedule.cosine(1, 0, 5, -0.1), "cosine", "floor");
  }

  private static void assertRefused(Runnable settings, String kind, String part) {
    assertThatThrownBy(settings::run)
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(kind + " learning-rate schedule")
        .hasMessageContaining(part);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.DoubleStream;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;

class ChartAxisTest {
  private static final Chart.Axis LINEAR = new Chart.Axis("y", false, Double.NaN, Double.NaN);
  private static final Chart.Axis LOG = new Chart.Axis("y", true, Double.NaN, Double.NaN);

  private static ChartAxis axis(Chart.Axis axis, int most, double... values) {
    return ChartAxis.of(axis, DoubleStream.of(values), ticks -> ticks.size() <= most);
  }

  private static List<String> labels(ChartAxis axis) {
    return axis.ticks().stream().map(ChartAxis.Tick::label).toList();
  }

  @Test
  void ticksAreRoundNumbersAroundTheValues() {
    ChartAxis axis = axis(LINEAR, 6, 0.313, 1.19);
    assertThat(labels(axis)).containsExactly("0.2", "0.4", "0.6", "0.8", "1.0", "1.2");
    assertThat(axis.share(0.7)).isCloseTo(0.5, within(1e-12));
    assertThat(axis.ticks().get(1).share()).isCloseTo(0.2, within(1e-12));
    assertThat(labels(axis(LINEAR, 4, 0.313, 1.19))).containsExactly("0", "0.5", "1.0", "1.5");
    assertThat(labels(axis(LINEAR, 7, -1234.5, 3210.5)))
        .containsExactly("-2000", "-1000", "0", "1000", "2000", "3000", "4000");
  }

  /** There is no task two and a half. */
  @Test
  void wholeNumbersHaveWholeTicks() {
    assertThat(labels(axis(LINEAR, 9, 1, 2, 3))).containsExactly("1", "2", "3");
    assertThat(labels(axis(LINEAR, 9, 4, 4))).containsExactly("3", "4", "5");
    assertThat(labels(axis(LINEAR, 9, 1, 2.5))).contains("1.2");
  }

  @Test
  void largeAndSmallNumbersAreShort() {
    assertThat(labels(axis(LINEAR, 4, 0, 3e7))).containsExactly("0", "1e7", "2e7", "3e7");
    assertThat(labels(axis(LINEAR, 4, 0, 2.5e-8))).containsExactly("0", "1e-8", "2e-8", "3e-8");
    assertThat(labels(axis(LINEAR, 4, 1e6, 1.2e6))).containsExactly("1.0e6", "1.1e6", "1.2e6");
  }

  @Test
  void aLogarithmicAxisHasPowersOfTen() {
    ChartAxis axis = axis(LOG, 8, 2e-5, 0.5);
    assertThat(labels(axis)).containsExactly("1e-5", "1e-4", "0.001", "0.01", "0.1", "1");
    assertThat(axis.share(1e-3)).isCloseTo(2 / 5.0, within(1e-12));
    assertThat(labels(axis(LOG, 4, 2e-5, 0.5))).containsExactly("1e-6", "1e-4", "0.01", "1");
    assertThat(labels(axis(LOG, 4, 10, 10))).contains("1", "100");
    assertThatThrownBy(() -> axis(LOG, 4, 1, 0))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("chart: a logarithmic axis cannot show every value of: y")
        .hasMessageContaining("expected values above 0, received 0.0");
  }

  /** The asked range is the least that an axis shows; it never hides values. */
  @Test
  void reachesOverAllValues() {
    Chart.Axis percent = new Chart.Axis("y", false, 0, 100);
    assertThat(labels(axis(percent, 6, 97, 99))).startsWith("0").endsWith("100");
    assertThat(labels(axis(percent, 8, -15, 99))).startsWith("-20").endsWith("100");
  }

  @Test
  void rangesThatCannotBeShownHaveTicksNevertheless() {
    double[][] cases = {
      {},
      {Double.NaN},
      {0},
      {0.1, 0.1},
      {1, 1 + 1e-15},
      {1e-300, 2e-300},
      {Double.MIN_VALUE},
      {-1e300, 1e300},
      {Double.MAX_VALUE, Double.NEGATIVE_INFINITY},
      {1e16, 1e16 + 2}
    };
    for (double[] values : cases) {
      ChartAxis axis = axis(LINEAR, 6, values);
      assertThat(axis.ticks()).as("%s", values).hasSizeBetween(2, 9);
      assertThat(axis.to()).isGreaterThan(axis.from());
      for (double value : values) {
        if (Math.abs(value) <= 1e300) {
          assertThat(axis.share(value)).isBetween(0.0, 1.0);
        }
      }
    }
    assertThat(axis(LINEAR, 6).share(Double.POSITIVE_INFINITY)).isNaN();
    assertThat(axis(LINEAR, 6).share(Double.MAX_VALUE)).isNaN();
  }
}

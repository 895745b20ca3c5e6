// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.hypernet4j.measure.Calibration;
import org.junit.jupiter.api.Test;

class ReliabilityChartTest {
  /** Bins of a third: none, 19 of which 8 are right, 20 of which 19 are right. */
  private static final Calibration THREE =
      new Calibration(
          0,
          0,
          0,
          List.of(
              new Calibration.Bin(0, 0.3, 0, Double.NaN, Double.NaN),
              new Calibration.Bin(0.3, 0.6, 19, 0.5, 8 / 19.0),
              new Calibration.Bin(0.6, 1, 20, 0.9, 0.95)));

  @Test
  void barsAreAccuraciesAndPaleWhereFewExamplesDecide() {
    Chart chart = ReliabilityChart.of("title", THREE);
    assertThat(chart.series())
        .extracting(Chart.Series::kind)
        .containsExactly(Chart.Kind.BARS, Chart.Kind.PALE_BARS, Chart.Kind.GUIDE);
    Chart.Series many = chart.series().get(0);
    assertThat(many.x()).containsExactly(0.6);
    assertThat(many.ends()).containsExactly(1);
    assertThat(many.y()).containsExactly(0.95);
    Chart.Series few = chart.series().get(1);
    assertThat(few.x()).containsExactly(0.3);
    assertThat(few.y()).containsExactly(8 / 19.0);
    Chart.Series diagonal = chart.series().get(2);
    assertThat(diagonal.x()).isEqualTo(diagonal.y()).containsExactly(0, 1);
    assertThat(chart.square()).isTrue();
  }

  @Test
  void severalModelsAreLines() {
    Chart chart = ReliabilityChart.of("title", Map.of("one net", THREE));
    Chart.Series line = chart.series().get(0);
    assertThat(line.name()).isEqualTo("one net");
    assertThat(line.kind()).isEqualTo(Chart.Kind.LINE);
    assertThat(line.x()).containsExactly(0.9); // the mean confidence; 19 are too few
    assertThat(line.y()).containsExactly(0.95);
    assertThat(chart.series()).hasSize(2);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.util.List;
import java.util.Map;
import org.hypernet4j.measure.Calibration;

/**
 * Reliability diagrams: accuracy over confidence. A model that knows what it knows is on the
 * diagonal; below it the model is surer than it should be. Empty bins are left out.
 */
public final class ReliabilityChart {
  /** A bin with fewer examples says little: one of them moves its bar by 5 points or more. */
  private static final int FEW = 20;

  private static final double[] ENDS = {0, 1};

  private ReliabilityChart() {}

  /** Bars, one for each bin, pale where fewer than 20 examples decide. */
  public static Chart of(String title, Calibration calibration) {
    Chart chart = bars(begin(title), "accuracy", calibration, false);
    boolean few = calibration.bins().stream().anyMatch(bin -> bin.count() > 0 && bin.count() < FEW);
    if (few) {
      chart = bars(chart, "of fewer than " + FEW + " examples", calibration, true);
    }
    return diagonal(chart);
  }

  /**
   * A line for each model, through its mean confidences and accuracies; bins with fewer than 20
   * examples are left out.
   *
   * @param calibrations by the name of the model
   */
  public static Chart of(String title, Map<String, Calibration> calibrations) {
    Chart chart = begin(title);
    for (Map.Entry<String, Calibration> model : calibrations.entrySet()) {
      List<Calibration.Bin> bins =
          model.getValue().bins().stream().filter(bin -> bin.count() >= FEW).toList();
      chart =
          chart.line(
              model.getKey(),
              bins.stream().mapToDouble(Calibration.Bin::confidence).toArray(),
              bins.stream().mapToDouble(Calibration.Bin::accuracy).toArray());
    }
    return diagonal(chart);
  }

  private static Chart begin(String title) {
    return Chart.of(title, "confidence", "accuracy").withX(0, 1).withY(0, 1).withSquare();
  }

  private static Chart diagonal(Chart chart) {
    return chart.guide("as sure as right", ENDS, ENDS);
  }

  private static Chart bars(Chart chart, String name, Calibration calibration, boolean few) {
    List<Calibration.Bin> bins =
        calibration.bins().stream()
            .filter(bin -> bin.count() > 0 && bin.count() < FEW == few)
            .toList();
    double[] from = bins.stream().mapToDouble(Calibration.Bin::from).toArray();
    double[] to = bins.stream().mapToDouble(Calibration.Bin::to).toArray();
    double[] accuracies = bins.stream().mapToDouble(Calibration.Bin::accuracy).toArray();
    return few
        ? chart.paleBars(name, from, to, accuracies)
        : chart.bars(name, from, to, accuracies);
  }
}

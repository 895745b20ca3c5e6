// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.hypernet4j.experiment.ModelFamilies;
import org.hypernet4j.measure.Metric;
import org.hypernet4j.picture.Chart;
import org.hypernet4j.picture.ChartPicture;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.train.MetricCurve;

/** The curves of a run as SVG: what it is judged by, and the loss of its training. */
final class ReportCurves {
  private static final String VALIDATION = "validation";
  private static final String TRAIN = "train";

  /** More points make a page large and a line no finer. */
  private static final int MOST_POINTS = 400;

  private ReportCurves() {}

  /** The charts, as far as the run has the numbers. */
  static List<String> of(RunReport report) {
    List<String> charts = new ArrayList<>();
    Set<String> names = MetricCurve.names(report.folder().metrics(), VALIDATION);
    String judged = ModelFamilies.of(report.spec()).curve(report.spec());
    String metric = names.contains(judged) ? judged : "loss";
    if (names.contains(metric)) {
      add(charts, report, VALIDATION, metric);
    }
    if (MetricCurve.names(report.folder().metrics(), TRAIN).contains("loss")) {
      add(charts, report, TRAIN, "loss");
    }
    return charts;
  }

  private static void add(List<String> charts, RunReport report, String kind, String metric) {
    RunFolder run = report.folder();
    MetricCurve curve = MetricCurve.read(run.metrics(), kind, metric);
    if (Arrays.stream(curve.values()).anyMatch(Double::isFinite)) {
      charts.add(ChartPicture.svg(chart(report, kind, Metric.of(metric), curve)));
    }
  }

  private static Chart chart(RunReport report, String kind, Metric metric, MetricCurve curve) {
    int smooth = kind.equals(TRAIN) ? curve.smoothing() : 1;
    MetricCurve drawn = thinned(curve.smoothed(smooth));
    String means = smooth > 1 ? ", means over " + smooth + " points" : "";
    double[] x = Arrays.stream(drawn.steps()).asDoubleStream().toArray();
    double[] y = Arrays.stream(drawn.values()).map(metric::shown).toArray();
    Chart chart =
        Chart.of(kind + " " + metric.title() + means, "step", metric.axis())
            .line("", x, y)
            .withX(0, Double.NaN);
    int best = Arrays.binarySearch(curve.steps(), report.bestStep());
    if (kind.equals(VALIDATION) && best >= 0 && Double.isFinite(curve.values()[best])) {
      double value = curve.values()[best];
      String name = "best: %s at step %,d".formatted(metric.words(value), report.bestStep());
      chart =
          chart.points(
              name,
              new double[] {report.bestStep()},
              new double[] {metric.shown(value)},
              List.of());
    }
    return MetricCurve.areWide(List.of(drawn)) ? chart.withLogY() : chart;
  }

  private static MetricCurve thinned(MetricCurve curve) {
    int points = curve.steps().length;
    int stride = (points + MOST_POINTS - 1) / MOST_POINTS;
    int count = (points + stride - 1) / stride;
    long[] steps = new long[count];
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      // the last point stays, the first goes
      int at = points - 1 - (count - 1 - i) * stride;
      steps[i] = curve.steps()[at];
      values[i] = curve.values()[at];
    }
    return new MetricCurve(steps, values);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.hypernet4j.error.UserError;
import org.hypernet4j.experiment.ModelFamilies;
import org.hypernet4j.measure.Metric;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.train.MetricCurve;

/** Chooses what curves show: the metric of runs, their best steps, how much is smoothed. */
final class CurveChoice {
  /** The lines of this kind are evaluations. */
  static final String VALIDATION = "validation";

  private CurveChoice() {}

  /**
   * The metric by which the trainings of runs are judged: that of the first run's family if all
   * have it, else the first that they have in common.
   *
   * @throws UserError if they have none in common, or a run has no such lines
   */
  static String metric(List<RunFolder> runs, String kind) {
    List<Set<String>> named = new ArrayList<>();
    for (RunFolder run : runs) {
      Set<String> names = MetricCurve.names(run.metrics(), kind);
      if (names.isEmpty()) {
        MetricCurve.read(run.metrics(), kind, "loss"); // explains what is missing
      }
      named.add(names);
    }
    List<String> wanted = new ArrayList<>();
    for (RunFolder run : runs) {
      ExperimentSpec spec = run.specification();
      wanted.add(ModelFamilies.of(spec).curve(spec));
    }
    wanted.add("loss");
    wanted.addAll(named.get(0));
    for (String metric : wanted) {
      if (named.stream().allMatch(names -> names.contains(metric))) {
        return metric;
      }
    }
    throw UserError.in("RUN")
        .what("the runs have no metric in common")
        .expected("runs that can be drawn over one axis")
        .received(named)
        .next("draw them in pictures of their own")
        .build();
  }

  /**
   * The step of a curve to mark: that of the parameters which count, or the best value where the
   * run does not say it; empty for the losses of the training, or if the curve lacks it.
   */
  static OptionalLong best(RunFolder run, String kind, Metric metric, MetricCurve curve) {
    if (!kind.equals(VALIDATION)) {
      return OptionalLong.empty();
    }
    OptionalLong marked = MetricCurve.bestStep(run.metrics());
    if (marked.isPresent()) {
      return marked;
    }
    double sign = metric.higherIsBetter() ? -1 : 1;
    int best = -1;
    double[] values = curve.values();
    for (int i = 0; i < values.length; i++) {
      if (Double.isFinite(values[i]) && (best < 0 || sign * values[i] < sign * values[best])) {
        best = i;
      }
    }
    return best < 0 ? OptionalLong.empty() : OptionalLong.of(curve.steps()[best]);
  }
}

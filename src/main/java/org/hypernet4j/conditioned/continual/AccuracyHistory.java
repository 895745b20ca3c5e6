// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.continual;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.train.MetricCurve;

/**
 * The accuracy of each task over the training, on its validation images.
 *
 * @param curves of the tasks that have begun, in their order
 * @param stepsPerTask steps of each task
 */
record AccuracyHistory(List<MetricCurve> curves, int stepsPerTask) {
  AccuracyHistory {
    curves = List.copyOf(curves);
  }

  /**
   * Reads the history of a run.
   *
   * @param metrics its {@code metrics.jsonl}
   * @param tasks that have begun
   * @throws org.hypernet4j.error.UserError if the file does not have it
   */
  static AccuracyHistory read(Path metrics, int tasks, int stepsPerTask) {
    List<MetricCurve> curves = new ArrayList<>();
    for (int t = 0; t < tasks; t++) {
      curves.add(MetricCurve.read(metrics, "validation", ContinualTask.accuracy(t)));
    }
    return new AccuracyHistory(curves, stepsPerTask);
  }

  /** The accuracy of a task when it had just been learned: the last evaluation within it. */
  double learned(int task) {
    MetricCurve curve = curves.get(task);
    long end = (task + 1L) * stepsPerTask;
    double value = Double.NaN;
    for (int i = 0; i < curve.steps().length && curve.steps()[i] <= end; i++) {
      value = curve.values()[i];
    }
    return value;
  }

  /** The accuracy of a task at the end. */
  double last(int task) {
    double[] values = curves.get(task).values();
    return values[values.length - 1];
  }

  /** The mean over tasks of {@link #learned}. */
  double meanLearned() {
    double sum = 0;
    for (int t = 0; t < curves.size(); t++) {
      sum += learned(t);
    }
    return sum / curves.size();
  }

  /** The mean loss of accuracy since a task was learned, over all tasks but the last; or 0. */
  double forgetting() {
    int earlier = curves.size() - 1;
    double sum = 0;
    for (int t = 0; t < earlier; t++) {
      sum += learned(t) - last(t);
    }
    return earlier == 0 ? 0 : sum / earlier;
  }
}

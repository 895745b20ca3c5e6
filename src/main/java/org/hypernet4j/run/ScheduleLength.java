// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import java.util.Locale;
import java.util.Optional;
import org.hypernet4j.build.SpecOptimizers;
import org.hypernet4j.spec.ScheduleSpec;
import org.hypernet4j.spec.TrainingSpec;

/**
 * The length for which a schedule of the learning rate is made. A training that ends before has not
 * been trained as its specification means: its rate is still high.
 */
public final class ScheduleLength {
  private ScheduleLength() {}

  /** The step from which on the rate does not change any more; 0 if it has no such step. */
  static long of(TrainingSpec training) {
    ScheduleSpec schedule = training.optimizer().learningRate();
    if (schedule instanceof ScheduleSpec.Cosine cosine) {
      return cosine.totalSteps();
    }
    if (schedule instanceof ScheduleSpec.Piecewise piecewise) {
      return piecewise.boundaries().get(piecewise.boundaries().size() - 1);
    }
    return 0;
  }

  /**
   * A line on a schedule that is longer than the training.
   *
   * @param steps of the training
   * @return empty if the training reaches its end
   */
  public static Optional<String> warning(TrainingSpec training, long steps) {
    long length = of(training);
    if (length <= steps) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "its schedule of the learning rate is made for %,d steps, the run has %,d: it ends at a"
                + " rate of %s in place of %s",
            length,
            steps,
            rate(training, Math.max(0, steps - 1)),
            rate(training, length)));
  }

  private static String rate(TrainingSpec training, long step) {
    double rate = SpecOptimizers.schedule(training).at(step);
    return rate == 0 ? "0" : String.format(Locale.ROOT, "%.2g", rate);
  }
}

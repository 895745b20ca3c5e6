// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.optim;

import java.util.Arrays;
import java.util.List;
import org.hypernet4j.error.UserError;

/**
 * The learning rate as a function of the step: computed on the host and fed to the optimizer, so
 * that a resumed run needs only the step to continue with the same rates.
 *
 * <p>Steps count from 0: {@code at(0)} is the rate of the first update. A rate of 0 leaves the
 * parameters unchanged.
 */
@FunctionalInterface
public interface LearningRateSchedule {
  /**
   * The rate of one update.
   *
   * @param step number of updates before this one, 0 or more
   */
  double at(long step);

  /** A constant rate. */
  static LearningRateSchedule constant(double rate) {
    requireRate("constant", rate);
    return step -> rate;
  }

  /**
   * {@code max(floor, initial factor^step)}. The paper's MNIST notebook has {@code
   * exponential(0.005, 0.999, 1e-4)}.
   *
   * @param factor above 0 and at most 1
   * @param floor 0 for none, at most {@code initial}
   */
  static LearningRateSchedule exponential(double initial, double factor, double floor) {
    requireRate("exponential", initial);
    require("exponential", factor > 0 && factor <= 1, "a factor above 0 and at most 1", factor);
    requireFloor("exponential", floor, initial);
    return step -> Math.max(floor, initial * Math.pow(factor, (double) step));
  }

  /**
   * One rate after another: {@code rates[i]} while {@code step < boundaries[i]}, the last rate from
   * the last boundary on.
   *
   * @param boundaries positive and increasing
   * @param rates one more than boundaries
   */
  static LearningRateSchedule piecewise(List<Long> boundaries, List<Double> rates) {
    long[] ends = boundaries.stream().mapToLong(Long::longValue).toArray();
    double[] values = rates.stream().mapToDouble(Double::doubleValue).toArray();
    require(
        "piecewise",
        values.length == ends.length + 1,
        ends.length + 1 + " rates for " + ends.length + " boundaries",
        values.length);
    for (int i = 0; i < ends.length; i++) {
      require(
          "piecewise", ends[i] > (i == 0 ? 0 : ends[i - 1]), "increasing boundaries", boundaries);
    }
    for (double rate : values) {
      requireRate("piecewise", rate);
    }
    return step -> {
      int at = Arrays.binarySearch(ends, step);
      // A step equal to a boundary has the rate after it.
      return values[at >= 0 ? at + 1 : -at - 1];
    };
  }

  /**
   * A linear rise to {@code peak} over the first {@code warmUp} steps, then half a cosine down to
   * {@code floor}, which is kept.
   *
   * <p>The rise is {@code peak (step + 1) / warmUp}: the first update is not lost on a rate of
   * zero, and the last step of the rise has the peak. The cosine reaches the floor at step {@code
   * total}.
   *
   * @param warmUp number of steps, 0 for none
   * @param total number of steps, rise included; above {@code warmUp}
   * @param floor 0 or more, at most {@code peak}
   */
  static LearningRateSchedule cosine(double peak, long warmUp, long total, double floor) {
    requireRate("cosine", peak);
    require("cosine", warmUp >= 0, "a warm-up of 0 steps or more", warmUp);
    require("cosine", total > warmUp, "more steps in all than the warm-up's " + warmUp, total);
    requireFloor("cosine", floor, peak);
    return step -> {
      if (step < warmUp) {
        return peak * (step + 1) / warmUp;
      }
      double progress = Math.min(1, (step - warmUp) / (double) (total - warmUp));
      return floor + (peak - floor) * 0.5 * (1 + Math.cos(Math.PI * progress));
    };
  }

  private static void requireRate(String kind, double rate) {
    require(
        kind,
        rate >= 0 && rate < Double.POSITIVE_INFINITY,
        "a learning rate of 0 or more, and finite",
        rate);
  }

  private static void requireFloor(String kind, double floor, double highest) {
    require(kind, floor >= 0 && floor <= highest, "a floor from 0 to " + highest, floor);
  }

  private static void require(String kind, boolean fits, String expected, Object received) {
    if (!fits) {
      throw UserError.in(kind + " learning-rate schedule")
          .what("a setting cannot be used")
          .expected(expected)
          .received(received)
          .build();
    }
  }
}

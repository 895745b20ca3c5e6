// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pareto;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.hypernet4j.conditioned.ConditionWords;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.random.StatelessRandom;

/** Preferences between two losses: the weight of each, neither negative, 1 in all. */
final class Preferences {
  /** How far the sum of a preference may be from 1. */
  static final double TOLERANCE = 1e-3;

  /** Preferences at which models are tested. */
  static final int TESTED = 11;

  /** Preferences at which models are measured during a training. */
  static final int VALIDATED = 5;

  /** The angle of the first ray from its axis, in radians (Navon et al.). */
  private static final double MARGIN = 0.1;

  private Preferences() {}

  /** The preference with that weight of the first loss. */
  static float[] of(double first) {
    return new float[] {(float) first, (float) (1 - first)};
  }

  /**
   * Rays through the plane of the two losses at equal angles, as the authors' code tests them: from
   * the first loss to the second.
   *
   * @return preferences, {@code [count][2]}
   */
  static List<float[]> rays(int count) {
    List<float[]> rays = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double angle = MARGIN + (Math.PI / 2 - 2 * MARGIN) * i / (count - 1);
      rays.add(of(Math.cos(angle) / (Math.cos(angle) + Math.sin(angle))));
    }
    return rays;
  }

  /**
   * Draws a preference from Dirichlet(alpha, alpha).
   *
   * @param random a key of its own for each draw
   */
  static float[] drawn(StatelessRandom random, double alpha) {
    if (alpha == 1) {
      return of(random.uniform(0));
    }
    // the share of one gamma variate in the sum of two; by logarithms, as both may underflow
    double difference = logGamma(random.fold(1), alpha) - logGamma(random.fold(0), alpha);
    return of(1 / (1 + Math.exp(difference)));
  }

  /** The logarithm of a draw from Gamma(alpha, 1) (Marsaglia and Tsang 2000). */
  private static double logGamma(StatelessRandom random, double alpha) {
    double d = alpha + 1 - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    for (int trial = 0; ; trial++) {
      StatelessRandom own = random.fold(trial);
      double x = normal(own);
      double cube = 1 + c * x;
      if (cube <= 0) {
        continue;
      }
      double v = cube * cube * cube;
      if (Math.log(1 - own.uniform(2)) < x * x / 2 + d - d * v + d * Math.log(v)) {
        // of alpha + 1; times a uniform number to the power 1 / alpha it is one of alpha
        return Math.log(d * v) + Math.log(1 - own.uniform(3)) / alpha;
      }
    }
  }

  /** A draw from N(0, 1), from positions 0 and 1 of a key. */
  static double normal(StatelessRandom random) {
    return Math.sqrt(-2 * Math.log(1 - random.uniform(0)))
        * Math.cos(2 * Math.PI * random.uniform(1));
  }

  /**
   * Checks a preference.
   *
   * @throws UserError if a weight is negative or no number, or they do not sum to 1
   */
  static float[] require(double first, double second) {
    boolean fits = first >= 0 && second >= 0 && Math.abs(first + second - 1) <= TOLERANCE;
    if (!fits) {
      throw refused(first + "," + second);
    }
    return new float[] {(float) first, (float) second};
  }

  /**
   * Reads a preference.
   *
   * @param words two weights with a comma between them, {@code 0.3,0.7}
   * @throws UserError as {@link #require}, or if there are not two numbers
   */
  static float[] parse(String words) {
    float[] numbers = ConditionWords.numbers(words, 2);
    return require(numbers[0], numbers[1]);
  }

  private static UserError refused(String received) {
    return UserError.in(Setting.of("condition"))
        .what("it is no preference between the two losses")
        .expected("two weights from 0 to 1 that sum to 1 within " + TOLERANCE)
        .received("'" + received + "'")
        .next("give the weight of the first digit's loss, then that of the second's: 0.3,0.7")
        .build();
  }

  /** For names of models, which have no dots: {@code 0_3-0_7}. */
  static String name(float[] preference) {
    return number(preference[0]) + "-" + number(preference[1]);
  }

  private static String number(double value) {
    String text = String.format(Locale.ROOT, "%.4f", value);
    return text.replaceAll("\\.?0+$", "").replace('.', '_');
  }
}

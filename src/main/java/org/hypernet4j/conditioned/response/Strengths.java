// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.response;

import java.util.Locale;
import org.hypernet4j.conditioned.ConditionWords;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.random.StatelessRandom;
import org.hypernet4j.spec.BestResponseModelSpec;

/** Strengths of a weight decay, log10 of lambda. */
final class Strengths {
  /** How far a strength may be out of range, for rounding. */
  static final double TOLERANCE = 1e-4;

  private Strengths() {}

  /**
   * Reads a strength.
   *
   * @throws UserError if it is no number or out of the model's range
   */
  static float parse(BestResponseModelSpec spec, String words) {
    float strength = ConditionWords.numbers(words, 1)[0];
    if (strength < spec.lowest() - TOLERANCE || strength > spec.highest() + TOLERANCE) {
      throw UserError.in(Setting.of("condition"))
          .what("it is out of the range that the model has learned")
          .expected("log10 of lambda from " + spec.lowest() + " to " + spec.highest())
          .received(strength)
          .build();
    }
    return strength;
  }

  /** For names of models, which have no dots: {@code 1e-2_5}. */
  static String name(float strength) {
    String number = String.format(Locale.ROOT, "%.4f", strength).replaceAll("\\.?0+$", "");
    return "1e" + number.replace('.', '_');
  }

  /** Draws from N(0, 1), from positions 0 and 1 of each key. */
  static float[] normal(StatelessRandom random, int count) {
    float[] draws = new float[count];
    for (int i = 0; i < count; i++) {
      StatelessRandom own = random.fold(i);
      draws[i] =
          (float)
              (Math.sqrt(-2 * Math.log(1 - own.uniform(0)))
                  * Math.cos(2 * Math.PI * own.uniform(1)));
    }
    return draws;
  }
}

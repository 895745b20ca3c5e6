// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.rotation;

import java.util.List;
import java.util.Locale;
import org.hypernet4j.conditioned.ConditionWords;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.NpyArray;

/**
 * What an angle is described by.
 *
 * @param cosine of the angle
 * @param sine of the angle
 */
record Descriptor(float cosine, float sine) {
  /** Numbers of a descriptor. */
  static final int SIZE = 2;

  /** How much cosine^2 + sine^2 may differ from 1: numbers with three digits are near enough. */
  static final float TOLERANCE = 2e-3f;

  private static final double FULL = 360;

  static Descriptor ofDegrees(double degrees) {
    double radians = StrictMath.toRadians(degrees);
    return new Descriptor((float) StrictMath.cos(radians), (float) StrictMath.sin(radians));
  }

  /**
   * Reads a condition as a user has written it: an angle in degrees, {@code 45}, or its cosine and
   * sine, {@code 0.707,0.707}.
   *
   * @throws UserError if it is neither
   */
  static Descriptor parse(String words) {
    if (!words.contains(",")) {
      return ofDegrees(ConditionWords.numbers(words, 1)[0] % FULL);
    }
    float[] numbers = ConditionWords.numbers(words, SIZE);
    double length = (double) numbers[0] * numbers[0] + (double) numbers[1] * numbers[1];
    if (!(Math.abs(length - 1) <= TOLERANCE)) {
      throw UserError.in(Setting.of("condition"))
          .what("two numbers whose squares do not sum to 1")
          .expected("an angle in degrees, or its cosine and sine: 45, or 0.7071,0.7071")
          .received("'" + words + "'")
          .build();
    }
    return new Descriptor(numbers[0], numbers[1]);
  }

  /** The angle in degrees, from 0 to less than 360. */
  double degrees() {
    double degrees = Math.toDegrees(Math.atan2(sine, cosine));
    return ((degrees % FULL) + FULL) % FULL;
  }

  /** An angle with two digits at most, from 0 to less than 360: {@code 45}, {@code 22.5}. */
  static String text(double degrees) {
    double rounded = (Math.rint(degrees * 100) / 100 % FULL + FULL) % FULL;
    return String.format(Locale.ROOT, "%.2f", rounded).replaceFirst("\\.?0+$", "");
  }

  /** {@code [2]}. */
  NpyArray array() {
    return NpyArray.of(new float[] {cosine, sine}, SIZE);
  }

  /** {@code [rows, 2]}. */
  static NpyArray rows(List<Descriptor> descriptors) {
    return NpyArray.of(flat(descriptors), descriptors.size(), SIZE);
  }

  /** All numbers, row after row. */
  static float[] flat(List<Descriptor> descriptors) {
    float[] numbers = new float[descriptors.size() * SIZE];
    for (int i = 0; i < descriptors.size(); i++) {
      numbers[i * SIZE] = descriptors.get(i).cosine();
      numbers[i * SIZE + 1] = descriptors.get(i).sine();
    }
    return numbers;
  }
}

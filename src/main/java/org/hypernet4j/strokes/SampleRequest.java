// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;
import org.hypernet4j.zoo.StrokeSampleLoop;
import org.jspecify.annotations.Nullable;

/**
 * A drawing to be made.
 *
 * @param prime what it begins with, in units of the data; null for nothing
 * @param count the most points to add, 1 to {@link StrokeSampleLoop#MOST}
 * @param temperature above 0; 1 draws as the model was trained, less is safer
 * @param bias Graves' bias, 0 or more; more is tidier
 * @param seed one seed, one drawing
 * @param z the code for a model with z, else null
 * @param text for a model that writes a given text: what the prime says and what is to be written
 *     behind it; else null
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record SampleRequest(
    @Nullable PenDrawing prime,
    int count,
    float temperature,
    float bias,
    long seed,
    float @Nullable [] z,
    @Nullable String text) {

  /** A drawing of a model without z that reads no text. */
  public static SampleRequest of(
      @Nullable PenDrawing prime, int count, float temperature, float bias, long seed) {
    return new SampleRequest(prime, count, temperature, bias, seed, null, null);
  }

  /** The same drawing for a model that writes a given text. */
  public SampleRequest withText(String said) {
    return new SampleRequest(prime, count, temperature, bias, seed, z, said);
  }

  /** The same drawing, of which only so many points are made. */
  SampleRequest withCount(int points) {
    return new SampleRequest(prime, points, temperature, bias, seed, z, text);
  }

  /**
   * Checks the settings.
   *
   * @throws UserError if nothing can be drawn with them
   */
  public SampleRequest {
    requireTemperature("temperature", temperature);
    requireBias(bias);
    if (count < 1 || count > StrokeSampleLoop.MOST) {
      throw UserError.in(Setting.of("length"))
          .what("a drawing cannot have that many points")
          .expected("1 to " + StrokeSampleLoop.MOST)
          .received(count)
          .build();
    }
  }

  /** Checks a temperature, which {@code setting} names. */
  static void requireTemperature(String setting, float temperature) {
    if (!(temperature > 0) || !Float.isFinite(temperature)) {
      throw UserError.in(Setting.of(setting))
          .what("nothing can be drawn with it")
          .expected(
              "a number above 0; 1 draws as the model was trained, 0.01 little but the likeliest")
          .received(temperature)
          .build();
    }
  }

  static void requireBias(float bias) {
    if (!(bias >= 0) || !Float.isFinite(bias)) {
      throw UserError.in(Setting.of("bias"))
          .what("nothing can be drawn with it")
          .expected("0 or more; 0 draws as the model was trained, 1 is tidy")
          .received(bias)
          .build();
    }
  }

  /** Points of the prime. */
  int primed() {
    return prime == null ? 0 : prime.points();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;
import org.hypernet4j.zoo.StrokeSampleLoop;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link SketchBook}.
 *
 * @param temperatures a row of drawings each; empty for {@link #TEMPERATURE}, or {@link
 *     #BETWEEN_TEMPERATURE} between two drawings
 * @param count drawings of a row
 * @param bias Graves' bias, 0 or more
 * @param seed one seed, one set of drawings
 * @param length points of a drawing at most, those of the prime included; null for {@link
 *     #lengthOf}
 * @param prime points that every drawing begins with, or null
 * @param data the user's copy of the model's data, for a row of its drawings; null for the built-in
 *     ones if there are such
 * @param between drawings of the validation part, counted from 0, between whose codes a model with
 *     a latent vector draws; null for codes at random
 * @param statistics drawings at temperature 1 to count points and strokes of; 0 for none
 * @param text what a model writes that can be told; null for the texts of the data, one each
 * @param primeText what the prime says, for such a model; else null
 */
public record SketchSettings(
    List<Float> temperatures,
    int count,
    float bias,
    long seed,
    @Nullable Integer length,
    @Nullable PenDrawing prime,
    @Nullable Path data,
    @Nullable Between between,
    int statistics,
    @Nullable String text,
    @Nullable String primeText) {

  /** Settings for a model that reads no text, or one that writes the texts of its data. */
  public SketchSettings(
      List<Float> temperatures,
      int count,
      float bias,
      long seed,
      @Nullable Integer length,
      @Nullable PenDrawing prime,
      @Nullable Path data,
      @Nullable Between between,
      int statistics) {
    this(temperatures, count, bias, seed, length, prime, data, between, statistics, null, null);
  }

  /** Five temperatures, eight drawings each. */
  public static final SketchSettings DEFAULT =
      new SketchSettings(List.of(0.1f, 0.3f, 0.5f, 0.7f, 1f), 8, 0, 1, null, null, null, null, 0);

  /** The temperature unless one is given. */
  public static final float TEMPERATURE = 0.7f;

  /** The temperature between two drawings unless one is given (sketch-rnn's notebook). */
  public static final float BETWEEN_TEMPERATURE = 0.1f;

  /** Drawings of all rows at most. */
  public static final int MOST = 2000;

  private static final int MOST_STATISTICS = 100_000;

  /** Points of a drawing at most, of a model that ends its drawings. */
  private static final int LENGTH = 250;

  /** The same of a model that never does (Graves, arXiv:1308.0850). */
  private static final int ENDLESS_LENGTH = 700;

  /** The same of a model that ends when it has said its text. */
  private static final int WRITTEN_LENGTH = 2000;

  /**
   * Two drawings of the data.
   *
   * @param from place of the first in the validation part, counted from 0
   * @param to place of the other
   */
  public record Between(int from, int to) {}

  /**
   * Checks the settings.
   *
   * @throws UserError if nothing can be drawn with them
   */
  public SketchSettings {
    temperatures =
        temperatures.isEmpty()
            ? List.of(between == null ? TEMPERATURE : BETWEEN_TEMPERATURE)
            : List.copyOf(temperatures);
    String setting = temperatures.size() == 1 ? "temperature" : "temperatures";
    temperatures.forEach(one -> SampleRequest.requireTemperature(setting, one));
    SampleRequest.requireBias(bias);
    requireWithin("count", count, 1, MOST / temperatures.size(), "drawings");
    requireWithin("statistics", statistics, 0, MOST_STATISTICS, "drawings");
    if (length != null) {
      requireWithin("length", length, 1, StrokeSampleLoop.MOST, "points");
    }
    if (primeText != null && (prime == null || text == null)) {
      throw UserError.in(Setting.of("prime-text"))
          .what("there is nothing that it belongs to")
          .expected(Setting.of("prime") + " and " + Setting.of("text"))
          .received(prime == null ? "no prime" : "no text")
          .build();
    }
    if (between != null && prime != null) {
      throw UserError.in(Setting.of("prime") + " and " + Setting.of("interpolate"))
          .what("only one of the two can be drawn")
          .next("leave one of them out")
          .build();
    }
  }

  /** The same with the user's copy of the data. */
  SketchSettings withData(@Nullable Path path) {
    return new SketchSettings(
        temperatures, count, bias, seed, length, prime, path, between, statistics, text, primeText);
  }

  /**
   * The same for a model that can be told what to write.
   *
   * @param write to be written behind the prime; null for the texts of the data
   * @param begun what the prime says; null without a prime
   */
  public SketchSettings withText(@Nullable String write, @Nullable String begun) {
    return new SketchSettings(
        temperatures, count, bias, seed, length, prime, data, between, statistics, write, begun);
  }

  /** The same with another length. */
  SketchSettings withLength(int points) {
    return new SketchSettings(
        temperatures, count, bias, seed, points, prime, data, between, statistics, text, primeText);
  }

  private static void requireWithin(String setting, int value, int least, int most, String what) {
    if (value < least || value > most) {
      throw UserError.in(Setting.of(setting))
          .what("not a number of " + what + " that can be drawn")
          .expected(least + " to " + most)
          .received(value)
          .build();
    }
  }

  /** Points of a drawing at most. */
  int lengthOf(StrokesModel.Properties model) {
    if (length != null) {
      return length;
    }
    if (model.vocabulary() != null) {
      return WRITTEN_LENGTH;
    }
    return model.ends() ? LENGTH : ENDLESS_LENGTH;
  }

  /**
   * Points that are left for the model to draw.
   *
   * @throws UserError if the prime leaves none
   */
  int leftOf(StrokesModel.Properties model) {
    int limit = lengthOf(model);
    if (prime != null && prime.points() >= limit) {
      throw UserError.in(Setting.of("prime"))
          .what("the drawing to go on from is as long as a drawing may be")
          .expected("fewer than " + limit + " points")
          .received(prime.points())
          .next(
              prime.points() < StrokeSampleLoop.MOST
                  ? "set " + Setting.of("length") + " above " + prime.points()
                  : "go on from its last points only")
          .build();
    }
    return limit - (prime == null ? 0 : prime.points());
  }
}

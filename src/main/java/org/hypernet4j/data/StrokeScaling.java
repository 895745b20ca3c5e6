// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Set;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;

/**
 * Constants that turn offsets of the data into numbers near 1 and back: {@code x = (dx - mean) /
 * sd}, in float32. They are taken from the training part and belong to the model.
 *
 * @param meanX subtracted from dx, in units of the data
 * @param meanY subtracted from dy
 * @param sdX dx is divided by it; positive
 * @param sdY dy is divided by it; positive
 */
public record StrokeScaling(float meanX, float meanY, float sdX, float sdY) {
  /** Leaves offsets as they are. */
  public static final StrokeScaling IDENTITY = new StrokeScaling(0, 0, 1, 1);

  private static final String MEAN_X = "meanX";
  private static final String MEAN_Y = "meanY";
  private static final String SD_X = "sdX";
  private static final String SD_Y = "sdY";

  /** How the constants are chosen. */
  public enum Kind {
    /**
     * Means 0 and one standard deviation, that of dx and dy together about their common mean
     * (sketch-rnn, arXiv:1704.03477). If first points (0, 0) were cut off, they count as two zeros
     * each, as they do in sketch-rnn: figures in its units can be compared.
     */
    ONE_SD,
    /** Mean 0 and standard deviation 1 for each coordinate (Graves, arXiv:1308.0850). */
    PER_AXIS,
    /** {@link #IDENTITY}. */
    NONE
  }

  /**
   * Checks the constants.
   *
   * @throws UserError if one is not finite, or a standard deviation is not positive
   */
  public StrokeScaling {
    if (!Float.isFinite(meanX) || !Float.isFinite(meanY) || !usable(sdX) || !usable(sdY)) {
      throw UserError.in("scaling of strokes")
          .what("not constants to normalise offsets with")
          .expected("finite means, and standard deviations above 0")
          .received("means %s and %s, deviations %s and %s".formatted(meanX, meanY, sdX, sdY))
          .build();
    }
  }

  private static boolean usable(float sd) {
    return sd >= Float.MIN_NORMAL && Float.isFinite(sd);
  }

  /**
   * The constants of a training part.
   *
   * @throws UserError if its offsets do not vary
   */
  public static StrokeScaling of(DrawingPart train, Kind kind) {
    if (kind == Kind.NONE) {
      return IDENTITY;
    }
    double[] sums = new double[2];
    for (PenDrawing drawing : train.drawings()) {
      for (int i = 0; i < drawing.points(); i++) {
        sums[0] += drawing.dx(i);
        sums[1] += drawing.dy(i);
      }
    }
    long points = train.points();
    boolean together = kind == Kind.ONE_SD;
    long zeros = together && train.originsCut() ? train.count() : 0;
    double meanX = sums[0] / points;
    double meanY = sums[1] / points;
    if (together) {
      meanX = (sums[0] + sums[1]) / (2 * (points + zeros));
      meanY = meanX;
    }
    // squares about the mean: a difference of large sums would lose what is looked for
    double squaresX = zeros * meanX * meanX;
    double squaresY = zeros * meanY * meanY;
    for (PenDrawing drawing : train.drawings()) {
      for (int i = 0; i < drawing.points(); i++) {
        squaresX += square(drawing.dx(i) - meanX);
        squaresY += square(drawing.dy(i) - meanY);
      }
    }
    if (together) {
      float sd = (float) Math.sqrt((squaresX + squaresY) / (2 * (points + zeros)));
      requireVaried(train, "dx and dy", sd);
      return new StrokeScaling(0, 0, sd, sd);
    }
    float sdX = (float) Math.sqrt(squaresX / points);
    float sdY = (float) Math.sqrt(squaresY / points);
    requireVaried(train, "dx", sdX);
    requireVaried(train, "dy", sdY);
    return new StrokeScaling((float) meanX, (float) meanY, sdX, sdY);
  }

  private static double square(double value) {
    return value * value;
  }

  private static void requireVaried(DrawingPart train, String axis, float sd) {
    if (!usable(sd)) {
      throw UserError.in(train.name())
          .what("offsets cannot be normalised: all " + axis + " are equal or nearly so")
          .expected("a standard deviation above 0")
          .received(sd + " over " + train.points() + " points")
          .next("use drawings whose points differ, or the scaling 'none'")
          .build();
    }
  }

  /**
   * log sdX + log sdY: a density nat figure of T points in units of the data is that in normalised
   * units plus T times this.
   */
  public double natsPerPoint() {
    return Math.log(sdX) + Math.log(sdY);
  }

  /** The rows of a drawing, normalised: {@code [points, 3]}, row-major. */
  public float[] scale(PenDrawing drawing) {
    return scale(drawing.rows());
  }

  /** Normalises rows in place. */
  float[] scale(float[] rows) {
    for (int at = 0; at < rows.length; at += PenDrawing.COLUMNS) {
      rows[at] = (rows[at] - meanX) / sdX;
      rows[at + 1] = (rows[at + 1] - meanY) / sdY;
    }
    return rows;
  }

  /**
   * Turns normalised rows into a drawing in units of the data.
   *
   * @param where the source, for error messages
   * @param rows {@code [points, 3]}, row-major
   * @throws UserError as {@link PenDrawing#of}
   */
  public PenDrawing unscale(String where, float[] rows) {
    float[] raw = rows.clone();
    for (int at = 0; at + 1 < raw.length; at += PenDrawing.COLUMNS) {
      raw[at] = raw[at] * sdX + meanX;
      raw[at + 1] = raw[at + 1] * sdY + meanY;
    }
    return PenDrawing.of(where, raw);
  }

  /** The four constants as JSON, by their names. */
  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty(MEAN_X, meanX);
    json.addProperty(MEAN_Y, meanY);
    json.addProperty(SD_X, sdX);
    json.addProperty(SD_Y, sdY);
    return json;
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @param where begins the message of an error, for example the file
   * @throws UserError if it is something else
   */
  public static StrokeScaling fromJson(JsonElement json, String where) {
    if (!(json instanceof JsonObject object)
        || !object.keySet().equals(Set.of(MEAN_X, MEAN_Y, SD_X, SD_Y))) {
      throw UserError.in(where)
          .what("not a scaling of strokes")
          .expected("an object of the numbers meanX, meanY, sdX and sdY")
          .next("take the file that was written with the model")
          .build();
    }
    try {
      return new StrokeScaling(
          number(object, MEAN_X, where),
          number(object, MEAN_Y, where),
          number(object, SD_X, where),
          number(object, SD_Y, where));
    } catch (UserError e) {
      throw e.at(where);
    }
  }

  private static float number(JsonObject object, String key, String where) {
    if (!(object.get(key) instanceof JsonPrimitive value) || !value.isNumber()) {
      throw UserError.in(where)
          .what("'" + key + "' of a scaling of strokes is not a number")
          .expected("a number")
          .received(object.get(key))
          .next("take the file that was written with the model")
          .build();
    }
    return value.getAsFloat();
  }
}

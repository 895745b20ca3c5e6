// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.hypernet4j.data.DrawingPart;
import org.hypernet4j.pen.PenDrawing;
import org.hypernet4j.random.StatelessRandom;
import org.jspecify.annotations.Nullable;

/**
 * Mean points and strokes of a model's drawings at temperature 1, beside those of its data.
 *
 * @param drawings how many were drawn
 * @param length points that a drawing could have
 * @param ended the share of those that the model ended before that
 * @param points mean points of a drawing
 * @param strokes mean strokes of a drawing
 * @param data the validation part, or null
 */
public record SketchStatistics(
    int drawings, int length, double ended, double points, double strokes, @Nullable Data data) {

  /**
   * Mean points and strokes of the data.
   *
   * @param drawings how many there are
   * @param points mean points of a drawing
   * @param strokes mean strokes of a drawing
   */
  public record Data(int drawings, double points, double strokes) {}

  /**
   * Draws and counts.
   *
   * @param drawings how many
   * @param length points of a drawing at most
   * @param data to compare with, or null
   * @param texts what the drawings say, to be repeated; a null for a model that reads no text
   */
  static SketchStatistics of(
      StrokesModel model,
      int drawings,
      int length,
      long seed,
      @Nullable DrawingPart data,
      List<@Nullable String> texts) {
    StatelessRandom random = StatelessRandom.of(seed).fold("statistics");
    int size = model.properties().latent();
    List<SampleRequest> requests = new ArrayList<>(drawings);
    for (int i = 0; i < drawings; i++) {
      requests.add(
          new SampleRequest(
              null,
              length,
              1,
              0,
              random.fold(i).key(),
              size == 0 ? null : Slerp.normal(random.fold("latent").fold(i), size),
              texts.get(i % texts.size())));
    }
    long ended = 0;
    long points = 0;
    long strokes = 0;
    for (StrokesModel.Sample sample : model.sample(requests)) {
      ended += sample.ended() ? 1 : 0;
      points += sample.points();
      strokes += sample.whole() == null ? 0 : sample.whole().strokes();
    }
    double count = drawings;
    return new SketchStatistics(
        drawings, length, ended / count, points / count, strokes / count, of(data));
  }

  private static @Nullable Data of(@Nullable DrawingPart part) {
    if (part == null) {
      return null;
    }
    long strokes = part.drawings().stream().mapToLong(PenDrawing::strokes).sum();
    double count = part.count();
    return new Data(part.count(), part.points() / count, strokes / count);
  }

  /** The numbers as JSON. */
  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("drawings", drawings);
    json.addProperty("length", length);
    json.addProperty("endedShare", ended);
    json.addProperty("meanPoints", points);
    json.addProperty("meanStrokes", strokes);
    if (data != null) {
      JsonObject own = new JsonObject();
      own.addProperty("drawings", data.drawings());
      own.addProperty("meanPoints", data.points());
      own.addProperty("meanStrokes", data.strokes());
      json.add("data", own);
    }
    return json;
  }

  /** The numbers in words, a line each. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%,d drawings at temperature 1: %.1f %% ended within %,d points; %.1f points, %.2f"
                + " strokes in the mean",
            drawings,
            100 * ended,
            length,
            points,
            strokes));
    if (data != null) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%,d drawings of the data: %.1f points, %.2f strokes in the mean",
              data.drawings(),
              data.points(),
              data.strokes()));
    }
    return lines;
  }
}

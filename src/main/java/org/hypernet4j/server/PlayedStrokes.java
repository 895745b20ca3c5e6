// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.hypernet4j.pen.PenDrawing;
import org.hypernet4j.strokes.DrawingStream;
import org.hypernet4j.strokes.SampleRequest;
import org.hypernet4j.strokes.StrokesModel;
import org.jspecify.annotations.Nullable;

/**
 * Drawings of models of strokes, point by point.
 *
 * <p>The lines of an answer: {@code {"points": [[dx, dy, pen], ...]}}; after the last point, of a
 * hypernetwork, {@code {"strips": ["W_h_i", ...], "changes": [[...] for each point]}}; at last
 * {@code {"end": "drawn"}}, or {@code "length"} if the limit ended the drawing.
 */
final class PlayedStrokes {
  static final int MOST_POINTS = 1000;
  private static final int MOST_TEXT = 100;
  private static final int POINTS_A_LINE = 16;

  private final PlayedModels models;
  private final BooleanSupplier stopping;

  PlayedStrokes(PlayedModels models, BooleanSupplier stopping) {
    this.models = models;
    this.stopping = stopping;
  }

  void answer(Asked asked, Request request, Response response) throws IOException {
    asked.requireOnly("model", "version", "length", "temperature", "seed", "text");
    int length = (int) asked.whole("length", 1, MOST_POINTS);
    float temperature = asked.positive("temperature");
    long seed = asked.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE);
    String text = asked.has("text") ? asked.text("text", MOST_TEXT) : null;
    try (PlayedModels.Use<StrokesModel> use =
        models.use(
            asked,
            "a model of strokes",
            StrokesModel::isIn,
            StrokesModel.class,
            StrokesModel::of)) {
      StrokesModel model = use.value();
      float[] z = code(model.properties().latent(), seed);
      SampleRequest wanted = new SampleRequest(null, length, temperature, 0, seed, z, text);
      try (DrawingStream drawing = model.stream(wanted)) {
        request.addFailureListener(failure -> drawing.cancel());
        send(new LineWriter(response), drawing, model, wanted);
      }
    }
  }

  /** A code as the model expects it of the data; null for a model without. */
  private static float @Nullable [] code(int size, long seed) {
    if (size == 0) {
      return null;
    }
    Random random = new Random(seed);
    float[] z = new float[size];
    for (int i = 0; i < size; i++) {
      z[i] = (float) random.nextGaussian();
    }
    return z;
  }

  private void send(LineWriter out, DrawingStream drawing, StrokesModel model, SampleRequest wanted)
      throws IOException {
    try {
      JsonArray points = new JsonArray();
      while (!stopping.getAsBoolean() && drawing.hasNext()) {
        points.add(json(drawing.next()));
        if (points.size() == POINTS_A_LINE) {
          out.send(line("points", points));
          points = new JsonArray();
        }
      }
      if (!points.isEmpty()) {
        out.send(line("points", points));
      }
      if (stopping.getAsBoolean()) {
        out.end("stopped");
        return;
      }
      StrokesModel.Sample whole = drawing.rest();
      PenDrawing drawn = whole.whole();
      if (drawn != null && model.properties().traced()) {
        changes(out, model.trace(drawn, wanted.z(), wanted.text()), drawn.points());
      }
      out.end(whole.ended() ? "drawn" : "length");
    } catch (RuntimeException e) {
      out.fail(e); // too late for a status of its own
    }
  }

  private static JsonArray json(DrawingStream.Point point) {
    JsonArray json = new JsonArray();
    json.add(Rounded.of(point.dx()));
    json.add(Rounded.of(point.dy()));
    json.add(point.lifted() ? 1 : 0);
    return json;
  }

  private static JsonObject line(String name, JsonArray values) {
    JsonObject line = new JsonObject();
    line.add(name, values);
    return line;
  }

  private static void changes(LineWriter out, Map<String, double[]> changes, int points)
      throws IOException {
    List<String> names = PlayedText.recurrent(changes);
    if (names.isEmpty()) {
      return;
    }
    JsonArray strips = new JsonArray();
    names.forEach(strips::add);
    JsonArray rows = new JsonArray();
    for (int i = 0; i < points; i++) {
      JsonArray row = new JsonArray();
      for (String name : names) {
        double[] values = changes.get(name);
        // nothing comes before the first point
        if (i > 0 && values != null && Double.isFinite(values[i])) {
          row.add(Rounded.of(values[i]));
        } else {
          row.add(JsonNull.INSTANCE);
        }
      }
      rows.add(row);
    }
    JsonObject line = line("strips", strips);
    line.add("changes", rows);
    out.send(line);
  }
}

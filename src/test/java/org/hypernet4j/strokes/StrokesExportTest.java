// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.hypernet4j.export.ExportResult;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.export.verify.LoadedModel;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.internal.AtomicFiles;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The signatures of exported models of strokes, called as a client calls them. */
class StrokesExportTest {
  // the Python tests read what lies here, too
  private static final Path BASE = Path.of("target", "python-stroke-models");
  private static final String POINTS = "points";

  private static final Map<String, Supplier<SmallStrokeModel>> MODELS =
      Map.of(
          "strokes-hyperlstm", SmallStrokeModel::hyperLstm,
          "strokes-stacked", SmallStrokeModel::stack,
          "strokes-latent", SmallStrokeModel::latent);
  private static final Map<String, ExportResult> RESULTS = new LinkedHashMap<>();
  private static final Map<String, LoadedModel> LOADED = new LinkedHashMap<>();

  @BeforeAll
  static void exportOnce() {
    AtomicFiles.deleteRecursively(BASE);
    MODELS.forEach(
        (name, model) -> {
          try (SmallStrokeModel built = model.get()) {
            RESULTS.put(name, Exporter.export(built.request(name, BASE)));
          }
          LOADED.put(name, LoadedModel.open(BASE.resolve(name).resolve("1")));
        });
  }

  @AfterAll
  static void close() {
    LOADED.values().forEach(LoadedModel::close);
  }

  @Test
  void aFreshJvmReproducesEverySignature() {
    RESULTS.forEach(
        (name, result) -> {
          assertThat(result.report().verified()).as(name).isTrue();
          assertThat(result.maxAbsDifference()).as(name).isLessThanOrEqualTo(1e-4);
        });
  }

  @Test
  void theManifestDescribesPenUnitsAndState() throws IOException {
    assertThat(guide("strokes-hyperlstm"))
        .isEqualTo(
            JsonParser.parseString(
                """
                {"points": "dx, dy, pen: 1 if the pen is lifted after the point; y points down",
                 "pen": "three-way", "mixtures": 3, "sigmaFloor": 0.0, "correlationBound": 0.0,
                 "densityEpsilon": 0.0, "temperatureLaw": "variance", "mostPoints": 10000,
                 "scaling": {"meanX": 3.0, "meanY": -2.0, "sdX": 20.0, "sdY": 8.0},
                 "state": {"state_main_c": 6, "state_main_h": 6,
                           "state_hyper_c": 4, "state_hyper_h": 4}}
                """));
    assertThat(guide("strokes-stacked").get("pen").getAsString()).isEqualTo("bernoulli");
    assertThat(guide("strokes-stacked").get("temperatureLaw").getAsString()).isEqualTo("sigma");
    assertThat(guide("strokes-stacked").getAsJsonObject("state").keySet())
        .containsExactly(
            "state_layer0_c",
            "state_layer0_h",
            "state_layer1_c",
            "state_layer1_h",
            "state_layer2_c",
            "state_layer2_h");
    assertThat(guide("strokes-latent").get("latent").getAsInt()).isEqualTo(3);
  }

  private static JsonObject guide(String name) throws IOException {
    Path manifest = BASE.resolve(name).resolve("1/assets.extra/manifest.json");
    return JsonParser.parseString(Files.readString(manifest))
        .getAsJsonObject()
        .getAsJsonObject("guide");
  }

  private static Map<String, NpyArray> call(
      String model, String key, Map<String, NpyArray> inputs) {
    LoadedModel loaded = Objects.requireNonNull(LOADED.get(model));
    return loaded.session().record(loaded.signature(key), inputs).outputs();
  }

  private static NpyArray ints(int... values) {
    return NpyArray.of(values, values.length);
  }

  private static NpyArray floats(float... values) {
    return NpyArray.of(values, values.length);
  }

  /** A drawing of 6 points in units of the data. */
  private static float[] drawing(int number) {
    float[] rows = new float[6 * 3];
    for (int i = 0; i < 6; i++) {
      rows[3 * i] = (float) (15 * Math.sin(number + 2 * i));
      rows[3 * i + 1] = (float) (9 * Math.cos(number - 3 * i));
      rows[3 * i + 2] = i % 3 == 2 ? 1 : 0;
    }
    return rows;
  }

  private static Map<String, NpyArray> withLatent(
      String model, float[] z, Map<String, NpyArray> inputs) {
    Map<String, NpyArray> all = new LinkedHashMap<>(inputs);
    if (model.equals("strokes-latent")) {
      all.put("z", NpyArray.of(z, 1, z.length));
    }
    return all;
  }

  private static final float[] Z = {0.5f, -1.2f, 0.3f};

  /** The density after every point, from a whole drawing and point by point. */
  @Test
  void stepByStepIsTheWholeDrawing() {
    for (String model : MODELS.keySet()) {
      float[] rows = drawing(1);
      Map<String, NpyArray> whole =
          call(
              model,
              "serving_default",
              withLatent(model, Z, Map.of(POINTS, NpyArray.of(rows, 1, 6, 3))));
      Map<String, NpyArray> answer =
          call(
              model,
              "initial_state",
              model.equals("strokes-latent")
                  ? withLatent(model, Z, Map.of())
                  : Map.of("point", NpyArray.of(new float[3], 1, 3)));
      for (int t = 0; t <= 6; t++) {
        for (Map.Entry<String, NpyArray> parameter : whole.entrySet()) {
          float[] all = parameter.getValue().floats();
          int size = all.length / 7;
          assertThat(Objects.requireNonNull(answer.get(parameter.getKey())).floats())
              .as("%s %s, point %s", model, parameter.getKey(), t)
              .usingComparatorWithPrecision(1e-3f) // of units of the data
              .containsExactly(Arrays.copyOfRange(all, t * size, (t + 1) * size));
        }
        if (t < 6) {
          Map<String, NpyArray> step = new LinkedHashMap<>(answer);
          step.keySet().removeIf(alias -> !alias.startsWith("state_"));
          step.put("point", NpyArray.of(Arrays.copyOfRange(rows, 3 * t, 3 * t + 3), 1, 3));
          answer = call(model, "step", withLatent(model, Z, step));
        }
      }
    }
  }

  /** What a server does that batches; padding that is no number changes nothing. */
  @Test
  void theScoreOfADrawingIsTheSameInABatch() {
    for (String model : MODELS.keySet()) {
      float[] padded = new float[2 * 6 * 3];
      Arrays.fill(padded, Float.NaN);
      System.arraycopy(drawing(1), 0, padded, 0, 18);
      System.arraycopy(drawing(2), 0, padded, 18, 4 * 3);
      Map<String, NpyArray> both =
          call(model, "score", Map.of(POINTS, NpyArray.of(padded, 2, 6, 3), "lengths", ints(6, 4)));
      List<float[]> nats = new ArrayList<>();
      for (int number = 1; number <= 2; number++) {
        int length = number == 1 ? 6 : 4;
        Map<String, NpyArray> alone =
            call(
                model,
                "score",
                Map.of(
                    POINTS,
                    NpyArray.of(Arrays.copyOf(drawing(number), 3 * length), 1, length, 3),
                    "lengths",
                    ints(length)));
        nats.add(Objects.requireNonNull(alone.get("nats")).floats());
      }
      assertThat(Objects.requireNonNull(both.get("nats")).floats())
          .as(model)
          .usingComparatorWithPrecision(1e-4f)
          .containsExactly(nats.get(0)[0], nats.get(1)[0]);
      float[] points = Objects.requireNonNull(both.get("point_nats")).floats();
      assertThat(Arrays.copyOfRange(points, 10, 12)).as(model).containsOnly(0f);
    }
  }

  /** A row's drawing depends on its own seed and settings alone. */
  @Test
  void oneSeedGivesOneDrawing() {
    for (String model : MODELS.keySet()) {
      float[] first = sample(model, 0.8f, 5);
      assertThat(first).as(model).isEqualTo(sample(model, 0.8f, 5));
      assertThat(first).as(model).isNotEqualTo(sample(model, 0.8f, 6));
      assertThat(first).as(model).isNotEqualTo(sample(model, 0.4f, 5));
    }
  }

  private static float[] sample(String model, float temperature, long seed) {
    Map<String, NpyArray> drawn =
        call(
            model,
            "sample",
            withLatent(
                model,
                Z,
                Map.of(
                    "prime", NpyArray.of(drawing(1), 1, 6, 3),
                    "prime_lengths", ints(3),
                    "count", ints(20),
                    "temperature", floats(temperature),
                    "bias", floats(0f),
                    "seed", NpyArray.of(new long[] {seed}, 1))));
    return Objects.requireNonNull(drawn.get(POINTS)).floats();
  }
}

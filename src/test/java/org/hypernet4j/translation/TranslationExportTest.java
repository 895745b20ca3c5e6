// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.assertj.core.data.Offset;
import org.hypernet4j.data.TranslationBatch;
import org.hypernet4j.export.ExportResult;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.export.verify.LoadedModel;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.internal.AtomicFiles;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The signatures of exported translation models, called as a client calls them. */
class TranslationExportTest {
  // the Python tests read what lies here, too
  private static final Path BASE = Path.of("target", "python-families");
  private static final String HYPER_LSTM = "translation-hyperlstm";
  private static final String LSTM = "translation-lstm";

  private static final Map<String, Supplier<SmallTranslationModel>> MODELS =
      Map.of(
          HYPER_LSTM, SmallTranslationModel::hyperLstm,
          LSTM, SmallTranslationModel::lstm);
  private static final Map<String, ExportResult> RESULTS = new LinkedHashMap<>();
  private static final Map<String, LoadedModel> LOADED = new LinkedHashMap<>();

  /** Sentences of 6, 4 and 1 pieces. */
  private static final int[][] SOURCE = {
    {9, 21, 5, 33, 14, 7}, {40, 11, 3, 28, 0, 0}, {17, 0, 0, 0, 0, 0}
  };

  @BeforeAll
  static void exportOnce() {
    MODELS.forEach(
        (name, model) -> {
          AtomicFiles.deleteRecursively(BASE.resolve(name));
          try (SmallTranslationModel built = model.get()) {
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
  void theManifestDescribesVocabularySearchAndState() throws IOException {
    JsonObject guide = guide(LSTM);
    assertThat(guide.getAsJsonObject("search"))
        .isEqualTo(
            JsonParser.parseString(
                "{\"beams\": 4, \"alpha\": 1.0, \"beta\": 0.0, \"lengthFactor\": 1.5}"));
    assertThat(guide.getAsJsonObject("subwords").get("size").getAsInt()).isEqualTo(64);
    assertThat(guide.getAsJsonObject("state"))
        .isEqualTo(
            JsonParser.parseString(
                """
                {"state_layer0_cell_c": 6, "state_layer0_cell_h": 6, "state_layer0_context": 6,
                 "state_layer1_c": 6, "state_layer1_h": 6}
                """));
    assertThat(guide(HYPER_LSTM).getAsJsonObject("state").keySet())
        .containsExactly(
            "state_layer0_cell_main_c",
            "state_layer0_cell_main_h",
            "state_layer0_cell_hyper_c",
            "state_layer0_cell_hyper_h",
            "state_layer0_context",
            "state_layer1_main_c",
            "state_layer1_main_h",
            "state_layer1_hyper_c",
            "state_layer1_hyper_h",
            "state_layer2_main_c",
            "state_layer2_main_h",
            "state_layer2_hyper_c",
            "state_layer2_hyper_h");
  }

  private static JsonObject guide(String name) throws IOException {
    Path manifest = BASE.resolve(name).resolve("1/assets.extra/manifest.json");
    return JsonParser.parseString(Files.readString(manifest))
        .getAsJsonObject()
        .getAsJsonObject("guide");
  }

  private static Map<String, NpyArray> call(
      String model, String key, Map<String, NpyArray> inputs) {
    return Objects.requireNonNull(LOADED.get(model)).call(key, inputs);
  }

  private static NpyArray ids(int[]... rows) {
    return NpyArray.of(
        Arrays.stream(rows).flatMapToInt(Arrays::stream).toArray(), rows.length, rows[0].length);
  }

  private static NpyArray of(Map<String, NpyArray> answer, String alias) {
    return Objects.requireNonNull(answer.get(alias), alias);
  }

  /** What greedy search says, step by step; its log-probability is that of {@code score}. */
  @Test
  void greedySearchIsStepsAndHasTheScoreOfItsPieces() {
    for (String model : MODELS.keySet()) {
      Map<String, NpyArray> source = Map.of("source_ids", ids(SOURCE));
      Map<String, NpyArray> greedy = call(model, "greedy", source);
      int[] written = of(greedy, "ids").ints();
      int time = written.length / SOURCE.length;
      Map<String, NpyArray> scored =
          call(
              model,
              "score",
              Map.of(
                  "source_ids", ids(SOURCE),
                  "target_ids", NpyArray.of(written, SOURCE.length, time)));
      float[] each = of(scored, "token_log_probs").floats();
      assertThat(of(scored, "lengths").ints()).as(model).isEqualTo(of(greedy, "lengths").ints());
      int[] tokens = new int[SOURCE.length];
      Arrays.fill(tokens, TranslationBatch.START);
      Map<String, NpyArray> state = new LinkedHashMap<>(call(model, "encode", source));
      double[] sums = new double[SOURCE.length];
      for (int t = 0; t < time; t++) {
        state.put("token", NpyArray.of(tokens, tokens.length));
        Map<String, NpyArray> step = call(model, "step", state);
        float[] logProbs = of(step, "log_probs").floats();
        int v = logProbs.length / SOURCE.length;
        for (int b = 0; b < SOURCE.length; b++) {
          tokens[b] = written[b * time + t];
          sums[b] += each[b * time + t];
          if (tokens[b] == TranslationBatch.PAD) {
            assertThat(each[b * time + t]).as(model).isZero();
          } else {
            float[] row = Arrays.copyOfRange(logProbs, b * v, (b + 1) * v);
            assertThat(row[tokens[b]]).as(model).isEqualTo(max(row));
            assertThat(row[tokens[b]]).as(model).isCloseTo(each[b * time + t], near());
          }
        }
        step.forEach((alias, value) -> state.replace(alias, value));
      }
      for (int b = 0; b < SOURCE.length; b++) {
        assertThat(of(greedy, "log_probs").floats()[b])
            .as(model)
            .isCloseTo((float) sums[b], near());
      }
    }
  }

  private static float max(float[] values) {
    float max = values[0];
    for (float value : values) {
      max = Math.max(max, value);
    }
    return max;
  }

  private static Offset<Float> near() {
    return within(1e-4f);
  }

  /**
   * What a server does that batches: beams of a sentence are the same bits alone and with others.
   */
  @Test
  void aBatchIsTranslatedAsItsSentences() {
    for (String model : MODELS.keySet()) {
      Map<String, NpyArray> all = call(model, "serving_default", Map.of("source_ids", ids(SOURCE)));
      int beams = (int) of(all, "ids").shape()[1];
      int time = (int) of(all, "ids").shape()[2];
      for (int b = 0; b < SOURCE.length; b++) {
        int length = (int) Arrays.stream(SOURCE[b]).filter(id -> id != 0).count();
        Map<String, NpyArray> one =
            call(
                model,
                "serving_default",
                Map.of("source_ids", ids(Arrays.copyOf(SOURCE[b], length))));
        int own = (int) of(one, "ids").shape()[2];
        for (int k = 0; k < beams; k++) {
          int from = (b * beams + k) * time;
          int[] row = Arrays.copyOfRange(of(all, "ids").ints(), from, from + time);
          assertThat(Arrays.copyOf(row, own))
              .as("%s, sentence %s, beam %s", model, b, k)
              .isEqualTo(Arrays.copyOfRange(of(one, "ids").ints(), k * own, (k + 1) * own));
          assertThat(Arrays.stream(row).skip(own)).as(model).allMatch(id -> id == 0);
        }
        for (String alias : new String[] {"scores", "log_probs"}) {
          assertThat(Arrays.copyOfRange(of(all, alias).floats(), b * beams, (b + 1) * beams))
              .as("%s, sentence %s, %s", model, b, alias)
              .usingComparatorWithPrecision(1e-4f)
              .containsExactly(of(one, alias).floats());
        }
      }
    }
  }
}

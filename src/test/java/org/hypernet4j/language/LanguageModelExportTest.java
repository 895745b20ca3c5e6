// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.ExportResult;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.export.verify.LoadedModel;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.zoo.SymbolDraw;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.exceptions.TFInvalidArgumentException;

/** The signatures of an exported language model, called as a client calls them. */
class LanguageModelExportTest {
  private static final Offset<Float> CLOSE = within(1e-5f);
  private static final int[][] TEXT = {{0, 3, 1, 2, 4, 1}, {2, 2, 0, 1, 3, 4}}; // [B 2, T 6]

  // the Python tests read what lies here, too
  private static final Path BASE = Path.of("target", "python-language-models");

  private static ExportResult result;
  private static LoadedModel model;

  @BeforeAll
  static void exportOnce() {
    AtomicFiles.deleteRecursively(BASE);
    try (SmallLanguageModel trained = SmallLanguageModel.hyperLstm()) {
      result = export(trained, "language-hyperlstm");
    }
    model = LoadedModel.open(result.versionFolder());
  }

  private static ExportResult export(SmallLanguageModel trained, String name) {
    ExportRequest request = trained.request(name, BASE);
    ExportResult exported = Exporter.export(request);
    JavaGradients.ofLanguageModel(trained, request);
    return exported;
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void aFreshJvmReproducesEverySignature() {
    assertThat(result.report().verified()).isTrue();
    assertThat(result.report().outputs()).hasSize(5 + 5 + 5 + 5 + 4 + 1);
    assertThat(result.maxAbsDifference()).isLessThanOrEqualTo(1e-5);
  }

  @Test
  void theManifestDescribesVocabularyAndState() throws IOException {
    Path extra = result.versionFolder().resolve("assets.extra");
    JsonObject manifest =
        JsonParser.parseString(Files.readString(extra.resolve("manifest.json"))).getAsJsonObject();
    assertThat(manifest.get("guide"))
        .isEqualTo(
            JsonParser.parseString(
                """
                {"symbols": 7,
                 "vocabulary": {"file": "assets.extra/vocabulary.json", "kind": "characters",
                                "size": 5, "emptyPrompt": 0},
                 "state": {"state_main_c": 6, "state_main_h": 6,
                           "state_hyper_c": 4, "state_hyper_h": 4}}
                """));
    assertThat(manifest.getAsJsonObject("files").keySet()).contains("assets.extra/vocabulary.json");
    String vocabulary = Files.readString(extra.resolve("vocabulary.json"));
    assertThat(vocabulary).contains("\"é\"");
    assertThat(Vocabulary.fromJson(JsonParser.parseString(vocabulary), "file"))
        .isEqualTo(SmallLanguageModel.VOCABULARY);
  }

  private static Map<String, NpyArray> call(String key, Map<String, NpyArray> inputs) {
    return model.session().record(model.signature(key), inputs).outputs();
  }

  private static NpyArray ints(int... values) {
    return NpyArray.of(values, values.length);
  }

  private static NpyArray ids(int[]... rows) {
    int[] flat = Arrays.stream(rows).flatMapToInt(Arrays::stream).toArray();
    return NpyArray.of(flat, rows.length, rows[0].length);
  }

  private static float[] floats(Map<String, NpyArray> arrays, String alias) {
    return Objects.requireNonNull(arrays.get(alias), alias).floats();
  }

  /** The inputs of a call that goes on where another ended. */
  private static Map<String, NpyArray> after(Map<String, NpyArray> answer) {
    Map<String, NpyArray> inputs = new LinkedHashMap<>(answer);
    inputs.keySet().removeIf(alias -> !alias.startsWith("state_"));
    return inputs;
  }

  private static void assertSame(
      Map<String, NpyArray> actual, Map<String, NpyArray> expected, Set<String> aliases) {
    for (String alias : aliases) {
      assertThat(floats(actual, alias))
          .as(alias)
          .usingComparatorWithPrecision(1e-5f)
          .containsExactly(floats(expected, alias));
    }
  }

  @Test
  void stepByStepIsTheWholeSequence() {
    Map<String, NpyArray> whole = call("serving_default", Map.of("ids", ids(TEXT)));
    float[] logits = floats(whole, "logits"); // [2, 6, 7]
    Map<String, NpyArray> answer = call("initial_state", Map.of("ids", ints(0, 0)));

    for (int t = 0; t < 6; t++) {
      Map<String, NpyArray> inputs = after(answer);
      inputs.put("ids", ints(TEXT[0][t], TEXT[1][t]));
      answer = call("step", inputs);
      for (int b = 0; b < 2; b++) {
        for (int v = 0; v < 7; v++) {
          assertThat(floats(answer, "logits")[b * 7 + v])
              .isCloseTo(logits[(b * 6 + t) * 7 + v], CLOSE);
        }
      }
    }
    assertSame(after(answer), after(whole), after(whole).keySet());
  }

  @Test
  void aSequenceInTwoPiecesIsTheWholeSequence() {
    Map<String, NpyArray> first = after(call("initial_state", Map.of("ids", ints(0))));
    first.put("ids", ids(new int[] {0, 3}));
    first.put("lengths", ints(2));
    Map<String, NpyArray> second = after(call("sequence", first));
    second.put("ids", ids(new int[] {1, 2, 4, 1}));
    second.put("lengths", ints(4));

    Map<String, NpyArray> whole = call("serving_default", Map.of("ids", ids(TEXT[0])));
    Map<String, NpyArray> answer = call("sequence", second);

    assertSame(after(answer), after(whole), after(whole).keySet());
    float[] tail = Arrays.copyOfRange(floats(whole, "logits"), 2 * 7, 6 * 7);
    assertThat(floats(answer, "logits")).usingComparatorWithPrecision(1e-5f).containsExactly(tail);
  }

  @Test
  void paddingChangesNothing() {
    Map<String, NpyArray> inputs = after(call("initial_state", Map.of("ids", ints(0, 0, 0))));
    inputs.put("ids", ids(new int[] {0, 3, 1, -1, 99}, row(), row()));
    inputs.put("lengths", ints(3, 5, 0));
    Map<String, NpyArray> padded = call("sequence", inputs);
    Map<String, NpyArray> alone = call("serving_default", Map.of("ids", ids(new int[] {0, 3, 1})));

    for (String alias : after(alone).keySet()) {
      float[] expected = floats(alone, alias);
      assertThat(Arrays.copyOf(floats(padded, alias), expected.length))
          .as(alias)
          .usingComparatorWithPrecision(1e-5f)
          .containsExactly(expected);
      // nothing read: the state that went in
      float[] all = floats(padded, alias);
      assertThat(Arrays.copyOfRange(all, 2 * expected.length, all.length)).containsOnly(0f);
    }
    assertThat(Arrays.copyOf(floats(padded, "logits"), 3 * 7))
        .usingComparatorWithPrecision(1e-5f)
        .containsExactly(floats(alone, "logits"));
  }

  private static int[] row() {
    return new int[] {2, 2, 0, 1, 3};
  }

  /** What a server does that batches: the answer to two requests is the two answers. */
  @Test
  void requestsCanBePutTogether() {
    Map<String, List<Map<String, NpyArray>>> requests = new LinkedHashMap<>();
    requests.put(
        "serving_default", List.of(Map.of("ids", ids(TEXT[0])), Map.of("ids", ids(TEXT[1]))));
    requests.put("initial_state", List.of(Map.of("ids", ints(1)), Map.of("ids", ints(2))));
    requests.put("sample", List.of(prompt(5, 1f, 0, 1), prompt(5, 0.5f, 3, 2)));
    List<Map<String, NpyArray>> steps = new ArrayList<>();
    List<Map<String, NpyArray>> sequences = new ArrayList<>();
    for (int[] text : TEXT) {
      Map<String, NpyArray> state = after(call("serving_default", Map.of("ids", ids(text))));
      Map<String, NpyArray> step = new LinkedHashMap<>(state);
      step.put("ids", ints(text[3]));
      steps.add(step);
      Map<String, NpyArray> sequence = new LinkedHashMap<>(state);
      sequence.put("ids", ids(text));
      sequence.put("lengths", ints(text[1]));
      sequences.add(sequence);
    }
    requests.put("step", steps);
    requests.put("sequence", sequences);

    requests.forEach(
        (key, two) -> {
          Map<String, NpyArray> together = call(key, concatenated(two.get(0), two.get(1)));
          Map<String, NpyArray> expected =
              concatenated(call(key, two.get(0)), call(key, two.get(1)));
          if (key.equals("sample")) {
            assertThat(together).isEqualTo(expected);
          } else {
            assertSame(together, expected, expected.keySet());
          }
        });
  }

  private static Map<String, NpyArray> concatenated(
      Map<String, NpyArray> first, Map<String, NpyArray> second) {
    Map<String, NpyArray> both = new LinkedHashMap<>();
    first.forEach(
        (alias, a) -> {
          NpyArray b = Objects.requireNonNull(second.get(alias));
          long[] shape = a.shape();
          shape[0] += b.shape()[0];
          both.put(
              alias,
              switch (a.type()) {
                case F4 -> NpyArray.of(joined(a.floats(), b.floats()), shape);
                case I4 -> NpyArray.of(joined(a.ints(), b.ints()), shape);
                default -> NpyArray.of(new long[] {a.longs()[0], b.longs()[0]}, shape);
              });
        });
    return both;
  }

  private static float[] joined(float[] a, float[] b) {
    float[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  private static int[] joined(int[] a, int[] b) {
    int[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  /** A request of one row with the prompt 1, 4. */
  private static Map<String, NpyArray> prompt(int count, float temperature, int topK, long seed) {
    return Map.of(
        "prompt", ids(new int[] {1, 4}),
        "prompt_lengths", ints(2),
        "count", ints(count),
        "temperature", NpyArray.of(new float[] {temperature}, 1),
        "top_k", ints(topK),
        "seed", NpyArray.of(new long[] {seed}, 1));
  }

  @Test
  void anUnknownIdIsAnError() {
    assertThatThrownBy(() -> call("serving_default", Map.of("ids", ids(new int[] {1, 7}))))
        .isInstanceOf(TFInvalidArgumentException.class)
        .hasMessageContaining("= 7 is not in [0, 7)");
    Map<String, NpyArray> step = after(call("initial_state", Map.of("ids", ints(0))));
    step.put("ids", ints(-1));
    assertThatThrownBy(() -> call("step", step))
        .isInstanceOf(TFInvalidArgumentException.class)
        .hasMessageContaining("= -1 is not in [0, 7)");
  }

  /** The in-graph loop, the Java generator on the export, and the one on the session: one text. */
  @Test
  void oneSeedGivesOneTextEverywhere() {
    SymbolDraw draw = new SymbolDraw(0.9f, 4, 17);
    int[] inGraph =
        Objects.requireNonNull(call("sample", prompt(40, 0.9f, 4, 17)).get("ids")).ints();
    try (TextModel exported = TextModel.exported(result.versionFolder());
        SmallLanguageModel trained = SmallLanguageModel.hyperLstm();
        StreamingModel stepped = new StreamingModel(trained.session, trained.signature("step"))) {
      String text = "aé"; // ids 1 and 4
      TextGenerator generator = new TextGenerator(stepped, SmallLanguageModel.VOCABULARY);
      int[] fromExport = exported.generator().generate(text, 40, draw, id -> {});
      assertThat(fromExport).isEqualTo(inGraph).hasSize(40);
      assertThat(generator.generate(text, 40, draw, id -> {})).isEqualTo(fromExport);
      // a second text begins anew; an empty prompt is a newline; another seed is another text
      assertThat(generator.generate(text, 40, draw, id -> {})).isEqualTo(fromExport);
      assertThat(generator.generate("", 9, draw, id -> {}))
          .isEqualTo(generator.generate("\n", 9, draw, id -> {}));
      assertThat(generator.generate(text, 40, new SymbolDraw(0.9f, 4, 18), id -> {}))
          .isNotEqualTo(fromExport);
    }
  }

  @Test
  void aStackOfLayersIsExportedWithNamesForEachLayer() {
    try (SmallLanguageModel stack = SmallLanguageModel.stackedHyperLstm()) {
      assertThat(export(stack, "language-stacked").report().verified()).isTrue();
    }
    try (LoadedModel loaded = LoadedModel.open(BASE.resolve("language-stacked/1"))) {
      assertThat(loaded.signature("initial_state").outputs().keySet())
          .containsExactlyInAnyOrder(
              "state_layer0_main_c",
              "state_layer0_main_h",
              "state_layer0_hyper_c",
              "state_layer0_hyper_h",
              "state_layer1_main_c",
              "state_layer1_main_h",
              "state_layer1_hyper_c",
              "state_layer1_hyper_h");
    }
  }

  /** Python reads it too; without layer norm there is a bias, and another update of the cell. */
  @Test
  void aHyperLstmWithoutLayerNormIsExported() {
    try (SmallLanguageModel plain = SmallLanguageModel.plainHyperLstm()) {
      ExportResult exported = export(plain, "language-plain-hyperlstm");
      assertThat(exported.report().verified()).isTrue();
      assertThat(exported.maxAbsDifference()).isLessThanOrEqualTo(1e-5);
    }
  }

  @Test
  void whatIsNoLanguageModelIsRefused(@TempDir Path folder) throws IOException {
    assertThatThrownBy(() -> TextModel.exported(folder.resolve("none")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is not a model folder");
    assertThatThrownBy(() -> TextModel.exported(folder))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("saved_model.pb: is missing");
    assertThatThrownBy(() -> model.signature("translate"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("has no signature 'translate'")
        .hasMessageContaining("one of initial_state, sample, sequence, serving_default, step");

    Path copy = folder.resolve("copy");
    try (Stream<Path> files = Files.walk(result.versionFolder())) {
      for (Path file : files.toList()) {
        Path target = copy.resolve(result.versionFolder().relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
    Files.writeString(copy.resolve("assets.extra/vocabulary.json"), "{\"kind\":");
    assertThatThrownBy(() -> TextModel.exported(copy))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("vocabulary.json is not the file that was exported");
    // a model that nobody vouches for
    Files.delete(copy.resolve("assets.extra/manifest.json"));
    assertThatThrownBy(() -> TextModel.exported(copy))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("vocabulary.json: not JSON");
    Files.delete(copy.resolve("assets.extra/vocabulary.json"));
    assertThatThrownBy(() -> TextModel.exported(copy))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("vocabulary.json: cannot be read");
  }
}

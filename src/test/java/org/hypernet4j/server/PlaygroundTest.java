// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.hypernet4j.export.verify.LoadedModel;
import org.hypernet4j.image.ExportedKernels;
import org.hypernet4j.language.TextModel;
import org.hypernet4j.pen.PenDrawing;
import org.hypernet4j.strokes.SampleRequest;
import org.hypernet4j.strokes.StrokesModel;
import org.hypernet4j.translation.Translation;
import org.hypernet4j.zoo.SymbolDraw;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the playground answers, against the library's own answers for the same models. */
class PlaygroundTest {
  private static final String TEXT = "language-hyperlstm";
  private static final String STROKES = "strokes-hyperlstm";
  private static final String IMAGE = "mnist-hyper";

  @TempDir static Path folder;
  private static PlaygroundServer server;
  private static TextModel written;

  @BeforeAll
  static void serve() throws Exception {
    PlaygroundServer.models(folder);
    server = new PlaygroundServer(folder, PlayedText.MOST_SYMBOLS);
    written = TextModel.open(version(TEXT));
  }

  @AfterAll
  static void close() {
    written.close();
    server.close();
  }

  private static Path version(String model) {
    return folder.resolve(model).resolve("1");
  }

  private static JsonObject json(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JsonParser.parseString(response.body()).getAsJsonObject();
  }

  private static List<JsonElement> list(JsonElement array) {
    return StreamSupport.stream(array.getAsJsonArray().spliterator(), false).toList();
  }

  @Test
  void tellsTheKindOfEachModel() throws Exception {
    List<JsonElement> models = list(json(server.get("/playground/models")).get("models"));
    assertThat(models)
        .extracting(
            model ->
                model.getAsJsonObject().get("name").getAsString()
                    + " "
                    + model.getAsJsonObject().get("version").getAsString()
                    + " "
                    + model.getAsJsonObject().get("kind").getAsString())
        .containsExactly(
            PlaygroundServer.STRANGE + " 7 form",
            TEXT + " 1 text",
            IMAGE + " 1 image",
            STROKES + " 1 strokes");
  }

  @Test
  void thePageHasNoNameOfAModelAndRunsItsOwnScriptsOnly() throws Exception {
    HttpResponse<String> page = server.get("/");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).doesNotContain("onerror=alert").doesNotContain(TEXT);
    String policy = page.headers().firstValue("Content-Security-Policy").orElseThrow();
    assertThat(policy).startsWith("default-src 'none'; connect-src 'self'; ");
    List<String> hashes = new ArrayList<>();
    for (MatchResult inline :
        Pattern.compile("(?s)<(script|style)>(.*?)</\\1>")
            .matcher(page.body())
            .results()
            .toList()) {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(inline.group(2).getBytes(UTF_8));
      hashes.add("'sha256-" + Base64.getEncoder().encodeToString(digest) + "'");
    }
    assertThat(hashes).hasSize(11);
    assertThat(policy.split("[ ;]+")).containsAll(hashes);
    assertThat(page.body()).doesNotContainPattern("(?i)(src|href)=\"(?!data:)[^\"]*\"");

    String tag = page.headers().firstValue("ETag").orElseThrow();
    HttpResponse<String> again = server.get("/", "If-None-Match", tag);
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    HttpResponse<String> head =
        server.send(server.request("/").method("HEAD", HttpRequest.BodyPublishers.noBody()));
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
  }

  private static String textRequest(String prompt, int length, long seed) {
    return "{\"model\": \"%s\", \"prompt\": \"%s\", \"length\": %d, \"temperature\": 0.9, \"topK\": 4, \"seed\": %d}"
        .formatted(TEXT, prompt, length, seed);
  }

  private static String written(List<JsonObject> lines, boolean prompt) {
    StringBuilder text = new StringBuilder();
    for (JsonObject line : lines) {
      if (line.has("symbols") && line.has("prompt") == prompt) {
        list(line.get("symbols")).forEach(symbol -> text.append(symbol.getAsString()));
      }
    }
    return text.toString();
  }

  private static String generated(String prompt, int length, long seed) {
    return new String(
        written
            .vocabulary()
            .decode(
                written
                    .generator()
                    .generate(prompt, length, new SymbolDraw(0.9f, 4, seed), id -> {})),
        UTF_8);
  }

  @Test
  void textsAreThoseOfTheGeneratorAlsoManyAtOnce() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(6);
    try {
      List<Future<List<JsonObject>>> answers = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        String request = textRequest("aé", 50, i);
        answers.add(pool.submit(() -> server.lines("/playground/text", request)));
      }
      for (int i = 0; i < 6; i++) {
        List<JsonObject> lines = answers.get(i).get();
        assertThat(written(lines, true)).isEqualTo("aé");
        assertThat(written(lines, false)).isEqualTo(generated("aé", 50, i));
        assertThat(lines.get(lines.size() - 1).get("end").getAsString()).isEqualTo("length");
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void eachSymbolHasTheChangeOfEachGate() throws Exception {
    List<JsonObject> lines = server.lines("/playground/text", textRequest("ab", 40, 3));
    assertThat(lines.get(0).get("strips").toString())
        .isEqualTo("[\"W_h_i\",\"W_h_g\",\"W_h_f\",\"W_h_o\"]");
    List<JsonElement> rows = new ArrayList<>();
    lines.stream()
        .filter(line -> line.has("changes"))
        .forEach(line -> rows.addAll(list(line.get("changes"))));
    assertThat(rows).hasSize(42);
    assertThat(rows.get(0).toString()).isEqualTo("[null,null,null,null]");
    for (JsonElement row : rows.subList(1, 42)) {
      list(row).forEach(value -> assertThat(value.getAsDouble()).isPositive());
    }
  }

  @Test
  void anEmptyBeginningShowsNoSymbol() throws Exception {
    List<JsonObject> lines = server.lines("/playground/text", textRequest("", 5, 3));
    assertThat(written(lines, true)).isEmpty();
    assertThat(written(lines, false)).isEqualTo(generated("", 5, 3));
  }

  @Test
  void drawingsAreThoseOfTheModel() throws Exception {
    List<JsonObject> lines =
        server.lines(
            "/playground/strokes",
            "{\"model\": \"%s\", \"length\": 60, \"temperature\": 0.7, \"seed\": 4}"
                .formatted(STROKES));
    List<JsonElement> points = new ArrayList<>();
    lines.stream()
        .filter(line -> line.has("points"))
        .forEach(line -> points.addAll(list(line.get("points"))));
    try (StrokesModel model = StrokesModel.open(version(STROKES))) {
      StrokesModel.Sample sample =
          model.sample(List.of(SampleRequest.of(null, 60, 0.7f, 0, 4))).get(0);
      PenDrawing drawn = Objects.requireNonNull(sample.whole());
      assertThat(points).hasSize(drawn.points());
      for (int i = 0; i < drawn.points(); i++) {
        JsonArray point = points.get(i).getAsJsonArray();
        assertThat(point.get(0).getAsDouble())
            .isCloseTo(drawn.dx(i), within(1e-4 * Math.abs(drawn.dx(i))));
        assertThat(point.get(1).getAsDouble())
            .isCloseTo(drawn.dy(i), within(1e-4 * Math.abs(drawn.dy(i))));
        assertThat(point.get(2).getAsInt() == 1).isEqualTo(drawn.lifted(i));
      }
      JsonObject traced = lines.get(lines.size() - 2);
      assertThat(traced.get("strips").toString())
          .isEqualTo("[\"W_h_i\",\"W_h_g\",\"W_h_f\",\"W_h_o\"]");
      Map<String, double[]> changes = model.trace(drawn, null);
      List<JsonElement> rows = list(traced.get("changes"));
      assertThat(rows).hasSize(drawn.points());
      double forget = Objects.requireNonNull(changes.get("W_h_f"))[1];
      assertThat(rows.get(1).getAsJsonArray().get(2).getAsDouble())
          .isCloseTo(forget, within(1e-4 * forget));
      assertThat(lines.get(lines.size() - 1).get("end").getAsString())
          .isEqualTo(sample.ended() ? "drawn" : "length");
    }
  }

  @Test
  void showsTheAttentionOfTheBestTranslation() {
    Translation best =
        new Translation(
            "Le chat.",
            List.of("\u2581Le", "\u2581chat", "."),
            -0.5f,
            -1f,
            true,
            List.of(
                new float[] {0.75f, 0.25f},
                new float[] {0.123456f, 0.876544f},
                new float[] {0, 1},
                new float[] {0.5f, 0.5f}));
    Translation other = new Translation("Un chat", List.of("\u2581Un"), -2f, -3f, false, List.of());
    assertThat(PlayedTranslation.json(List.of("\u2581The", "\u2581cat"), List.of(best, other)))
        .hasToString(
            "{\"translations\":[{\"text\":\"Le chat.\",\"score\":-0.5,\"ended\":true},"
                + "{\"text\":\"Un chat\",\"score\":-2.0,\"ended\":false}],"
                + "\"columns\":[\"\u2581The\",\"\u2581cat\"],"
                + "\"rows\":[\"\u2581Le\",\"\u2581chat\",\".\",\"</s>\"],"
                + "\"alignment\":[[0.75,0.25],[0.12346,0.87654],[0.0,1.0],[0.5,0.5]]}");
  }

  @Test
  void kernelsAreTilesOfInputsAndOutputs() throws Exception {
    JsonObject answer =
        json(server.post("/playground/kernels", "{\"model\": \"%s\"}".formatted(IMAGE)));
    JsonObject second = list(answer.get("kernels")).get(1).getAsJsonObject();
    assertThat(second.get("name").getAsString()).isEqualTo("conv2");
    assertThat(second.get("generated").getAsBoolean()).isTrue();
    assertThat(second.get("shape").toString()).isEqualTo("[5,5,3,3]");
    float[] kernel;
    try (LoadedModel model = LoadedModel.open(version(IMAGE))) {
      kernel = ExportedKernels.read(model).get(1).values();
    }
    List<JsonElement> values = list(second.get("values"));
    assertThat(values).hasSize(225);
    // tile of input 2 and output 1, row 3, column 4: place 19 of the tile, and of the kernel
    double expected = kernel[(19 * 3 + 2) * 3 + 1];
    assertThat(values.get((2 * 3 + 1) * 25 + 19).getAsDouble())
        .isCloseTo(expected, within(1e-4 * Math.abs(expected)));
  }

  @Test
  void givesTheModelsOwnExample() throws Exception {
    JsonObject answer =
        json(
            server.post(
                "/playground/example",
                "{\"model\": \"%s\", \"signature\": \"serving_default\"}".formatted(IMAGE)));
    JsonElement image = list(answer.getAsJsonObject("inputs").get("image")).get(0);
    assertThat(list(image)).hasSize(28);
    assertThat(list(list(image).get(0))).hasSize(28);
    JsonObject none =
        json(
            server.post(
                "/playground/example",
                "{\"model\": \"%s\", \"signature\": \"nothing\"}".formatted(IMAGE)));
    assertThat(none.get("inputs").toString()).isEqualTo("{}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          400 | request: not valid JSON        | {"model":
          400 | request: is no object          | [1]
          400 | model: is missing              | {"prompt": "a", "length": 5, "temperature": 1, "seed": 1}
          404 | there is no model 'nothing' | {"model": "nothing", "prompt": "a", "length": 5, "temperature": 1, "seed": 1}
          404 | language-hyperlstm             | {"model": "language-hyperlstm", "version": 9, "prompt": "a", "length": 5, "temperature": 1, "seed": 1}
          400 | model 'mnist-hyper': is not a language model | {"model": "mnist-hyper", "prompt": "a", "length": 5, "temperature": 1, "seed": 1}
          400 | prompt: unknown symbol 'Q'     | {"model": "language-hyperlstm", "prompt": "Q", "length": 5, "temperature": 1, "seed": 1}
          400 | length: is not what it should be; expected a whole number from 1 to 2000, received 2001 | {"model": "language-hyperlstm", "prompt": "a", "length": 2001, "temperature": 1, "seed": 1}
          400 | length                         | {"model": "language-hyperlstm", "prompt": "a", "length": 1e999999999, "temperature": 1, "seed": 1}
          400 | length                         | {"model": "language-hyperlstm", "prompt": "a", "length": 1.5, "temperature": 1, "seed": 1}
          400 | temperature: is not what it should be; expected a number above 0, received 0 | {"model": "language-hyperlstm", "prompt": "a", "length": 5, "temperature": 0, "seed": 1}
          400 | temperature                    | {"model": "language-hyperlstm", "prompt": "a", "length": 5, "temperature": 1e60, "seed": 1}
          400 | temprature: there is no such setting | {"model": "language-hyperlstm", "prompt": "a", "length": 5, "temprature": 1, "temperature": 1, "seed": 1}
          """)
  void refusesInWords(int status, String words, String request) throws Exception {
    HttpResponse<String> response = server.post("/playground/text", request);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(JsonParser.parseString(response.body()).getAsJsonObject().get("error").getAsString())
        .contains(words);
  }

  @Test
  void refusesLongOnesOtherMethodsAndOtherTypes() throws Exception {
    String prompt = "a".repeat(2001);
    assertThat(server.post("/playground/text", textRequest(prompt, 5, 1)).body())
        .contains("prompt: is too long; expected at most 2000 characters, received 2001");
    HttpResponse<String> huge = server.post("/playground/text", " ".repeat(70_000));
    assertThat(huge.statusCode()).isEqualTo(413);
    HttpResponse<String> asked = server.get("/playground/text");
    assertThat(asked.statusCode()).isEqualTo(405);
    assertThat(asked.headers().firstValue("Allow")).contains("POST");
    assertThat(server.post("/", "{}").statusCode()).isEqualTo(405);
    assertThat(server.get("/playground/nothing").statusCode()).isEqualTo(404);
    // a form of another site can send text/plain without being asked, but not JSON
    HttpResponse<String> plain =
        server.send(
            server
                .request("/playground/text", "Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString(textRequest("a", 5, 1))));
    assertThat(plain.statusCode()).isEqualTo(415);
    String drawing = "{\"model\": \"%s\", \"length\": 1001, \"temperature\": 1, \"seed\": 1}";
    assertThat(server.post("/playground/strokes", drawing.formatted(STROKES)).body())
        .contains("expected a whole number from 1 to 1000");
    String translation = "{\"model\": \"%s\", \"text\": \"a\"}";
    assertThat(server.post("/playground/translation", translation.formatted(STROKES)).body())
        .contains("model 'strokes-hyperlstm': is not a translation model");
  }
}

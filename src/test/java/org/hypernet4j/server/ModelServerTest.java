// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.export.publish.SmallModel;
import org.hypernet4j.predict.ServedModels;
import org.hypernet4j.predict.ServingSettings;
import org.hypernet4j.predict.VersionPolicy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real models behind the interface. {@code half} computes {@code x / 2 + 2}. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ModelServerTest {
  private static final Path FOREIGN = Path.of("src/test/resources/export/foreign");
  private static final String HALF = "/v1/models/half:predict";

  @TempDir static Path folder;
  private static Path small;
  private static ServedModels models;
  private static ModelServer server;
  private static Http http;

  @BeforeAll
  static void serve() throws IOException {
    Path base = folder.resolve("models");
    copy(FOREIGN.resolve("half_plus_two"), base.resolve("half/1"));
    copy(FOREIGN.resolve("half_plus_two"), base.resolve("half/7"));
    copy(FOREIGN.resolve("words"), base.resolve("words of others/1"));
    copy(FOREIGN.resolve("image_bytes"), base.resolve("image/3"));
    small = Exporter.export(SmallModel.request(base.resolve("small"))).versionFolder();
    models =
        ServedModels.open(
            base, ServingSettings.DEFAULT.withVersions(VersionPolicy.ALL).withPoll(Duration.ZERO));
    models.setLabel("half", "stable", 1);
    server = new ModelServer(models, ServerSettings.DEFAULT.at("127.0.0.1", 0)).start();
    http = new Http(server);
  }

  @AfterAll
  static void end() {
    server.close();
    models.close();
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  @Test
  void rowsAndColumnsOfAnyVersion() throws Exception {
    HttpResponse<String> rows = http.post(HALF, "{\"instances\": [[1.0], [2], [5]]}");

    assertThat(rows.statusCode()).isEqualTo(200);
    assertThat(rows.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(rows.body()).isEqualTo("{\n    \"predictions\": [[2.5], [3.0], [4.5]\n    ]\n}");
    JsonElement outputs = JsonParser.parseString("{\"outputs\": [[2.5], [3.0]]}");
    for (String path :
        List.of(
            HALF,
            "/v1/models/half/versions/1:predict",
            "/v1/models/half/versions/7:predict",
            "/v1/models/half/labels/stable:predict")) {
      HttpResponse<String> columns =
          http.post(path, "{\"signature_name\": \"serving_default\", \"inputs\": [[1], [2]]}");
      assertThat(Http.json(columns)).as(path).isEqualTo(outputs);
    }
  }

  @Test
  void everyRequestFileOfAnExportedModelGetsItsAnswer() throws Exception {
    Manifest manifest = Manifest.read(small);
    for (String key : manifest.signatures().keySet()) {
      Path requests = small.resolve("assets.extra/requests");
      HttpResponse<String> answer =
          http.post("/v1/models/small:predict", Files.readString(requests.resolve(key + ".json")));

      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      JsonElement expected =
          JsonParser.parseString(Files.readString(requests.resolve(key + ".expected.json")));
      assertThat(difference(Http.json(answer), expected)).as(key).isLessThan(1e-5);
    }
    assertThat(manifest.signatures()).hasSize(2);
  }

  /** The largest difference of two numbers at the same place; infinite if the places differ. */
  private static double difference(JsonElement a, JsonElement b) {
    if (a instanceof JsonObject x && b instanceof JsonObject y) {
      return x.keySet().equals(y.keySet())
          ? x.keySet().stream().mapToDouble(k -> difference(x.get(k), y.get(k))).max().orElse(0)
          : Double.POSITIVE_INFINITY;
    } else if (a instanceof JsonArray x && b instanceof JsonArray y && x.size() == y.size()) {
      double largest = 0;
      for (int i = 0; i < x.size(); i++) {
        largest = Math.max(largest, difference(x.get(i), y.get(i)));
      }
      return largest;
    } else if (a.isJsonPrimitive() && b.isJsonPrimitive()) {
      return Math.abs(a.getAsDouble() - b.getAsDouble()) / (1 + Math.abs(b.getAsDouble()));
    }
    return Double.POSITIVE_INFINITY;
  }

  @Test
  void textsAndBytes() throws Exception {
    HttpResponse<String> ids =
        http.post(
            "/v1/models/words%20of%20others:predict",
            "{\"signature_name\": \"ids\", \"instances\": [\"sat\", \"cat\", {\"b64\":"
                + " \"ZG9n\"}]}");
    assertThat(Http.json(ids)).isEqualTo(JsonParser.parseString("{\"predictions\": [2, 41, -1]}"));

    java.awt.image.BufferedImage image =
        new java.awt.image.BufferedImage(2, 1, java.awt.image.BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setSample(0, 0, 0, 10);
    image.getRaster().setSample(1, 0, 0, 40);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    javax.imageio.ImageIO.write(image, "png", png);
    HttpResponse<String> mean =
        http.post(
            "/v1/models/image:predict",
            "{\"inputs\": {\"b64\": \""
                + Base64.getEncoder().encodeToString(png.toByteArray())
                + "\"}}");
    // the mean of 10 and 40, times 2
    assertThat(mean.body()).isEqualTo("{\n    \"outputs\": 50.0\n}");
  }

  @Test
  void statusAndMetadata() throws Exception {
    assertThat(http.get("/v1/models/half").body())
        .isEqualTo(
            """
            {
             "model_version_status": [
              {
               "version": "7",
               "state": "AVAILABLE",
               "status": {
                "error_code": "OK",
                "error_message": ""
               }
              },
              {
               "version": "1",
               "state": "AVAILABLE",
               "status": {
                "error_code": "OK",
                "error_message": ""
               }
              }
             ]
            }
            """);
    assertThat(
            Http.json(http.get("/v1/models/half/versions/1"))
                .getAsJsonArray("model_version_status"))
        .hasSize(1);
    JsonObject metadata = Http.json(http.get("/v1/models/half/labels/stable/metadata"));
    assertThat(metadata.get("model_spec"))
        .isEqualTo(
            JsonParser.parseString(
                "{\"name\": \"half\", \"signature_name\": \"\", \"version\": \"1\"}"));
    JsonObject signatures =
        metadata
            .getAsJsonObject("metadata")
            .getAsJsonObject("signature_def")
            .getAsJsonObject("signature_def");
    assertThat(signatures.keySet()).containsExactly("classify", "regress", "serving_default");
    assertThat(signatures.get("serving_default"))
        .isEqualTo(
            JsonParser.parseString(
                """
                {"inputs": {"x": {"dtype": "DT_FLOAT",
                   "tensor_shape": {"dim": [], "unknown_rank": true}, "name": "x:0"}},
                 "outputs": {"y": {"dtype": "DT_FLOAT",
                   "tensor_shape": {"dim": [], "unknown_rank": true}, "name": "y:0"}},
                 "method_name": "tensorflow/serving/predict", "defaults": {}}\
                """));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "/v1/models/none | 404 | Could not find any versions of model none",
        "/v1/models/half/versions/2 | 404 | Could not find version 2 of model half",
        "/v1/models/none/metadata | 404 | Servable not found for request: Latest(none)",
        "/v1/models/half/versions/2/metadata | 404 | Servable not found for request:"
            + " Specific(half, 2)",
        "/v1/models/half/labels/new/metadata | 400 | Unrecognized servable version label: new",
        "/v1/models | 400 | Missing model name in request.",
        "/v1/models/half:predict | 400 | Malformed request: GET /v1/models/half:predict",
        "/v1/models/half/versions/99999999999999999999 | 400 | Failed to convert version:"
            + " 99999999999999999999 to numeric.",
      })
  void wrongQuestions(String path, int status, String error) throws Exception {
    HttpResponse<String> answer = http.get(path);

    assertThat(answer.body()).isEqualTo("{\n    \"error\": \"" + error + "\"\n}");
    assertThat(answer.statusCode()).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "none:predict | {\"instances\": [1]} | 404 | Servable not found for request: Latest(none)",
        "half/versions/2:predict | {\"instances\": [1]} | 404 | Servable not found for request:"
            + " Specific(half, 2)",
        "half/labels/new:predict | {\"instances\": [1]} | 400 | Unrecognized servable version"
            + " label: new",
        "none:predict | {\"instances\": [1} | 400 | JSON Parse error: Missing a comma or ] after an"
            + " array element. at offset: 16",
        "half:predict | {\"signature_name\": \"no\", \"instances\": [1]} | 400 | Serving signature"
            + " name: \"no\" not found in signature def",
        "small:predict | {\"instances\": [1, 2]} | 400 | the input 'image' has another type or"
            + " shape",
        "small:predict | {\"instances\": [[[1]]]} | 400 | the input 'image' has another type or"
            + " shape",
        "small:predict | {\"inputs\": 3} | 400 | expected float32 [?, 4, 4, 2], received float32"
            + " []",
        "small:predict | {\"inputs\": []} | 400 | the input 'image' has another type or shape",
        "small:predict | {\"inputs\": {\"image\": [[]]}} | 400 | the input 'image' has another",
        "half:predict | {\"instances\": [[\"a\"]]} | 400 | is not of expected type: float",
        "half:classify | {\"examples\": [{\"x\": 1}]} | 501 | is not offered for 'classify'",
        "none:regress | {\"examples\": [{\"x\": 1}]} | 404 | Servable not found for request:"
            + " Latest(none)",
        "image:predict | {\"inputs\": {\"b64\": \"AAAA\"}} | 400 | ",
      })
  void wrongCalls(String path, String body, int status, String error) throws Exception {
    HttpResponse<String> answer = http.post("/v1/models/" + path, body);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(Http.error(answer))
        .contains(error == null ? "" : error)
        .doesNotContain(folder.toString(), "internal");
  }

  @Test
  void nanIsANumber() throws Exception {
    assertThat(http.post(HALF, "{\"instances\": [[NaN], [Infinity], [-Infinity]]}").body())
        .isEqualTo("{\n    \"predictions\": [[NaN], [Infinity], [-Infinity]\n    ]\n}");
  }

  @Test
  void versionsComeAndGoUnderCalls() throws Exception {
    Path base = folder.resolve("changing");
    copy(FOREIGN.resolve("half_plus_two"), base.resolve("1"));
    try (ServedModels changing =
            ServedModels.open(base, ServingSettings.DEFAULT.withPoll(Duration.ZERO));
        ModelServer own =
            new ModelServer(changing, ServerSettings.DEFAULT.at("127.0.0.1", 0)).start()) {
      Http client = new Http(own);
      AtomicBoolean stop = new AtomicBoolean();
      List<CompletableFuture<Integer>> callers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        callers.add(
            CompletableFuture.supplyAsync(
                () -> {
                  int calls = 0;
                  for (; !stop.get() || calls == 0; calls++) {
                    try {
                      String body =
                          client.post("/v1/models/changing:predict", "{\"inputs\": [[2]]}").body();
                      assertThat(body.replaceAll("\\s", "")).isEqualTo("{\"outputs\":[[3.0]]}");
                    } catch (IOException | InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                  }
                  return calls;
                },
                work -> new Thread(work).start()));
      }
      // a new version; one that is damaged, which is refused while the old one stays
      Path unfinished = folder.resolve("unfinished");
      copy(FOREIGN.resolve("half_plus_two"), unfinished);
      Files.move(unfinished, base.resolve("2"));
      changing.refresh();
      Files.createDirectories(base.resolve("3"));
      Files.write(base.resolve("3/saved_model.pb"), "damaged".getBytes(UTF_8));
      changing.refresh();
      Files.move(base.resolve("1"), folder.resolve("removed"));
      changing.refresh();
      JsonArray states =
          Http.json(client.get("/v1/models/changing")).getAsJsonArray("model_version_status");
      stop.set(true);

      for (CompletableFuture<Integer> caller : callers) {
        assertThat(caller.get(60, TimeUnit.SECONDS)).isPositive();
      }
      assertThat(states.toString())
          .contains("\"version\":\"2\",\"state\":\"AVAILABLE\"")
          .contains("\"version\":\"3\",\"state\":\"END\"");
    }
  }
}

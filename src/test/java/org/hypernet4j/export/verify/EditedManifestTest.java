// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.ManifestSeal;
import org.hypernet4j.export.Provenance;
import org.hypernet4j.export.Tolerance;
import org.hypernet4j.export.VerificationReport;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.export.publish.SmallModel;
import org.hypernet4j.io.internal.AtomicFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A manifest that says something else than the model. */
class EditedManifestTest extends ExportedModelTest {
  private static final String LARGE = "9".repeat(5000);

  private Path manifest() {
    return model.resolve("assets.extra/manifest.json");
  }

  /** Edits the manifest and makes its digest fit. */
  private void edit(Consumer<JsonObject> change) throws IOException {
    JsonObject json = JsonParser.parseString(Files.readString(manifest())).getAsJsonObject();
    json.remove("sha256");
    change.accept(json);
    Files.writeString(manifest(), ManifestSeal.seal(json));
  }

  private List<String> faults() {
    return Verifier.verify(model).faults().stream().map(Fault::toString).toList();
  }

  private static JsonObject parameter(JsonObject manifest, int i) {
    return manifest.getAsJsonArray("parameters").get(i).getAsJsonObject();
  }

  private static JsonObject image(JsonObject manifest) {
    return manifest
        .getAsJsonObject("signatures")
        .getAsJsonObject("features")
        .getAsJsonObject("inputs")
        .getAsJsonObject("image");
  }

  private static Arguments edit(String message, Consumer<JsonObject> change) {
    return Arguments.of(message, change);
  }

  static Stream<Arguments> edits() {
    return Stream.of(
        edit(
            "unlisted-file: saved_model.pb is not in", json -> json.add("files", new JsonObject())),
        edit(
            "unlisted-file: variables/variables.index is not in the manifest",
            json -> json.getAsJsonObject("files").remove("variables/variables.index")),
        edit(
            "missing-file: ../../etc/passwd is not there",
            json -> {
              JsonObject files = json.getAsJsonObject("files");
              files.add("../../etc/passwd", files.get("saved_model.pb"));
            }),
        edit(
            "changed-file: variables/variables.data-00000-of-00001 is not the file that was"
                + " exported: 4166 bytes, the manifest records 4167",
            json ->
                json.getAsJsonObject("files")
                    .getAsJsonObject("variables/variables.data-00000-of-00001")
                    .addProperty("bytes", 4167)),
        edit(
            "manifest: it does not know the signature 'features'",
            json -> json.add("signatures", new JsonObject())),
        // dense 128 * 3 + 3, its mean 128; generator 3 * 10 + 10 and 5 * 36 + 36, two embeddings of
        // 3
        edit(
            "manifest: the number of parameters is 777 in the model, the manifest records 778",
            json -> json.addProperty("parameterCount", 778)),
        edit(
            "manifest: the number of trainable ones is 649 in the model, the manifest records 777",
            json -> json.addProperty("trainableParameterCount", 777)),
        edit(
            "manifest: signature 'features': input 'image' is",
            json -> image(json).addProperty("tensor", "inference/picture:0")),
        edit(
            "manifest: signature 'features': input 'image' is",
            json -> image(json).addProperty("dtype", "DT_HALF")),
        edit(
            "shape=[-1, 4, 4, 2]] in the model, the manifest records",
            json -> image(json).getAsJsonArray("shape").set(3, new JsonPrimitive(3))),
        edit(
            "manifest: signature 'features': input 'picture' is not in the graph",
            json -> {
              JsonObject inputs =
                  json.getAsJsonObject("signatures")
                      .getAsJsonObject("features")
                      .getAsJsonObject("inputs");
              inputs.add("picture", inputs.remove("image"));
            }),
        edit(
            "is there twice",
            json -> json.getAsJsonArray("parameters").add(parameter(json, 0).deepCopy())),
        edit("is not among the parameters", json -> json.getAsJsonArray("parameters").remove(0)),
        edit(
            "manifest: the order of the parameters is",
            json -> {
              JsonArray parameters = json.getAsJsonArray("parameters");
              parameters.add(parameters.remove(0));
            }),
        edit(
            "manifest: the shape of parameter",
            json -> parameter(json, 0).getAsJsonArray("shape").add(1)),
        edit("being trainable is", json -> parameter(json, 0).addProperty("trainable", false)),
        edit("has the role 'SLOT'", json -> parameter(json, 0).addProperty("role", "SLOT")),
        edit(
            "does not have the value that was exported",
            json -> parameter(json, 0).addProperty("sha256", "0".repeat(64))),
        edit(
            "manifest: the tolerance is Tolerance[absolute=1.0E30, relative=0.0], more than",
            json -> {
              JsonObject tolerance = json.getAsJsonObject("tolerance");
              tolerance.addProperty("absolute", 1e30);
              tolerance.addProperty("relative", 0.0);
            }),
        edit(
            "manifest: 'a b' is not a valid name of a served",
            json -> json.addProperty("model", "a b")),
        edit(
            "warm-up: record 0 is for the model 'small', this is 'large'",
            json -> json.addProperty("model", "large")),
        edit("manifest: 'frozen' is not a form", json -> json.addProperty("form", "frozen")),
        edit(
            "belongs to a generator, which a baked model does not have",
            json -> json.addProperty("form", "baked")),
        edit(
            "manifest: the version of TensorFlow is",
            json -> json.getAsJsonObject("versions").addProperty("tensorflow", "2.17.0")),
        edit(
            "manifest: guide: no signature has the state 'state_c'",
            json -> {
              JsonObject state = new JsonObject();
              state.addProperty("state_c", 8);
              json.getAsJsonObject("guide").add("state", state);
            }),
        edit(
            "manifest: guide: symbols is 4, logits have the shape [-1, 3]",
            json -> json.getAsJsonObject("guide").addProperty("symbols", 4)),
        // what Gson would have taken for something
        edit("has other fields than", json -> json.addProperty("comment", "mine")),
        edit("has other fields than", json -> json.remove("parameters")),
        edit("has other fields than", json -> parameter(json, 0).addProperty("x", 1)),
        edit("parameters[0].name: is not what was", json -> parameter(json, 0).add("name", null)),
        edit(
            "parameterCount: is not what was exported; expected a whole number",
            json -> json.addProperty("parameterCount", 777.5)),
        edit(
            "parameterCount: is not what was exported; expected a whole number",
            json -> json.add("parameterCount", JsonParser.parseString(LARGE))),
        edit("parameters: is not what was", json -> json.add("parameters", new JsonObject())),
        edit("tolerance: must be finite", json -> absolute(json, "1e999")),
        edit("tolerance: must be finite and not negative", json -> absolute(json, "-1")),
        edit("an object with format 1 to 2", json -> json.addProperty("format", 3)),
        edit("an object with format 1 to 2", json -> json.addProperty("format", "2")));
  }

  private static void absolute(JsonObject json, String number) {
    json.getAsJsonObject("tolerance").add("absolute", JsonParser.parseString(number));
  }

  @ParameterizedTest
  @MethodSource("edits")
  void everyFieldIsHeldAgainstTheModel(String message, Consumer<JsonObject> change)
      throws IOException {
    edit(change);

    assertThat(faults()).anySatisfy(fault -> assertThat(fault).contains(message));
  }

  @Test
  void anEditWithoutItsDigestIsNamed() throws IOException {
    String text = Files.readString(manifest());
    Files.writeString(manifest(), text.replace("\"seed\": 20260801", "\"seed\": 20260802"));
    String message = manifest() + ": is not the manifest that was exported; expected SHA-256 ";

    assertThat(faults())
        .singleElement()
        .satisfies(fault -> assertThat(fault).startsWith("unreadable-file: " + message));
    assertThatThrownBy(() -> LoadedModel.open(model))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(message);
    // and one that says it is of the time before there were digests
    Files.writeString(manifest(), text.replace("\"format\": 2", "\"format\": 1"));
    assertThat(faults()).anySatisfy(fault -> assertThat(fault).contains("has other fields than"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"format\": 2, \"format\": 2}",
        "{\"format\": NaN}",
        "[]",
        "null",
        "",
        "7",
        "{",
        "{\"format\": 1} x",
        "{\"format\": 1, // one\n\"model\": 2}"
      })
  void whatIsNoManifestIsSaidInOneLine(String text) throws IOException {
    Files.writeString(manifest(), text);
    assertNoManifest();
  }

  @Test
  void aDeeplyNestedManifestIsSaidInOneLine() throws IOException {
    Files.writeString(manifest(), "[".repeat(1_000_000));
    assertNoManifest();
    Files.writeString(manifest(), "{\"a\":".repeat(100_000));
    assertNoManifest();
  }

  private void assertNoManifest() {
    assertThat(faults())
        .singleElement()
        .satisfies(fault -> assertThat(fault).startsWith("unreadable-file: " + manifest()));
    assertThatThrownBy(() -> LoadedModel.open(model))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(manifest().toString());
  }

  @Test
  void aToleranceThatProvesNothingIsNotExported() {
    ExportRequest good = SmallModel.request(folder);

    assertThatThrownBy(
            () ->
                new ExportRequest(
                    good.modelName(),
                    good.form(),
                    good.graph(),
                    good.values(),
                    good.references(),
                    good.provenance(),
                    new Tolerance(1e-5, 0.1),
                    good.guide(),
                    good.baseFolder()))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(
            "tolerance: so large that the reference outputs would prove nothing; expected at most"
                + " Tolerance[absolute=0.001, relative=0.01]");
  }

  /** A test loss that overflowed says nothing against weights that are finite. */
  @Test
  void metricsThatAreNoNumbersAreWrittenAsTexts() {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("loss", Double.NaN);
    metrics.put("bpc", Double.POSITIVE_INFINITY);
    metrics.put("error", 0.25);
    Provenance origin = Provenance.UNKNOWN.withValidation(metrics).withTest(metrics).withStep(3);
    ExportRequest request = SmallModel.request(folder.resolve("metrics")).withProvenance(origin);

    JsonObject written = Manifest.read(Exporter.export(request).versionFolder()).provenance();

    assertThat(written)
        .hasToString(
            "{\"step\":3,\"validation\":{\"loss\":\"NaN\",\"bpc\":\"Infinity\",\"error\":0.25},"
                + "\"test\":{\"loss\":null,\"bpc\":null,\"error\":0.25}}");
  }

  /** Written by the exporter of the day before manifests had a digest. */
  @Test
  void modelsOfTheFirstFormatGoOnToVerify() throws IOException {
    Path old = Path.of("src/test/resources/export/format-1");
    VerificationReport report = FreshJvm.verify(old);

    assertThat(report.faults()).isEmpty();
    assertThat(report.parameters()).isEqualTo(8);
    assertThat(report.warmUps()).isEqualTo(6);
    LoadedModel.open(old).close();
    // without a digest too an edit is held against the model
    AtomicFiles.deleteRecursively(model);
    try (Stream<Path> paths = Files.walk(old)) {
      for (Path path : paths.toList()) {
        Files.copy(path, model.resolve(old.relativize(path).toString()));
      }
    }
    JsonObject json = JsonParser.parseString(Files.readString(manifest())).getAsJsonObject();
    json.add("files", new JsonObject());
    Files.writeString(manifest(), json.toString());
    assertThat(faults()).hasSize(13).allMatch(fault -> fault.startsWith("unlisted-file: "));
    assertThatThrownBy(() -> LoadedModel.open(model))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is not the model that was exported; received unlisted-file: ");
  }
}

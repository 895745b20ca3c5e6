// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.ReferenceFiles;
import org.hypernet4j.export.savedmodel.SavedModelReader;
import org.hypernet4j.interop.ModelReader;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.Npz;
import org.junit.jupiter.api.Test;

/** The check of other runtimes notices what it is there to notice. */
class InteropCheckTest extends ExportedModelTest {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);

  @Test
  void aReaderInAProcessOfItsOwnAgrees() {
    assertThat(InteropCheck.run(List.of(model), ownReader(), out)).isEqualTo(InteropCheck.AGREES);
    assertThat(said())
        .startsWith("ok     TensorFlow 2.18")
        .contains("small (generated): 5 outputs of features, serving_default, largest difference ")
        .hasLineCount(1);
  }

  @Test
  void oneRecordedNumberIsAHundredthOff() throws IOException {
    change("case2/outputs/logits", 1e-2f);

    assertThat(InteropCheck.run(List.of(model), ownReader(), out)).isEqualTo(InteropCheck.DIFFERS);
    assertThat(said())
        .startsWith("FAILED TensorFlow 2.18")
        .contains("case 2, serving_default.logits: 1 of 3 numbers differ by up to 0.0")
        .hasLineCount(1);
  }

  @Test
  void theManifestCannotWidenTheTolerance() throws IOException {
    change("case2/outputs/logits", 1e-2f);
    Path file = model.resolve(Manifest.PATH);
    JsonObject manifest = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    manifest.getAsJsonObject("tolerance").addProperty("absolute", 1);
    Files.writeString(file, manifest.toString());

    assertThat(check(new SavedModelReader())).isEqualTo(InteropCheck.DIFFERS);
  }

  @Test
  void anOutputIsMissing() {
    assertThat(check(changed(answer -> answer.remove("class")))).isEqualTo(InteropCheck.DIFFERS);
    assertThat(said()).contains("the outputs are [logits], recorded were [class, logits]");
  }

  @Test
  void anOutputHasAnotherType() {
    ModelReader reader =
        changed(
            answer ->
                answer.computeIfPresent(
                    "class", (alias, array) -> NpyArray.of(array.ints(), array.shape())));

    assertThat(check(reader)).isEqualTo(InteropCheck.DIFFERS);
    assertThat(said()).contains("serving_default.class is int32 [5], recorded was int64 [5]");
  }

  @Test
  void aReaderThatRefusesASignature() {
    ModelReader refusing =
        reader(
            (signature, inputs) -> {
              throw new IOException("no op 'While'");
            });

    assertThat(check(refusing)).isEqualTo(InteropCheck.DIFFERS);
    assertThat(said()).contains("FAILED changed", "case 1, features: no op 'While'");
  }

  @Test
  void aSignatureWithoutACase() throws IOException {
    Path file = model.resolve(ReferenceFiles.INDEX);
    JsonObject index = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    index.getAsJsonArray("cases").remove(1);
    Files.writeString(file, index.toString());
    CorrectedManifest.of(model);

    assertThat(check(new SavedModelReader())).isEqualTo(InteropCheck.DIFFERS);
    assertThat(said()).contains("no recorded case of the signature features");
  }

  @Test
  void aCommandThatIsNoReader() {
    assertThat(InteropCheck.run(List.of(model), List.of("no-such-command"), out))
        .isEqualTo(InteropCheck.NO_READER);
    assertThat(InteropCheck.run(List.of(model), List.of(java(), "-version"), out))
        .isEqualTo(InteropCheck.NO_READER);
    assertThat(said()).contains("no-such-command", "ended without an answer");
  }

  private int check(ModelReader reader) {
    return InteropCheck.check(model, reader, out);
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  private void change(String array, float by) throws IOException {
    Path file = model.resolve(ReferenceFiles.ARRAYS);
    Map<String, NpyArray> arrays = new LinkedHashMap<>(Npz.read(file));
    NpyArray old = Objects.requireNonNull(arrays.get(array));
    float[] values = old.floats();
    values[1] += by;
    arrays.put(array, NpyArray.of(values, old.shape()));
    Npz.write(file, arrays);
    CorrectedManifest.of(model);
  }

  private interface Call {
    Map<String, NpyArray> call(String signature, Map<String, NpyArray> inputs) throws IOException;
  }

  private ModelReader reader(Call call) {
    return new ModelReader() {
      @Override
      public String runtime() {
        return "changed";
      }

      @Override
      public Map<String, NpyArray> call(Path folder, String signature, Map<String, NpyArray> inputs)
          throws IOException {
        return call.call(signature, inputs);
      }
    };
  }

  /** A good reader whose answers are changed on the way. */
  private ModelReader changed(Consumer<Map<String, NpyArray>> change) {
    return reader(
        (signature, inputs) -> {
          Map<String, NpyArray> answer = new SavedModelReader().call(model, signature, inputs);
          change.accept(answer);
          return answer;
        });
  }

  private static List<String> ownReader() {
    return List.of(
        java(),
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path", ""),
        SavedModelReader.class.getName());
  }

  private static String java() {
    return Path.of(System.getProperty("java.home", ""), "bin", "java").toString();
  }
}

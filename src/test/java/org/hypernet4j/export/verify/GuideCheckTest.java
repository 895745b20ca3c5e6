// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.ManifestSeal;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.language.SmallLanguageModel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a manifest tells the clients of a language model, against the model. */
class GuideCheckTest {
  @TempDir static Path folder;

  private static Path model;
  private static String manifest;

  @BeforeAll
  static void export() throws IOException {
    model = Exporter.export(SmallLanguageModel.exportRequest(folder)).versionFolder();
    manifest = Files.readString(model.resolve(Manifest.PATH));
  }

  private static List<String> faults(Consumer<JsonObject> edit) throws IOException {
    JsonObject json = JsonParser.parseString(manifest).getAsJsonObject();
    json.remove(ManifestSeal.KEY);
    edit.accept(json.getAsJsonObject("guide"));
    Files.writeString(model.resolve(Manifest.PATH), ManifestSeal.seal(json));
    List<Fault> faults = new ArrayList<>();
    new GuideCheck(model, Manifest.read(model), faults).run();
    return faults.stream().map(Fault::toString).toList();
  }

  private static Consumer<JsonObject> inVocabulary(String key, Object value) {
    return guide ->
        guide.getAsJsonObject("vocabulary").add(key, JsonParser.parseString(String.valueOf(value)));
  }

  @Test
  void everyFieldIsHeldAgainstTheModel() throws IOException {
    assertThat(faults(guide -> {})).isEmpty();
    // three signatures give logits: serving_default, sequence and step
    assertThat(faults(guide -> guide.addProperty("symbols", 8)))
        .hasSize(3)
        .allMatch(fault -> fault.startsWith("manifest: guide: symbols is 8, logits have"));
    assertThat(faults(guide -> guide.getAsJsonObject("state").addProperty("state_main_c", 7)))
        .anyMatch(fault -> fault.startsWith("manifest: guide: the size of state_main_c is 7, "));
    assertThat(faults(guide -> guide.getAsJsonObject("state").remove("state_main_c")))
        .anyMatch(fault -> fault.startsWith("manifest: guide: the size of state_main_c is null"));
    assertThat(faults(guide -> guide.getAsJsonObject("state").addProperty("state_x", 1)))
        .containsExactly("manifest: guide: no signature has the state 'state_x'");
    assertThat(faults(guide -> guide.remove("state")))
        .anyMatch(fault -> fault.contains("of a language model are not all there"));
    // a b c, é and the newline: five symbols, of which the newline is the first
    assertThat(faults(inVocabulary("size", 4)))
        .containsExactly(
            "manifest: guide: the vocabulary has 5 symbols, its size is given as 4 of 7");
    assertThat(faults(inVocabulary("kind", "\"bytes\"")))
        .containsExactly(
            "manifest: guide: the vocabulary's kind is \"characters\", given is \"bytes\"");
    assertThat(faults(inVocabulary("emptyPrompt", 1)))
        .containsExactly(
            "manifest: guide: emptyPrompt is 1, the newline, or else the first symbol, is 0");
    assertThat(faults(inVocabulary("file", "\"assets.extra/other.json\"")))
        .containsExactly(
            "manifest: guide: the vocabulary's file \"assets.extra/other.json\" is not among the"
                + " files");
  }
}

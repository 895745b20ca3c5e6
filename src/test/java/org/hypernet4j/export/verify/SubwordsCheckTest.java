// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
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
import org.hypernet4j.translation.RandomTranslationModel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a manifest tells the clients of a translation model, against the model. */
class SubwordsCheckTest {
  @TempDir static Path folder;

  private static Path model;
  private static String manifest;

  @BeforeAll
  static void export() throws IOException {
    model = Exporter.export(RandomTranslationModel.exportRequest(folder)).versionFolder();
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

  private static List<String> inSubwords(Consumer<JsonObject> edit) throws IOException {
    return faults(guide -> edit.accept(guide.getAsJsonObject("subwords")));
  }

  /** 30 pieces, 33 outputs. */
  @Test
  void everyFieldIsHeldAgainstTheModel() throws IOException {
    assertThat(faults(guide -> {})).isEmpty();
    assertThat(faults(guide -> guide.remove("subwords")))
        .containsExactly(
            "manifest: guide: there is nothing about the pieces of a translation model, subwords");
    assertThat(faults(guide -> guide.remove("search")))
        .containsExactly("manifest: guide: there is no 'search' of a translation model");
    assertThat(faults(guide -> guide.addProperty("modelPieces", 29)))
        .containsExactly(
            "manifest: guide: modelPieces is 29, the vocabulary has 30 pieces",
            "manifest: guide: modelPieces is 29, log_probs of signature 'step' has the shape [-1,"
                + " 33]");
    assertThat(inSubwords(stated -> stated.addProperty("size", 31)))
        .containsExactly("manifest: guide: there are 30 pieces, stated are 31");
    assertThat(inSubwords(stated -> stated.addProperty("sha256", "00")))
        .containsExactly(
            "manifest: guide: the pieces are not those that the model was trained with: another"
                + " SHA-256");
    assertThat(inSubwords(stated -> stated.addProperty("end", 1)))
        .containsExactly("manifest: guide: the id of 'end' is 2, stated is 1");
    assertThat(inSubwords(stated -> stated.add("files", new JsonArray())))
        .containsExactly("manifest: guide: the files of the pieces [] are not all among the files");
  }
}

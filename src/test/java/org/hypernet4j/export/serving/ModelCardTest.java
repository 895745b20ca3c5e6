// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.ModelFiles;
import org.hypernet4j.export.Provenance;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.export.publish.SmallModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCardTest {
  @TempDir Path folder;

  private ExportRequest request(String specification, Map<String, Double> test) {
    return SmallModel.request(folder.resolve("small"))
        .withProvenance(
            Provenance.UNKNOWN
                .withSpecification(JsonParser.parseString(specification).getAsJsonObject())
                .withDataFingerprint("abc123")
                .withStep(1200)
                .withSeed(7)
                .withValidation(Map.of("error", 0.0125))
                .withTest(test));
  }

  private static List<String> card(ExportRequest request) {
    Manifest.SignatureEntry entry =
        new Manifest.SignatureEntry(
            Map.of("image", new Manifest.TensorEntry("x:0", "DT_FLOAT", List.of(-1L, 4L))),
            Map.of("logits", new Manifest.TensorEntry("y:0", "DT_FLOAT", List.of(-1L, 2L))));
    return ModelCard.of(request, Map.of("serving_default", entry)).lines().toList();
  }

  @Test
  void headIsThatOfAHubAndSaysNothingThatIsNotKnown() {
    Map<String, Double> test = new LinkedHashMap<>();
    test.put("error", 0.015);
    test.put("other", Double.NaN);
    List<String> card =
        card(
            request(
                "{\"description\":\"Digits, *two* kernels\",\"model\":{\"type\":\"mnist-convnet\","
                    + "\"kernel\":{\"type\":\"two-layer-linear\"}},\"data\":{\"type\":\"mnist\"}}",
                test));

    int end = card.subList(1, card.size()).indexOf("---") + 1;
    assertThat(card.get(0)).isEqualTo("---");
    assertThat(card.subList(1, end))
        .containsExactly(
            "# unknown: whoever trained the model decides its licence, and writes it here",
            "license: unknown",
            "library_name: tensorflow",
            "pipeline_tag: image-classification",
            "tags:",
            "- hypernet4j",
            "- hypernetwork",
            "- tensorflow",
            "- saved-model",
            "datasets:",
            "- mnist",
            "metrics:",
            "- \"error\"",
            "model-index:",
            "- name: \"small\"",
            "  results:",
            "  - task:",
            "      type: image-classification",
            "    dataset:",
            "      name: \"the MNIST database of handwritten digits\"",
            "      type: mnist",
            "      split: test",
            "    metrics:",
            "    - type: \"error\"",
            "      value: 0.015");
    assertThat(card)
        .contains(
            "# small",
            "Digits, \\*two\\* kernels",
            "| error | 1.25 % | 1.50 % |",
            "`abc123`.",
            "Of the parameters after 1,200 training steps, seed 7; the validation data chose the"
                + " step.",
            "model = tf.saved_model.load(\".\").signatures[\"serving_default\"]",
            "answer = model(image=...)[\"logits\"]");
    assertThat(String.join("\n", card)).contains("Creative Commons Attribution-ShareAlike 3.0");
  }

  @Test
  void aModelOfWhichNothingIsKnownHasACardToo() {
    ExportRequest unknown = SmallModel.request(folder.resolve("small"));
    String card = String.join("\n", card(unknown));

    assertThat(card).contains("## Training data\n\nNot known here.", "None are known here.");
    assertThat(card).doesNotContain("model-index", "pipeline_tag", "- hypernetwork", "null");
  }

  @Test
  void theManifestListsIt() throws Exception {
    Path model = Exporter.export(SmallModel.request(folder.resolve("small"))).versionFolder();

    assertThat(Files.readString(model.resolve(ModelFiles.CARD))).startsWith("---\n");
    assertThat(Manifest.read(model).files()).containsKey("assets.extra/MODEL_CARD.md");
  }
}

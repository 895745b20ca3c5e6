// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import org.hypernet4j.error.UserError;
import org.hypernet4j.json.SpecReader;
import org.junit.jupiter.api.Test;

class ComparisonSpecTest {
  private static JsonObject candidate(String name, String more) {
    return JsonParser.parseString(
            "{\"name\": \"%s\", \"model\": {\"type\": \"dense-classifier\", \"kernel1\": %s}%s}"
                .formatted(name, "{\"type\": \"plain\"}", more))
        .getAsJsonObject();
  }

  private static JsonObject comparison(JsonObject... candidates) {
    JsonObject root = Specs.smallest();
    root.remove("model");
    JsonArray list = new JsonArray();
    for (JsonObject each : candidates) {
      list.add(each);
    }
    root.add("candidates", list);
    root.add("sample", JsonParser.parseString("{\"learningRate\": 0.5, \"validation\": 7}"));
    return root;
  }

  private static ComparisonSpec read(JsonObject tree) {
    return SpecReader.read(ComparisonSpec.class, tree.toString(), "c.json");
  }

  @Test
  void givesEveryCandidateTheSameTermsButItsOwnLearningRate() {
    ComparisonSpec spec =
        read(comparison(candidate("a", ""), candidate("b", ", \"learningRate\": 0.25")));

    ExperimentSpec a = spec.experiments().get(0);
    ExperimentSpec b = spec.experiments().get(1);
    assertThat(a.name()).isEqualTo("small-a");
    assertThat(b.name()).isEqualTo("small-b");
    assertThat(b.model()).isEqualTo(a.model());
    assertThat(b.data()).isEqualTo(a.data());
    assertThat(a.training().optimizer().learningRate()).isEqualTo(new ScheduleSpec.Constant(0.001));
    assertThat(b.training().optimizer().learningRate()).isEqualTo(new ScheduleSpec.Constant(0.25));
    // on the sample the common rate gives way to the sample's, the candidate's own does not
    assertThat(a.forSample().training().optimizer().learningRate())
        .isEqualTo(new ScheduleSpec.Constant(0.5));
    assertThat(b.forSample().training().optimizer().learningRate())
        .isEqualTo(new ScheduleSpec.Constant(0.25));
    assertThat(((MnistDataSpec) b.forSample().data()).validation()).isEqualTo(7);
  }

  @Test
  void namesTheCandidateThatDoesNotFit() {
    JsonObject wide = candidate("wide", "");
    wide.getAsJsonObject("model").addProperty("imageSize", 32);

    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> read(comparison(candidate("a", ""), wide)))
        .withMessageStartingWith(
            "c.json, candidates[1].model.imageSize: does not fit the data; expected 28 for MNIST");
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> read(comparison(candidate("a", ""), candidate("a", ""))))
        .withMessageStartingWith("c.json, candidates[1].name: two models have this name");
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> read(comparison()))
        .withMessageStartingWith("c.json, candidates: wrong number of items");
  }
}

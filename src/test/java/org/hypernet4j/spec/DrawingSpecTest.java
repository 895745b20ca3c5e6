// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.hypernet4j.error.UserError;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.SpecReader;
import org.hypernet4j.json.SpecWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DrawingSpecTest {
  private static final DrawingsSpec USUAL =
      new DrawingsSpec(
          DrawingsSpec.Scaling.ONE_SD,
          1000,
          1,
          1000,
          new DrawingAugmentationSpec(0.15, DrawingAugmentationSpec.Axes.APART, 0.1),
          20);

  /** As a specification file holds its data. */
  @Doc("A file")
  record Holder(@Doc("The data") DataSpec data) {}

  private static DataSpec read(String data) {
    return SpecReader.read(Holder.class, "{\"data\": " + data + "}", "x.json").data();
  }

  /** As a specification file holds its model. */
  @Doc("A file")
  record ModelHolder(@Doc("The model") ModelSpec model) {}

  /** As float32 these would be the 0 that turns a setting off. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"densityEpsilon\": 1e-300",
        "\"sigmaFloor\": 1e-50",
        "\"correlationBound\": 1e-46",
        "\"window\": {\"initialStep\": 1e-300}"
      })
  void settingsThatFloatsCannotHoldAreRefused(String setting) {
    String model =
        "{\"type\": \"strokes\", \"cell\": {\"type\": \"lstm\", \"units\": 4}, " + setting + "}";

    assertThatThrownBy(
            () -> SpecReader.read(ModelHolder.class, "{\"model\": " + model + "}", "x.json"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("x.json, model." + setting.substring(1, setting.indexOf('"', 1)))
        .hasMessageContaining("too close to 0 for a float32 number");
  }

  @Test
  void whatIsLeftOutIsSketchRnns() {
    assertThat(read("{\"type\": \"omniglot\"}")).isEqualTo(new OmniglotDataSpec(USUAL));
    assertThat(read("{\"type\": \"stroke-arrays\"}"))
        .isEqualTo(new FlatDrawingsDataSpec(null, USUAL));
    assertThat(read("{\"type\": \"quick-draw\"}"))
        .isEqualTo(new QuickDrawDataSpec(true, 75_000, 0.035, 0.035, USUAL));
    assertThat(read("{\"type\": \"iam-on-db\"}"))
        .isEqualTo(new IamOnDbDataSpec(IamOnDbDataSpec.Split.GRAVES, USUAL));
    assertThat(read("{\"type\": \"ink-ml\"}")).isEqualTo(new InkMlDataSpec(0.05, 0.05, USUAL));
    assertThat(read("{\"type\": \"pen-words\"}"))
        .isEqualTo(new PenWordsDataSpec(4000, 400, 400, 2, 1, USUAL));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\": \"omniglot\"}",
        "{\"type\": \"stroke-arrays\", \"name\": \"short_kanji\"}",
        "{\"type\": \"quick-draw\", \"recognizedOnly\": false}",
        "{\"type\": \"iam-on-db\", \"split\": \"standard\"}",
        "{\"type\": \"ink-ml\", \"testShare\": 0.2}",
        "{\"type\": \"pen-words\", \"drawings\": {\"scaling\": \"per-axis\", \"maxPoints\": 50}}"
      })
  void whatIsWrittenIsReadAgain(String data) {
    Holder spec = new Holder(read(data));

    assertThat(SpecReader.read(Holder.class, SpecWriter.toJson(spec), "y.json")).isEqualTo(spec);
    assertThat(spec.data()).isInstanceOf(DrawingDataSpec.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "scaling": "sd"                    | data.drawings.scaling
          "clamp": 0                         | data.drawings.clamp
          "maxPoints": 0                     | data.drawings.maxPoints
          "maxPoints": 100001                | data.drawings.maxPoints
          "minPoints": 20, "maxPoints": 19   | data.drawings.minPoints
          "poolBatches": 0                   | data.drawings.poolBatches
          "augmentation": {"scale": 1}       | data.drawings.augmentation.scale
          "augmentation": {"dropping": -0.1} | data.drawings.augmentation.dropping
          "augmentation": {"axes": "both"}   | data.drawings.augmentation.axes
          """)
  void whatMakesNoSenseIsRefused(String drawings, String place) {
    assertThatThrownBy(() -> read("{\"type\": \"omniglot\", \"drawings\": {" + drawings + "}}"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(place);
  }

  @Test
  void sharesThatLeaveNothingAndNamesOfOtherFoldersAreRefused() {
    for (String type : new String[] {"quick-draw", "ink-ml"}) {
      assertThatThrownBy(
              () ->
                  read(
                      "{\"type\": \"%s\", \"validationShare\": 0.5, \"testShare\": 0.5}"
                          .formatted(type)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("testShare");
    }
    assertThatThrownBy(() -> read("{\"type\": \"stroke-arrays\", \"name\": \"../x\"}"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("data.name");
  }

  private static StrokesModelSpec model(String settings) {
    return SpecReader.read(
        StrokesModelSpec.class,
        "{\"cell\": {\"type\": \"lstm\", \"units\": 4}" + settings + "}",
        "x.json");
  }

  @Test
  void aModelWritesNoGivenTextUnlessItHasAWindow() {
    assertThat(model("").window()).isNull();
    assertThat(model(", \"window\": {}").window())
        .isEqualTo(new WindowSpec(10, 57, WindowSpec.Form.GRAVES, 0.04, WindowSpec.Stop.TEXT));
    StrokesModelSpec whole =
        model(
            ", \"layers\": 3, \"window\": {\"components\": 1, \"characters\": 73,"
                + " \"form\": \"vasquez\", \"initialStep\": 0.5, \"stop\": \"lift\"}");
    assertThat(SpecReader.read(StrokesModelSpec.class, SpecWriter.toJson(whole), "y.json"))
        .isEqualTo(whole);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "layers": 3, "skips": true, "window": {}           | skips: a window brings connections
          "window": {"form": "scribe"}                       | names more layers; expected at least 2
          "window": {}, "latent": {"encoder": {"type": "lstm", "units": 2}} | both a window and a
          "window": {"characters": 1}                        | window.characters
          "window": {"initialStep": 0}                       | window.initialStep
          "window": {"stop": "never"}                        | window.stop
          """)
  void refusesAWindowThatTheModelHasNoPlaceFor(String settings, String message) {
    assertThatThrownBy(() -> model(", " + settings))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrokeScalingTest {
  private static final Path STROKES = Path.of("..", "shared", "data", "strokes");

  static DrawingPart part(float[]... rows) {
    List<PenDrawing> drawings =
        java.util.Arrays.stream(rows).map(each -> PenDrawing.of("test", each)).toList();
    return new DrawingPart("train of test", drawings, List.of());
  }

  @Test
  void aSmallExampleByHand() {
    // dx 1, 3, 5, -1 (mean 2, squares about it 1, 1, 9, 9); dy 0, 4, 4, 8 (mean 4; 16, 0, 0, 16)
    DrawingPart part = part(new float[] {1, 0, 0, 3, 4, 1}, new float[] {5, 4, 0, -1, 8, 1});

    assertThat(StrokeScaling.of(part, StrokeScaling.Kind.PER_AXIS))
        .isEqualTo(new StrokeScaling(2, 4, (float) Math.sqrt(5), (float) Math.sqrt(8)));
    // together: mean 3, squares about it 4, 0, 4, 16 and 9, 1, 1, 25
    float sd = (float) Math.sqrt(60 / 8.0);
    assertThat(StrokeScaling.of(part, StrokeScaling.Kind.ONE_SD))
        .isEqualTo(new StrokeScaling(0, 0, sd, sd));
    assertThat(StrokeScaling.of(part, StrokeScaling.Kind.NONE))
        .isEqualTo(new StrokeScaling(0, 0, 1, 1));
    // two drawings lost a point (0, 0): 12 numbers, mean 2, sum of squares 132
    DrawingPart cut = new DrawingPart("x", part.drawings(), List.of(), true);
    assertThat(StrokeScaling.of(cut, StrokeScaling.Kind.ONE_SD).sdX())
        .isEqualTo((float) Math.sqrt(132 / 12.0 - 4));
    assertThat(StrokeScaling.of(cut, StrokeScaling.Kind.PER_AXIS))
        .isEqualTo(StrokeScaling.of(part, StrokeScaling.Kind.PER_AXIS));
  }

  @Test
  void rowsGoThereAndBack() {
    StrokeScaling scaling = new StrokeScaling(2, 4, 8, 0.5f);
    PenDrawing drawing = PenDrawing.of("test", new float[] {10, 5, 0, -6, 3, 1});

    float[] rows = scaling.scale(drawing);

    assertThat(rows).containsExactly(1, 2, 0, -1, -2, 1);
    assertThat(scaling.unscale("test", rows)).isEqualTo(drawing);
    assertThat(drawing.rows()).containsExactly(10, 5, 0, -6, 3, 1);
    assertThat(scaling.natsPerPoint()).isCloseTo(Math.log(4), within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({"short_kanji, 99.712460, 9.205", "aaron_sheep, 18.519827, 5.838"})
  void oneDeviationIsSketchRnns(String name, float sd, double natsPerPoint) {
    assumeTrue(Files.exists(STROKES), "no copy of the whole set");
    DrawingSplits splits = FlatDrawings.read(STROKES, name);

    // NumPy: train_points[:, :2].std()
    StrokeScaling scaling = StrokeScaling.of(splits.train(), StrokeScaling.Kind.ONE_SD);
    assertThat(scaling.sdX()).isCloseTo(sd, within(1e-4f)).isEqualTo(scaling.sdY());
    assertThat(scaling.natsPerPoint()).isCloseTo(natsPerPoint, within(5e-4));
    assertThat(splits.notes()).isEmpty();
  }

  @Test
  void offsetsThatDoNotVaryAreRefused() {
    DrawingPart line = part(new float[] {3, 0, 0, 1, 0, 0, 2, 0, 1});

    assertThat(StrokeScaling.of(line, StrokeScaling.Kind.ONE_SD).sdX()).isPositive();
    assertThatThrownBy(() -> StrokeScaling.of(line, StrokeScaling.Kind.PER_AXIS))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("train of test")
        .hasMessageContaining("all dy are equal")
        .hasMessageContaining("'none'");
    DrawingPart constant = part(new float[] {7, 7, 0, 7, 7, 1}, new float[] {7, 7, 1});
    assertThatThrownBy(() -> StrokeScaling.of(constant, StrokeScaling.Kind.ONE_SD))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("all dx and dy are equal");
    assertThat(StrokeScaling.of(constant, StrokeScaling.Kind.NONE).sdX()).isEqualTo(1);
  }

  @Test
  void jsonGivesTheSameConstants() {
    StrokeScaling scaling = new StrokeScaling(0.1f, -1e-7f, 53.437046f, 1e-3f);

    String json = scaling.toJson().toString();

    assertThat(StrokeScaling.fromJson(JsonParser.parseString(json), "model")).isEqualTo(scaling);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{}",
        "{\"meanX\": 0, \"meanY\": 0, \"sdX\": 1}",
        "{\"meanX\": 0, \"meanY\": 0, \"sdX\": 1, \"sdY\": 1, \"more\": 1}",
        "{\"meanX\": 0, \"meanY\": 0, \"sdX\": 1, \"sdY\": \"1\"}",
        "{\"meanX\": 0, \"meanY\": 0, \"sdX\": 1, \"sdY\": 0}",
        "{\"meanX\": 0, \"meanY\": 0, \"sdX\": 1, \"sdY\": -1}",
        "{\"meanX\": 0, \"meanY\": 1e99, \"sdX\": 1, \"sdY\": 1}"
      })
  void otherJsonIsRefused(String json) {
    assertThatThrownBy(() -> StrokeScaling.fromJson(JsonParser.parseString(json), "m.json"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("m.json: ");
  }
}

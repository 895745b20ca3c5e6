// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricCurveTest {
  private static final String FIRST = "{\"kind\":\"validation\",\"step\":5,\"loss\":2.5}";

  @TempDir Path folder;

  private Path file(String... lines) throws IOException {
    return Files.write(folder.resolve("metrics.jsonl"), List.of(lines));
  }

  @Test
  void takesTheLinesOfOneKindThatHaveTheMetric() throws IOException {
    Path file =
        file(
            "{\"kind\":\"train\",\"step\":1,\"loss\":3}",
            "{\"kind\":\"validation\",\"step\":1,\"loss\":3.5,\"bpc\":5.25,\"best\":true}",
            "{\"kind\":\"train\",\"step\":2,\"loss\":2}",
            "{\"kind\":\"validation\",\"step\":2,\"loss\":2.5}",
            "{\"kind\":\"validation\",\"step\":4,\"loss\":1.5,\"bpc\":2.125,\"best\":true}");

    MetricCurve curve = MetricCurve.read(file, "validation", "bpc");

    assertThat(curve.steps()).containsExactly(1, 4);
    assertThat(curve.values()).containsExactly(5.25, 2.125);
  }

  @Test
  void ofStepsThatWereRunAgainTheLastLineCounts() throws IOException {
    Path file =
        file(
            "{\"kind\":\"train\",\"step\":10,\"loss\":4}",
            "{\"kind\":\"train\",\"step\":20,\"loss\":3}",
            "{\"kind\":\"train\",\"step\":30,\"loss\":2}",
            "{\"kind\":\"train\",\"step\":20,\"loss\":3.5}",
            "{\"kind\":\"train\",\"step\":30,\"loss\":2.5}");

    MetricCurve curve = MetricCurve.read(file, "train", "loss");

    assertThat(curve.steps()).containsExactly(10, 20, 30);
    assertThat(curve.values()).containsExactly(4, 3.5, 2.5);
  }

  @Test
  void readsWhatIsNotFinite() throws IOException {
    Path file =
        file(
            "{\"kind\":\"train\",\"step\":1,\"loss\":NaN}",
            "{\"kind\":\"train\",\"step\":2,\"loss\":-Infinity}",
            "{\"kind\":\"train\",\"step\":3,\"loss\":Infinity}");

    assertThat(MetricCurve.read(file, "train", "loss").values())
        .containsExactly(Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"kind\":\"validation\",\"step\":10,\"lo",
        "",
        "null",
        "[1]",
        "words",
        "{\"step\":10,\"loss\":1}",
        "{\"kind\":\"validation\",\"loss\":1}",
        "{\"kind\":null,\"step\":10,\"loss\":1}",
        "{\"kind\":\"validation\",\"step\":\"ten\",\"loss\":1}",
        "{\"kind\":\"validation\",\"step\":1.5,\"loss\":1}",
        "{\"kind\":\"validation\",\"step\":NaN,\"loss\":1}",
        "{\"kind\":\"validation\",\"step\":{},\"loss\":1}"
      })
  void saysWhichLineIsBroken(String broken) throws IOException {
    Path file = file(FIRST, broken, FIRST);

    assertThatThrownBy(() -> MetricCurve.read(file, "validation", "loss"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(file + ", line 2: broken line; expected a JSON object")
        .hasMessageContaining(broken.isEmpty() ? "an empty line" : broken)
        .message()
        .hasLineCount(1);
  }

  @Test
  void showsNoMoreThanTheStartOfALongBrokenLine() throws IOException {
    Path file = file("x y".repeat(10_000));

    assertThatThrownBy(() -> MetricCurve.read(file, "validation", "loss"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(", line 1: ")
        .message()
        .hasSizeLessThan(500);
  }

  @Test
  void listsTheMetricsThatAreThere() throws IOException {
    Path file =
        file(
            "{\"kind\":\"train\",\"step\":1,\"gradientNorm\":3}",
            "{\"kind\":\"validation\",\"step\":5,\"loss\":2.5,\"bpc\":3.5,\"best\":true}");

    assertThatThrownBy(() -> MetricCurve.read(file, "validation", "gradientNorm"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no metric 'gradientNorm' in the lines of kind 'validation'")
        .hasMessageContaining("expected one of bpc, loss, received gradientNorm");
  }

  @Test
  void listsTheKindsThatAreThere() throws IOException {
    assertThatThrownBy(() -> MetricCurve.read(file(FIRST), "test", "loss"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no line of kind 'test'; expected one of validation, received test");
    assertThatThrownBy(() -> MetricCurve.read(file(), "validation", "loss"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no line of kind 'validation'; expected lines, received an empty");
  }

  @Test
  void saysThatThereIsNoFile() {
    assertThatThrownBy(() -> MetricCurve.read(folder.resolve("no.jsonl"), "train", "loss"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(folder.resolve("no.jsonl") + ": the run has no metrics");
  }
}

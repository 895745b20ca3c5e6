// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.fixtures.Cli;
import org.hypernet4j.language.SmallLanguageModel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenerateCommandTest {
  @TempDir static Path folder;
  private static Path model;

  @BeforeAll
  static void export() {
    model = Exporter.export(SmallLanguageModel.exportRequest(folder)).versionFolder();
  }

  @Test
  void writesThePromptAndTheTextThatTheSeedGives() {
    Cli first =
        Cli.run("generate", model, "--prompt", "aé", "--length", "30", "--seed", "5", "--json");
    Cli second = Cli.run("generate", model, "--prompt", "aé", "--length", "30", "--seed", "5");

    assertThat(first.exitCode()).isZero();
    JsonObject json = first.json();
    String text = json.get("text").getAsString();
    assertThat(text.codePointCount(0, text.length())).isEqualTo(30);
    assertThat(text).containsPattern("[abcé\n]{30}");
    assertThat(json.get("symbols").getAsInt()).isEqualTo(30);
    assertThat(json.get("topK").isJsonNull()).isTrue();
    assertThat(first.out()).hasSize(1);
    String shown = ("aé" + text).stripTrailing(); // a text may end with line feeds
    assertThat(String.join("\n", first.err()).stripTrailing()).isEqualTo(shown);
    assertThat(second.exitCode()).isZero();
    assertThat(second.err()).isEmpty();
    assertThat(String.join("\n", second.out()).stripTrailing()).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--prompt | abX | --prompt: unknown symbol 'X' (U+0058) at position 2",
        "--temperature | 0 | --temperature: nothing can be drawn with it",
        "--temperature | NaN | --temperature: nothing can be drawn with it",
        "--top-k | 0 | --top-k: no symbol is left to draw",
        "--length | -1 | --length: a text cannot be that short",
        "--length | many | --length",
      })
  void refusesWhatItCannotUse(String option, String value, String message) {
    Cli cli = Cli.run("generate", model, option, value);

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err()).hasSize(1);
    assertThat(cli.err().get(0)).contains(message);
  }

  @Test
  void benchTimesSingleStepsOfAnExportedModel() {
    Cli cli = Cli.run("bench", model, "--predictions", "20", "--json");

    assertThat(cli.exitCode()).isZero();
    assertThat(cli.json().get("predictions").getAsInt()).isEqualTo(20);
    assertThat(cli.json().get("medianPredictionMicros").getAsDouble()).isPositive();
  }

  @Test
  void refusesAFolderWithoutAModel() {
    Cli cli = Cli.run("generate", folder.resolve("nothing"));

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err().get(0)).contains("nothing");
  }
}

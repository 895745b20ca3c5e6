// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.hypernet4j.data.DrawingFile;
import org.hypernet4j.fixtures.Cli;
import org.hypernet4j.pen.PenDrawing;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code draw} and {@code score} with a tiny model that writes a given text. */
class DrawTextCommandTest {
  @TempDir static Path runs;
  private static Path run = Path.of("");
  private static Path exported = Path.of("");

  @TempDir Path folder;

  @BeforeAll
  static void train() {
    run = runs.resolve("words");
    Path base = runs.resolve("export");
    List<Object> words =
        new ArrayList<>(
            List.of("train", "graphs/strokes-words-lstm.json", "--run", run, "--export-dir", base));
    for (String setting :
        List.of(
            "training.steps=3",
            "training.batchSize=4",
            "data.train=16",
            "data.validation=4",
            "data.test=4",
            "model.cell.units=6",
            "model.mixtures=2",
            "model.window.components=2",
            "model.window.initialStep=0.2")) {
      words.add("--set");
      words.add(setting);
    }
    Cli cli = Cli.run(words.toArray());
    assertThat(cli.exitCode()).as(cli.err().toString()).isZero();
    exported = base.resolve("strokes-words-lstm/1");
  }

  private static Cli draw(Path model, Path out, Object... options) {
    List<Object> words = new ArrayList<>(List.of("draw", model, "--json", "--out", out));
    words.addAll(List.of(options));
    return Cli.run(words.toArray());
  }

  /** With the characters of the training texts, and U+FFFD for all others. */
  @Test
  void theCharactersAreInTheRunAndInTheExport() throws IOException {
    String inRun = Files.readString(run.resolve("vocabulary.json"));
    assertThat(inRun)
        .isEqualTo(Files.readString(exported.resolve("assets.extra/vocabulary.json")))
        .contains("\"a\"", "\" \"", "\uFFFD");
    JsonObject guide =
        JsonParser.parseString(Files.readString(exported.resolve("assets.extra/manifest.json")))
            .getAsJsonObject()
            .getAsJsonObject("guide");
    assertThat(guide.get("symbols").getAsInt()).isEqualTo(28);
    // a training leaves drawings of texts of the validation part, beside which the data stand
    assertThat(Files.readString(run.resolve("drawings/drawings.svg"))).contains(">data<");
  }

  @Test
  void runAndExportedModelWriteTheSame() throws IOException {
    Object[] options = {"--text", "a tea", "--temperature", "0.7", "--count", 2, "--seed", 7};
    Cli first = draw(run, folder.resolve("run"), options);
    Cli second = draw(exported, folder.resolve("model"), options);
    assertThat(first.exitCode()).as(first.err().toString()).isZero();
    assertThat(second.exitCode()).as(second.err().toString()).isZero();
    String[] files = folder.resolve("run").toFile().list();
    assertThat(files).contains("drawings.png", "writing.html", "writing.svg", "alignment.png");
    for (String file : files) {
      assertThat(folder.resolve("run").resolve(file))
          .hasSameBinaryContentAs(folder.resolve("model").resolve(file));
    }
    // a row of pixels for each of five characters
    assertThat(ImageIO.read(folder.resolve("run/alignment.png").toFile()).getHeight())
        .isGreaterThan(5 * 16);
    assertThat(Files.readString(folder.resolve("run/writing.html")))
        .contains("A text, and the characters that are read", "character 5", "space");
  }

  @Test
  void writesBehindThePrimeWhoseTextIsKnown() throws IOException {
    Path begun = Files.writeString(folder.resolve("begun.json"), "[[3,0,0],[0,4.5,0]]");
    Path out = folder.resolve("out");
    Cli cli = draw(run, out, "--prime", begun, "--prime-text", "t", "--text", "ea", "--length", 30);
    assertThat(cli.exitCode()).as(cli.err().toString()).isZero();
    PenDrawing drawn = DrawingFile.read(out.resolve("drawings.json"), null).drawings().get(0);
    assertThat(drawn.slice(0, 2).rows()).containsExactly(3, 0, 0, 0, 4.5f, 0);
    assertThat(Files.readString(out.resolve("writing.html"))).contains("\u201ctea\u201d");

    Cli without = draw(run, folder.resolve("no"), "--prime", begun, "--text", "ea");
    assertThat(without.exitCode()).isEqualTo(2);
    assertThat(without.err().toString())
        .contains("--prime-text: the model must know what the drawing to go on from says");
    assertThat(folder.resolve("no")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          tea!  | --text: the model never learnt to write character 4; expected one of ' a
          Tea   | received 'T' (U+0054)
          te\uFFFD  | --text: the model never learnt to write character 3
          ''    | --text: the text is empty
          """)
  void aTextThatCannotBeWrittenIsOneLine(String text, String message) {
    Path out = folder.resolve("out");
    Cli cli = draw(run, out, "--text", text);
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).hasSize(1);
    assertThat(cli.err().get(0)).contains(message);
    assertThat(out).doesNotExist();
  }

  @Test
  void scoresDrawingsWithWhatTheySay() throws IOException {
    Path drawings =
        Files.writeString(folder.resolve("two.json"), "[[[3,0,0],[0,4.5,1]],[[1,1,1]]]");
    Path texts = Files.writeString(folder.resolve("two.txt"), "tea\na\n");
    Cli cli = Cli.run("score", run, drawings, "--texts", texts, "--json");
    assertThat(cli.exitCode()).as(cli.err().toString()).isZero();
    assertThat(cli.json().getAsJsonArray("drawings")).hasSize(2);

    Cli silent = Cli.run("score", run, drawings);
    assertThat(silent.exitCode()).isEqualTo(2);
    assertThat(silent.err().toString()).contains("--texts", "Add --texts FILE");
    assertThat(silent.err().toString()).contains("the model must be told what");

    Path one = Files.writeString(folder.resolve("one.txt"), "tea\n");
    Cli fewer = Cli.run("score", run, drawings, "--texts", one);
    assertThat(fewer.exitCode()).isEqualTo(2);
    assertThat(fewer.err().toString())
        .contains("there is not one line for each drawing", "expected 2 lines, received 1");
  }
}

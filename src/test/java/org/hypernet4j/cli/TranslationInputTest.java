// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.fixtures.Cli;
import org.hypernet4j.fixtures.TinyTranslation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sentences that nothing can be learned from: one line, and no run. */
class TranslationInputTest {
  @TempDir Path folder;
  private Path data;

  @BeforeEach
  void write() throws IOException {
    data = TinyTranslation.write(folder.resolve("data"));
  }

  private void assertError(String message, String... more) {
    List<Object> words =
        new ArrayList<>(
            List.of(
                "train",
                "graphs/translate-sample.json",
                "--data",
                data,
                "--run",
                folder.resolve("run"),
                "--set",
                "data.vocabularySize=80"));
    words.addAll(List.of(more));
    Cli cli = Cli.run(words.toArray());
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err()).hasSize(1);
    assertThat(cli.err().get(0)).startsWith("error: ").contains(message);
    assertThat(folder.resolve("run")).doesNotExist();
  }

  private void replaceLine(String file, int index, String line) throws IOException {
    Path path = data.resolve(file);
    List<String> lines = new ArrayList<>(Files.readAllLines(path));
    lines.set(index, line);
    Files.write(path, lines, UTF_8);
  }

  @Test
  void namesBothFilesOfDifferentLength() throws IOException {
    Files.writeString(data.resolve("val.fr"), "Un.\nDeux.\n");
    assertError("val.fr: not as many lines as " + data.resolve("val.en") + "; expected 6,");
  }

  @Test
  void namesTheLineThatIsEmpty() throws IOException {
    replaceLine("train.fr", 7, " ");
    assertError("train.fr: line 8: there is no sentence");
  }

  @Test
  void namesTheLineThatIsNotUtf8() throws IOException {
    List<String> lines = Files.readAllLines(data.resolve("test.fr"));
    lines.set(2, "été");
    Files.write(data.resolve("test.fr"), lines, ISO_8859_1);
    assertError("test.fr: line 3: not text in UTF-8 at byte 0 of the line");
  }

  /** 200 pieces is the most unless set. */
  @Test
  void namesTheSentenceOfTooManyPieces() throws IOException {
    replaceLine("train.en", 4, "cat dog ".repeat(5_000));
    assertError("train.en: line 5: the sentence is too long; expected 1 to 200 pieces");
  }

  @Test
  void namesTheFileThatIsMissing() throws IOException {
    Files.delete(data.resolve("val.en"));
    assertError("expected val.en and val.fr, each with or without .gz, received no val.en");
  }

  @Test
  void refusesAVocabularyThatIsNone() {
    assertError("not a vocabulary of pieces", "--set", "data.vocabulary=" + folder.resolve("none"));
  }

  @Test
  void refusesAVocabularyWithoutRoomForTheCharacters() {
    assertError(
        "data.vocabularySize: too small for the characters of the text; expected at least 32",
        "--set",
        "data.vocabularySize=20");
  }
}

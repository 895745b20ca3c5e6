// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.data.Subwords;
import org.hypernet4j.fixtures.Cli;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code vocabulary}: the numbers are those of {@link Subwords}, which has its own tests. */
class VocabularyCommandTest {
  private static final List<String> ENGLISH = List.of("The dog sees a dog.", "", "A dog barks.");
  private static final List<String> FRENCH = List.of("Le chien voit l'été.", "Un chien.");

  @TempDir Path folder;
  private Path english;
  private Path french;
  private Path made;
  private Subwords subwords;

  @BeforeEach
  void makeFiles() throws IOException {
    english = Files.write(folder.resolve("train.en"), ENGLISH);
    french = Files.write(folder.resolve("train.fr"), FRENCH);
    made = folder.resolve("made/vocabulary");
    subwords = Subwords.train(List.of(String.join(" ", ENGLISH), String.join(" ", FRENCH)), 50);
  }

  @Test
  void trainsOnAllFilesTogether() {
    Cli cli =
        Cli.run("vocabulary", "train", english, french, "--size", 50, "--out", made, "--json");

    assertThat(cli.exitCode()).as(cli.err().toString()).isZero();
    assertThat(Subwords.read(made)).isEqualTo(subwords);
    JsonObject json = cli.json();
    assertThat(json.get("pieces").getAsInt()).isEqualTo(50);
    assertThat(json.get("words").getAsInt()).isEqualTo(14);
    assertThat(json.get("merges").getAsInt()).isEqualTo(subwords.merges().size());
    assertThat(json.get("characters").getAsInt())
        .isEqualTo(46 - subwords.merges().size()); // here each merge made a piece
    assertThat(json.get("sha256").getAsString()).isEqualTo(subwords.sha256());
    JsonObject first = json.getAsJsonArray("files").get(0).getAsJsonObject();
    assertThat(first.get("lines").getAsInt()).isEqualTo(3);
    assertThat(first.get("mostPieces").getAsInt())
        .isEqualTo(subwords.encode(ENGLISH.get(0)).length);
    assertThat(cli.err())
        .anyMatch(line -> line.startsWith("50 pieces from 14 words: 4 special ones, "));
  }

  @Test
  void saysIfTheTextHasNoMorePieces() {
    Cli cli = Cli.run("vocabulary", "train", english, "--out", made);

    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out()).anyMatch(line -> line.startsWith("fewer than --size 8,000: "));
  }

  @Test
  void appliesToStandardInputAndDecodesAgain() {
    subwords.write(made);
    String text = "The dog sees l'été.\n\nUn chien ☃ dogs\n";

    Cli pieces = Cli.withInput(text, "vocabulary", "apply", made);
    Cli ids = Cli.withInput(text, "vocabulary", "apply", made, "--ids");

    assertThat(pieces.exitCode()).isZero();
    assertThat(pieces.out())
        .containsExactlyElementsOf(
            text.lines().map(line -> String.join(" ", subwords.split(line))).toList());
    assertThat(pieces.err())
        .containsExactly("note: not in the vocabulary, so <unk>: 1 characters of 1 kinds: U+2603");
    assertThat(ids.out().get(0).split(" ")).hasSize(subwords.encode("The dog sees l'été.").length);
    assertThat(back(pieces).out()).containsExactlyElementsOf(text.lines().toList());
    assertThat(back(ids, "--ids").out())
        .containsExactly("The dog sees l'été.", "", "Un chien dogs");
  }

  private Cli back(Cli applied, Object... more) {
    String text = String.join("\n", applied.out()) + "\n";
    return more.length == 0
        ? Cli.withInput(text, "vocabulary", "decode", made)
        : Cli.withInput(text, "vocabulary", "decode", made, more[0]);
  }

  @Test
  void appliesToAFileAndCounts() {
    subwords.write(made);

    JsonObject json = Cli.run("vocabulary", "apply", made, french, "--json").json();

    assertThat(json.get("lines").getAsInt()).isEqualTo(2);
    assertThat(json.get("pieces").getAsInt())
        .isEqualTo(FRENCH.stream().mapToInt(line -> subwords.encode(line).length).sum());
    assertThat(json.get("unknownCharacters").getAsInt()).isZero();
  }

  @Test
  void showsEveryPiece() {
    subwords.write(made);

    Cli cli = Cli.run("vocabulary", "show", made, "--pieces");

    assertThat(cli.out()).hasSize(51).contains("3\t<unk>", "49\t" + subwords.pieces().get(49));
    assertThat(cli.out().get(50)).startsWith("50 pieces, ").endsWith(subwords.sha256());
  }

  @Test
  void aVocabularyThatIsThereIsNotOverwritten() throws IOException {
    Files.createDirectories(made);
    assertThat(Cli.run("vocabulary", "train", english, "--out", made).exitCode()).isZero();
    byte[] before = Files.readAllBytes(made.resolve("pieces.txt"));

    Cli cli = Cli.run("vocabulary", "train", french, "--out", made);

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).singleElement().asString().contains("--out: the folder is not empty");
    assertThat(made.resolve("pieces.txt")).hasBinaryContent(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train EMPTY --out NEW           | empty: there is no word in it",
        "train FR NONE --out NEW         | none: cannot be read; expected a readable file, received"
            + " no such file.",
        "train FR LATIN --out NEW        | latin: line 2: not valid UTF-8 at byte 3 of the line",
        "train FR --size 18 --out NEW    | error: --size: too small for the characters of the text;"
            + " expected at least 19: 4 special",
        "train FR --out FR               | error: --out: cannot be a folder",
        "train                           | error: vocabulary train: needs FILE. See './hypernet4j"
            + " vocabulary train --help'.",
        "apply NONE FR                   | none: not a vocabulary of pieces; expected a folder with"
            + " pieces.txt and merges.txt, received no such path.",
        "apply MADE LATIN                | latin: line 2: not valid UTF-8 at byte 3 of the line",
        "apply MADE EN FR                | train.fr: one argument too many of 'vocabulary apply'."
            + " See './hypernet4j vocabulary apply --help'.",
        "decode MADE EN                  | train.en: line 1: not a piece of the vocabulary;"
            + " expected a piece or one character, received 'dog.'.",
        "decode MADE EN --ids            | train.en: line 1: not an id of the vocabulary; expected"
            + " 0 to 49, received 'The'.",
        "decode MADE IDS --ids           | ids: line 1: not an id of the vocabulary; expected 0 to"
            + " 49, received '50'.",
        "shwo MADE                       | error: shwo: no such command of 'vocabulary'; nearest is"
            + " show. See './hypernet4j vocabulary --help'.",
        "--json                          | error: vocabulary: no command given, expected one of"
            + " train, apply, decode, show.",
      })
  void badInputIsOneLine(String words, String message) throws IOException {
    Files.createFile(folder.resolve("empty"));
    Files.writeString(folder.resolve("ids"), "4 50\n");
    Files.write(
        folder.resolve("latin"), "un\nl'\u00e9t\u00e9\n".replace("l'", "l' ").getBytes(ISO_8859_1));
    subwords.write(made);
    String line =
        words
            .replace("EMPTY", folder.resolve("empty").toString())
            .replace("LATIN", folder.resolve("latin").toString())
            .replace("NONE", folder.resolve("none").toString())
            .replace("MADE", made.toString())
            .replace("NEW", folder.resolve("new").toString())
            .replace("IDS", folder.resolve("ids").toString())
            .replace("EN", english.toString())
            .replace("FR", french.toString());

    Cli cli = Cli.run((Object[]) ("vocabulary " + line).split(" "));

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).singleElement().asString().startsWith("error: ").contains(message);
    assertThat(folder.resolve("new")).doesNotExist();
  }
}

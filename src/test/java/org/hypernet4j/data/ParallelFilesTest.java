// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.Sha256;
import org.hypernet4j.measure.Bleu;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParallelFilesTest {
  private static final Path MULTI30K = Path.of("..", "shared", "data", "multi30k");

  @TempDir Path folder;

  private Path write(String name, String text) throws IOException {
    return Files.write(folder.resolve(name), text.getBytes(UTF_8));
  }

  private void zip(String name, String text) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve(name)))) {
      out.write(text.getBytes(UTF_8));
    }
  }

  private ParallelSplits read() {
    return ParallelFiles.folder(folder, "en", "fr");
  }

  private void writeTrainAndValidation() throws IOException {
    write("train.en", "A dog.\nA cat.\n");
    write("train.fr", "Un chien.\nUn chat.\n");
    zip("val.en.gz", "A cow.\n");
    write("val.fr", "Une vache.\n");
  }

  @Test
  void readsAFolderOfPlainAndGzippedFiles() throws IOException {
    writeTrainAndValidation();
    write("test_b.en", "Tea.\n");
    zip("test_b.fr.gz", "Du thé.\n");
    write("test_a.en", "Milk.");
    write("test_a.fr", "Du lait.");
    write("test_c.en", "Left out.\n");
    write("test_d.fr", "Sans anglais.\n");
    write("notes.txt", "not looked at");

    ParallelSplits splits = read();

    assertThat(splits.train().source()).containsExactly("A dog.", "A cat.");
    assertThat(splits.train().target()).containsExactly("Un chien.", "Un chat.");
    assertThat(splits.train().sourcePlace(1)).isEqualTo(folder.resolve("train.en") + ": line 2");
    assertThat(splits.train().targetPlace(0)).isEqualTo(folder.resolve("train.fr") + ": line 1");
    assertThat(splits.validation().source()).containsExactly("A cow.");
    assertThat(splits.tests().keySet()).containsExactly("test_a", "test_b");
    assertThat(Objects.requireNonNull(splits.tests().get("test_b")).target())
        .containsExactly("Du thé.");
    assertThat(splits.notes())
        .containsExactly(
            "test_c left out: there is no test_c.fr", "test_d left out: there is no test_d.en");
    // the other direction
    assertThat(ParallelFiles.folder(folder, "fr", "en").train().source().get(1))
        .isEqualTo("Un chat.");
  }

  @Test
  void acceptsCarriageReturnsAndAByteOrderMark() throws IOException {
    Path source = write("a.en", "\uFEFFA dog.\r\nA cat.\r\n");
    Path target = write("a.fr", "Un chien.\nUn \u2028chat."); // no end of a line, and it stays

    ParallelText text = ParallelFiles.read(source, target);

    assertThat(text.source()).containsExactly("A dog.", "A cat.");
    assertThat(text.target()).containsExactly("Un chien.", "Un \u2028chat.");
  }

  @Test
  void namesBothFilesOfDifferentLengths() throws IOException {
    Path source = write("a.en", "A dog.\nA cat.\nA cow.\n");
    Path target = write("a.fr", "Un chien.\nUn chat.\n");

    assertThatThrownBy(() -> ParallelFiles.read(source, target))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(target + ": not as many lines as " + source)
        .hasMessageContaining("expected 3, one translation for each line of " + source)
        .hasMessageContaining("received 2.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t", "\r", "\u00a0\u2003", "\u3000", "\u2028"})
  void namesABlankLine(String blank) throws IOException {
    Path source = write("a.en", "A dog.\nA cat.\nA cow.\n");
    Path target = write("a.fr", "Un chien.\n" + blank + "\nUne vache.\n");

    assertThatThrownBy(() -> ParallelFiles.read(source, target))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(target + ": line 2: there is no sentence")
        .hasMessageContaining("Leave line 2 out of both " + target + " and " + source);
  }

  @Test
  void namesTheLineAndByteThatAreNotUtf8() throws IOException {
    Path source = write("a.en", "A dog.\nSummer.\n");
    Path target = Files.write(folder.resolve("a.fr"), "Un chien.\nL'été.\n".getBytes(ISO_8859_1));

    assertThatThrownBy(() -> ParallelFiles.read(source, target))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(target + ": line 2: not text in UTF-8 at byte 2 of the line")
        .hasMessageContaining("received byte 0xE9");
  }

  @Test
  void refusesEmptyMissingAndDamagedFiles() throws IOException {
    Path full = write("a.en", "A dog.\n");
    Path empty = write("a.fr", "");
    assertThatThrownBy(() -> ParallelFiles.read(empty, empty))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(empty + ": there is no sentence");
    assertThatThrownBy(() -> ParallelFiles.read(full, folder.resolve("none.fr")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("none.fr: cannot be read")
        .hasMessageContaining("no such file");
    zip("cut.gz", "Un chien.\n".repeat(1000));
    byte[] packed = Files.readAllBytes(folder.resolve("cut.gz"));
    Path cut = Files.write(folder.resolve("cut.gz"), Arrays.copyOf(packed, 40));
    assertThatThrownBy(() -> ParallelFiles.read(full, cut))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("gzip data is cut short");
    Path endless = write("endless.fr", "x".repeat((1 << 20) + 1));
    assertThatThrownBy(() -> ParallelFiles.read(full, endless))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(endless + ": line 1: the line is too long")
        .hasMessageContaining("Give a file of one sentence a line");
  }

  @Test
  void saysWhatAFolderMustHold() throws IOException {
    assertThatThrownBy(this::read)
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(folder + ": the sentences called 'train' are missing")
        .hasMessageContaining("expected train.en and train.fr, each with or without .gz")
        .hasMessageContaining("received no train.en")
        .hasMessageContaining("line i of train.fr the translation of line i of train.en");
    write("train.en", "A dog.\n");
    assertThatThrownBy(this::read).hasMessageContaining("received no train.fr");
    writeTrainAndValidation();
    assertThatThrownBy(this::read).hasMessageContaining("expected test.en and test.fr");
    write("test.en", "Tea.\n");
    assertThatThrownBy(this::read)
        .hasMessageContaining("received test left out: there is no test.fr");
    write("test.fr", "Du thé.\n");
    assertThat(read().tests()).containsOnlyKeys("test");
    assertThatThrownBy(() -> ParallelFiles.folder(folder.resolve("train.en"), "en", "fr"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received a file");
    assertThatThrownBy(() -> ParallelFiles.folder(folder, "en", "en"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the same as the source language");
    for (String wrong : List.of("", "..", "a/b", "en.gz", " en")) {
      assertThatThrownBy(() -> ParallelFiles.folder(folder, "en", wrong))
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith("target language: not the end of a file's name");
    }
  }

  @Test
  void aTextInMemoryIsCheckedToo() {
    assertThatThrownBy(() -> new ParallelText(List.of("a"), List.of("a", "b")))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("target: not as many lines as source");
    assertThatThrownBy(() -> new ParallelText(List.of("a\nb"), List.of("a")))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("source: line 1: more than one line");
    ParallelText text = new ParallelText(List.of("a", "b"), List.of("c", "é"));
    assertThat(text.first(1)).isEqualTo(new ParallelText(List.of("a"), List.of("c")));
    assertThat(text.first(5)).isSameAs(text);
    assertThat(text.fingerprint()).isEqualTo(Sha256.of("a\nb\nc\né\n".getBytes(UTF_8)));
  }

  @Test
  void theFingerprintIsOfAllParts() {
    ParallelText a = new ParallelText(List.of("a"), List.of("b"));
    ParallelText c = new ParallelText(List.of("c"), List.of("d"));
    ParallelSplits splits = new ParallelSplits(a, c, Map.of("test", a), List.of());

    String lines =
        "train " + a.fingerprint() + "\nval " + c.fingerprint() + "\ntest " + a.fingerprint();
    assertThat(splits.fingerprint()).isEqualTo(Sha256.of((lines + "\n").getBytes(UTF_8)));
  }

  /** The numbers are those that its README and {@code wc -l} give. */
  @Test
  void multi30k() {
    assumeTrue(Files.isDirectory(MULTI30K), "Multi30k is not here");

    ParallelSplits splits = ParallelFiles.folder(MULTI30K, "en", "fr");

    assertThat(splits.train().count()).isEqualTo(29_000);
    assertThat(splits.validation().count()).isEqualTo(1_014);
    assertThat(splits.tests().keySet()).containsExactly("test_2016_flickr", "test_2017_flickr");
    assertThat(splits.tests().values()).allMatch(test -> test.count() == 1_000);
    assertThat(splits.train().source().get(0))
        .isEqualTo("Two young, White males are outside near many bushes.");
    assertThat(splits.notes()).isEmpty();
    // sacreBLEU of the untranslated source, and its count of the references' tokens
    copying(Objects.requireNonNull(splits.tests().get("test_2016_flickr")), 0.67, 13_505);
    copying(Objects.requireNonNull(splits.tests().get("test_2017_flickr")), 0.27, 12_118);
  }

  private static void copying(ParallelText test, double score, long tokens) {
    Bleu bleu = Bleu.of(test.source(), test.target());
    assertThat(bleu.score()).isCloseTo(score, within(0.005));
    assertThat(bleu.referenceLength()).isEqualTo(tokens);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.Sha256;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextFilesTest {
  @TempDir Path folder;

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  private Path zip(String name, byte[] bytes) throws IOException {
    Path file = folder.resolve(name);
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(bytes);
    }
    return file;
  }

  private static String joined(RawText text) {
    return text.train().symbols() + text.validation().symbols() + text.test().symbols();
  }

  @Test
  void builtInShakespeareIsWhatItsSourceSays() {
    RawText text = TextFiles.shakespeare(0.05, 0.05);

    // SHA-256 of char-rnn's input.txt, from the notes beside the file; 90 / 5 / 5
    assertThat(Sha256.of(joined(text).getBytes(UTF_8)))
        .isEqualTo("86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed");
    assertThat(text.train().length()).isEqualTo(1_003_854);
    assertThat(text.validation().length()).isEqualTo(55_770);
    assertThat(text.test().length()).isEqualTo(55_770);
    TextSplits splits = TextSplits.of(text);
    assertThat(splits.vocabulary().size()).isEqualTo(65);
    assertThat(splits.vocabulary().decode(splits.train().ids(0, 14)))
        .isEqualTo("First Citizen:".getBytes(UTF_8));
    assertThat(splits.test().length()).isEqualTo(55_770);
  }

  @Test
  void cutsCodePointsNotSurrogates() throws IOException {
    Path file = write("music.txt", "𝄞".repeat(20).getBytes(UTF_8));

    RawText text = TextFiles.utf8(file, 0.1, 0.15);

    assertThat(text.train().symbols()).isEqualTo("𝄞".repeat(15));
    assertThat(text.validation()).isEqualTo(new TextPart(file.toString(), 15, "𝄞𝄞"));
    assertThat(text.test()).isEqualTo(new TextPart(file.toString(), 17, "𝄞𝄞𝄞"));
  }

  @Test
  void bytesAreSymbolsOneByOne() throws IOException {
    byte[] all = new byte[256];
    for (int i = 0; i < 256; i++) {
      all[i] = (byte) i;
    }
    Path plain = write("all", all);
    Path packed = zip("all.gz", all);

    TextSplits splits = TextSplits.of(TextFiles.bytes(plain, null, 0.05, 0.05));

    assertThat(splits.vocabulary().size()).isEqualTo(256);
    assertThat(splits.test().ids())
        .containsExactly(243, 244, 245, 246, 247, 248, 249, 250, 251, 252, 253, 254, 255);
    assertThat(joined(TextFiles.bytes(packed, 100, 0.05, 0.05)))
        .isEqualTo(joined(TextFiles.bytes(plain, null, 0.05, 0.05)).substring(0, 100));
    assertThatThrownBy(() -> TextFiles.bytes(plain, 257, 0.05, 0.05))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected at least 257 bytes, received 256 bytes");
  }

  @Test
  void aByteOrderMarkIsNotText() {
    assertThat(TextFiles.decode("x", HexFormat.of().parseHex("efbbbf61"))).isEqualTo("a");
  }

  /** Places from Table 3-7 of the Unicode standard, version 15: well-formed byte sequences. */
  @ParameterizedTest
  @CsvSource({
    "616280, 2, 0x80", // continuation without a start
    "61c0af, 1, 0xC0", // two bytes for what takes one
    "e282, 0, 0xE2", // cut short
    "61eda080, 1, 0xED", // a surrogate
    "f4908080, 0, 0xF4", // beyond U+10FFFF
    "c3a9ff, 2, 0xFF",
    "61fffe, 1, 0xFF"
  })
  void saysWhereUtf8IsWrong(String hex, int at, String received) throws IOException {
    Path file = write("bad.txt", HexFormat.of().parseHex(hex));

    assertThatThrownBy(() -> TextFiles.utf8(file, 0.1, 0.1))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(file + ": not valid UTF-8 at byte " + at + " ")
        .hasMessageContaining("received byte " + received);
  }

  @Test
  void refusesTextsThatCannotBeSplit() throws IOException {
    Path empty = write("empty.txt", new byte[0]);
    Path tiny = write("tiny.txt", "0123456789".getBytes(UTF_8));

    assertThatThrownBy(() -> TextFiles.utf8(empty, 0.05, 0.05))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the text is empty");
    assertThatThrownBy(() -> TextFiles.bytes(tiny, null, 0.05, 0.05))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received 10 symbols, cut into 8, 1 and 1");
  }

  @Test
  void aFolderMustHoldOneFile() throws IOException {
    assertThatThrownBy(() -> TextFiles.utf8(folder, 0.1, 0.1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received an empty folder");
    write(".hidden", new byte[] {1});
    write("a.txt", "text".repeat(20).getBytes(UTF_8));
    assertThat(joined(TextFiles.utf8(folder, 0.1, 0.1))).isEqualTo("text".repeat(20));
    write("b.txt", new byte[] {1});
    assertThatThrownBy(() -> TextFiles.bytes(folder, null, 0.1, 0.1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected one file, received 2 entries");
  }

  @Test
  void namesMissingAndDamagedFiles() throws IOException {
    Path missing = folder.resolve("nowhere.txt");
    assertThatThrownBy(() -> TextFiles.utf8(missing, 0.1, 0.1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("nowhere.txt: cannot be read")
        .hasMessageContaining("no such file");
    byte[] packed = Files.readAllBytes(zip("whole.gz", "text".repeat(1000).getBytes(UTF_8)));
    Path cut = write("cut.gz", java.util.Arrays.copyOf(packed, packed.length - 9));
    assertThatThrownBy(() -> TextFiles.bytes(cut, null, 0.1, 0.1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("gzip data is cut short");
  }

  @Test
  void aModelsVocabularyReadsOtherTextsOfItsKind() throws IOException {
    Vocabulary model =
        Vocabulary.of(Vocabulary.Kind.CHARACTERS, TextPart.of("train.txt", "abcdef\n"));
    Path good = write("good.txt", "feedabee".repeat(5).getBytes(UTF_8));
    Path bad = write("bad.txt", ("feedabee".repeat(5) + "z").getBytes(UTF_8));

    assertThat(TextSplits.of(TextFiles.utf8(good, 0.1, 0.1), model).train().id(0)).isEqualTo(6);
    assertThatThrownBy(() -> TextSplits.of(TextFiles.utf8(bad, 0.1, 0.1), model))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(bad + ": unknown symbol 'z' (U+007A) at position 40");
    assertThatThrownBy(() -> TextSplits.of(TextFiles.bytes(good, null, 0.1, 0.1), model))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected characters, received bytes");
  }

  @Test
  void aModelMustHaveRoomForAllSymbols() {
    TextSplits splits = TextSplits.of(TextFiles.shakespeare(0.05, 0.05));
    splits.requireFit(65);
    splits.requireFit(100);
    assertThatThrownBy(() -> splits.requireFit(64))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "model.symbols: too few for the text; expected at least 65, the different symbols of"
                + " the text, received 64. Set model.symbols to 65.");
  }

  @Test
  void theFingerprintTellsTextsApart() throws IOException {
    TextSplits one = TextSplits.of(TextFiles.utf8(write("1", letters("ab")), 0.1, 0.1));
    TextSplits same = TextSplits.of(TextFiles.utf8(zip("2.gz", letters("ab")), 0.1, 0.1));
    // equal ids, other symbols
    TextSplits other = TextSplits.of(TextFiles.utf8(write("3", letters("cd")), 0.1, 0.1));
    TextSplits cut = TextSplits.of(TextFiles.utf8(write("4", letters("ab")), 0.2, 0.1));

    assertThat(one.fingerprint())
        .hasSize(64)
        .isEqualTo(same.fingerprint())
        .isNotEqualTo(other.fingerprint())
        .isNotEqualTo(cut.fingerprint());
    // printf '\0\1\0\0' | sha256sum
    Vocabulary ab = Vocabulary.of(Vocabulary.Kind.CHARACTERS, TextPart.of("", "ab"));
    assertThat(ab.encode(TextPart.of("", "ba")).fingerprint())
        .isEqualTo("bf5e8ffa51a9e748985800c1d3d7f1a2a6ae7435136593ca8d9637e3f87c699c");
  }

  private static byte[] letters(String pair) {
    return pair.repeat(30).getBytes(UTF_8);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.hypernet4j.error.UserError;
import org.hypernet4j.spec.PtbDataSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PtbTextTest {
  private static final Path FULL = Path.of("..", "shared", "data", "ptb");

  @Test
  void readsUnitsOfTwoBytes(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("ptb.char.train.txt"), "a _ b \n N ");
    Files.writeString(folder.resolve("ptb.char.valid.txt"), "b \n ");
    Files.writeString(folder.resolve("ptb.char.test.txt"), "N N ");

    RawText text = PtbText.fromFolder(folder);

    assertThat(text.train().symbols()).isEqualTo("a_b\nN");
    assertThat(text.validation().symbols()).isEqualTo("b\n");
    assertThat(text.test().symbols()).isEqualTo("NN");
    assertThat(TextSplits.of(text).vocabulary().size()).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``       | there is nothing to predict; expected at least 2 symbols, received 0
          `a `     | there is nothing to predict; expected at least 2 symbols, received 1
          `a b`    | cut short; expected units of two bytes, a symbol and a space, received an odd
          `ab c`   | at byte 1 (counted from 0); expected a space after each symbol, received byte 0x62
          ` a b `  | at byte 0 (counted from 0); expected a printable ASCII character or a newline
          `a é `   | at byte 2 (counted from 0); expected a printable ASCII character
          """)
  void saysWhatIsWrongWithAFile(String payload, String message) {
    byte[] bytes = payload.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    assertThatThrownBy(() -> PtbText.symbols("ptb.char.train.txt", bytes))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("ptb.char.train.txt: ")
        .hasMessageContaining(message);
  }

  @Test
  void namesWhatIsMissing(@TempDir Path folder) throws IOException {
    assertThatThrownBy(() -> PtbText.fromFolder(folder))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("ptb.char.train.txt or ptb.char.train.txt.gz");
    Path file = Files.write(folder.resolve("x"), "a b ".getBytes(US_ASCII));
    assertThatThrownBy(() -> PtbText.fromFolder(file))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected a folder, received a file");
  }

  /** Counts of the literature; see the notes beside the data. */
  @Test
  void theFullTreebankHasThePublishedCounts() {
    assumeTrue(Files.isDirectory(FULL), "the Penn Treebank is not in " + FULL);
    TextSplits ptb = TextSplits.of(PtbText.fromFolder(FULL));
    assertThat(ptb.vocabulary().size()).isEqualTo(PtbDataSpec.SYMBOLS).isEqualTo(50);
    assertThat(ptb.train().length()).isEqualTo(5_017_482);
    assertThat(ptb.validation().length()).isEqualTo(393_042);
    assertThat(ptb.test().length()).isEqualTo(442_423);
    assertThat(
            Vocabulary.fromJson(ptb.vocabulary().toJson(), "x")
                .decode(java.util.stream.IntStream.range(0, 50).toArray()))
        .asString(US_ASCII)
        .isEqualTo("\n#$&'*-./0123456789<>N\\_abcdefghijklmnopqrstuvwxyz");
    // sentences end with the newline, which is the first symbol
    int[] test = ptb.test().ids();
    assertThat(java.util.Arrays.stream(test).filter(id -> id == 0).count()).isEqualTo(3_761);
    assertThat(test[test.length - 1]).isZero();
  }

  @Test
  void theFirstFourMillionBytesOfEnwik8HaveThePublishedSplit() {
    Path file = Path.of("..", "shared", "data", "enwik8");
    assumeTrue(Files.isDirectory(file), "enwik8 is not in " + file);
    TextSplits text = TextSplits.of(TextFiles.bytes(file, null, 0.05, 0.05));
    assertThat(text.vocabulary().size()).isEqualTo(200);
    assertThat(text.train().length()).isEqualTo(3_600_000);
    assertThat(text.validation().length()).isEqualTo(200_000);
    assertThat(text.test().length()).isEqualTo(200_000);
  }
}

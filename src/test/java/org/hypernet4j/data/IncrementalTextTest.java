// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class IncrementalTextTest {
  private static final Vocabulary BYTES =
      Vocabulary.of(
          Vocabulary.Kind.BYTES,
          TextPart.of(
              "all bytes",
              IntStream.range(0, 256)
                  .collect(
                      StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                  .toString()));

  /** What appears after each byte, and at the end. */
  private static List<String> pieces(String bytes) {
    IncrementalText text = new IncrementalText(BYTES);
    return Stream.concat(bytes.chars().mapToObj(text::add).toList().stream(), Stream.of(text.end()))
        .toList();
  }

  private static String utf8(String text) {
    return new String(text.getBytes(UTF_8), ISO_8859_1);
  }

  @Test
  void aCharacterAppearsWithItsLastByte() {
    assertThat(pieces(utf8("aé€"))).containsExactly("a", "", "é", "", "", "€", "");
    assertThat(pieces(utf8("😀!"))).containsExactly("", "", "", "😀", "!", "");
  }

  @Test
  void whatIsNoUtf8AppearsAsReplacementCharacter() {
    assertThat(String.join("", pieces("\u00ffa"))).isEqualTo("\ufffda");
    // a character of three bytes that is cut off after two, by another character and by the end
    assertThat(String.join("", pieces("\u00e2\u0082a"))).isEqualTo("\ufffda");
    assertThat(String.join("", pieces("b\u00e2\u0082"))).isEqualTo("b\ufffd");
  }

  @Test
  void everyTextOfBytesIsWhatTheJdkMakesOfTheWhole() {
    Random random = new Random(4);
    for (int n = 0; n < 200; n++) {
      byte[] bytes = new byte[40];
      random.nextBytes(bytes);
      assertThat(String.join("", pieces(new String(bytes, ISO_8859_1))))
          .isEqualTo(new String(bytes, UTF_8));
    }
  }

  @Test
  void charactersAppearAtOnce() {
    Vocabulary characters = Vocabulary.of(Vocabulary.Kind.CHARACTERS, TextPart.of("test", "a€😀"));
    IncrementalText text = new IncrementalText(characters);
    assertThat(text.add(1)).isEqualTo("€");
    assertThat(text.add(2)).isEqualTo("😀");
    assertThat(text.end()).isEmpty();
  }
}

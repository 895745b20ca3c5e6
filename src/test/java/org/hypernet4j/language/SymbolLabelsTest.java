// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.hypernet4j.data.TextPart;
import org.hypernet4j.data.Vocabulary;
import org.junit.jupiter.api.Test;

class SymbolLabelsTest {
  private static List<String> labels(Vocabulary.Kind kind, String symbols) {
    TextPart part = TextPart.of("text", symbols);
    Vocabulary vocabulary = Vocabulary.of(kind, part);
    return SymbolLabels.of(vocabulary, vocabulary.encode(part).ids());
  }

  private static List<String> ofBytes(byte... bytes) {
    return labels(Vocabulary.Kind.BYTES, new String(bytes, ISO_8859_1));
  }

  @Test
  void aCharacterIsItsOwnLabel() {
    assertThat(labels(Vocabulary.Kind.CHARACTERS, "aé 😀\n"))
        .containsExactly("a", "é", " ", "😀", "\n");
  }

  @Test
  void aCharacterOfSeveralBytesStandsAtTheFirst() {
    assertThat(ofBytes("aé€😀b".getBytes(UTF_8)))
        .containsExactly("a", "é", "", "€", "", "", "😀", "", "", "", "b");
  }

  @Test
  void bytesThatAreNoCharacterAreMarkedOneByOne() {
    assertThat(ofBytes((byte) 0xc3)).containsExactly("\uFFFD"); // the second byte is missing
    assertThat(ofBytes((byte) 0xc3, (byte) 'a')).containsExactly("\uFFFD", "a");
    assertThat(ofBytes((byte) 0xa9, (byte) 0xff, (byte) 'a'))
        .containsExactly("\uFFFD", "\uFFFD", "a");
  }
}

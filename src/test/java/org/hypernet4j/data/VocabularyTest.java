// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import java.util.stream.IntStream;
import org.hypernet4j.data.Vocabulary.Kind;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VocabularyTest {
  private static final TextPart TEXT = TextPart.of("x.txt", "b\na é𝄞a");

  @Test
  void numbersSymbolsInAscendingOrder() {
    Vocabulary vocabulary = Vocabulary.of(Kind.CHARACTERS, TEXT);

    // U+000A, U+0020, U+0061, U+0062, U+00E9, U+1D11E: the last is one symbol, not two surrogates
    assertThat(vocabulary.size()).isEqualTo(6);
    assertThat(vocabulary.encode(TEXT).ids()).containsExactly(3, 0, 2, 1, 4, 5, 2);
    assertThat(vocabulary.decode(5, 4, 3, 0)).isEqualTo("𝄞éb\n".getBytes(UTF_8));
  }

  @Test
  void numbersBytes() {
    byte[] bytes = {(byte) 0xff, 0, (byte) 0x80, 0};
    Vocabulary vocabulary =
        Vocabulary.of(Kind.BYTES, TextPart.of("x.bin", new String(bytes, ISO_8859_1)));

    assertThat(vocabulary.decode(2, 0, 1, 0)).isEqualTo(bytes);
    assertThat(vocabulary.toJson()).hasToString("{\"kind\":\"bytes\",\"symbols\":[0,128,255]}");
  }

  @Test
  void whatIsTypedForAModelOfBytesIsUtf8() {
    Vocabulary bytes =
        Vocabulary.of(Kind.BYTES, TextPart.of("x", new String("aé".getBytes(UTF_8), ISO_8859_1)));

    EncodedText typed = bytes.encodeTyped("--prompt", "é");

    assertThat(typed.ids()).containsExactly(2, 1); // 0xC3 0xA9 of 0x61, 0xA9, 0xC3
    assertThatThrownBy(() -> bytes.encodeTyped("--prompt", "aü"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("--prompt: unknown symbol byte 0xBC at position 2");
  }

  @Test
  void readsBackWhatItWrites() {
    Vocabulary characters = Vocabulary.of(Kind.CHARACTERS, TEXT);
    String text =
        new String(
            new int[] {0, 9, 0x7f, 0x80, 0xd7ff, 0xe000, 0xffff, 0x10ffff, '"', '\\'}, 0, 10);
    Vocabulary odd = Vocabulary.of(Kind.CHARACTERS, TextPart.of("odd", text));
    String all = new String(IntStream.range(0, 256).toArray(), 0, 256);
    Vocabulary bytes = Vocabulary.of(Kind.BYTES, TextPart.of("all", all));

    for (Vocabulary vocabulary : new Vocabulary[] {characters, odd, bytes}) {
      String json = vocabulary.toJson().toString();
      Vocabulary back = Vocabulary.fromJson(JsonParser.parseString(json), "v.json");
      assertThat(back).isEqualTo(vocabulary).hasSameHashCodeAs(vocabulary);
    }
    assertThat(characters).isNotEqualTo(odd);
    assertThat(characters.toJson().toString())
        .isEqualTo(
            "{\"kind\":\"characters\",\"symbols\":[\"\\n\",\" \",\"a\",\"b\",\"é\",\"𝄞\"]}");
  }

  @Test
  void namesTheUnknownSymbolAndItsPlace() {
    Vocabulary vocabulary = Vocabulary.of(Kind.CHARACTERS, TEXT);

    assertThatThrownBy(() -> vocabulary.encode(new TextPart("y.txt", 1000, "𝄞ab?")))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "y.txt: unknown symbol '?' (U+003F) at position 1003 (counted from 0); expected one of"
                + " the 6 symbols that the model knows. Take it out of the text, or train with a"
                + " text that holds it.");
    assertThatThrownBy(() -> vocabulary.encode(TextPart.of("y.txt", "\t")))
        .hasMessageContaining("unknown symbol U+0009 at position 0");
  }

  @ParameterizedTest
  @CsvSource({"-1", "6"})
  void refusesIdsOutsideOfIt(int id) {
    Vocabulary vocabulary = Vocabulary.of(Kind.CHARACTERS, TEXT);

    assertThatThrownBy(() -> vocabulary.decode(0, id))
        .isInstanceOf(UserError.class)
        .hasMessage("ids[1]: outside of the vocabulary; expected 0 to 5, received " + id + ".");
  }

  @Test
  void refusesTextsWithoutOrWithTooManySymbols() {
    assertThatThrownBy(() -> Vocabulary.of(Kind.BYTES, TextPart.of("empty.txt", "")))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("empty.txt: the text is empty");
    int[] many = IntStream.range(0x10000, 0x20001).toArray();
    TextPart text = TextPart.of("many.txt", new String(many, 0, many.length));
    assertThatThrownBy(() -> Vocabulary.of(Kind.CHARACTERS, text))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected 1 to 65536 different symbols, received 65537");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          []                                        | an object with 'kind'
          {"symbols":["a"]}                         | an object with 'kind'
          {"kind":"words","symbols":["a"]}          | an object with 'kind'
          {"kind":"bytes"}                          | a list 'symbols'
          {"kind":"bytes","symbols":[]}             | 1 to 65536 symbols
          {"kind":"bytes","symbols":[1,256]}        | a number from 0 to 255 as symbol 1
          {"kind":"bytes","symbols":[1.5]}          | a number from 0 to 255 as symbol 0
          {"kind":"bytes","symbols":["a"]}          | a number from 0 to 255 as symbol 0
          {"kind":"characters","symbols":["a",1]}   | one character as symbol 1
          {"kind":"characters","symbols":["ab"]}    | one character as symbol 0
          {"kind":"characters","symbols":[""]}      | one character as symbol 0
          {"kind":"characters","symbols":[null]}    | one character as symbol 0
          {"kind":"characters","symbols":["b","a"]} | ascending symbols, so not symbol 1
          {"kind":"characters","symbols":["a","a"]} | ascending symbols, so not symbol 1
          """)
  void refusesWhatIsNoVocabulary(String json, String expected) {
    assertThatThrownBy(() -> Vocabulary.fromJson(JsonParser.parseString(json), "v.json"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("v.json: not a vocabulary")
        .hasMessageContaining(expected);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {
  private static JsonText read(String text) {
    return new JsonText(text.getBytes(UTF_8));
  }

  /** Places and words are those of the parser that TensorFlow Serving uses. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "instances = [1, 2] | Invalid value. at offset: 0",
        "{\"a\": tru} | Invalid value. at offset: 9",
        "{\"a\": [1, 2} | Missing a comma or ] after an array element. at offset: 11",
        "{\"a\": 1 \"b\": 2} | Missing a comma or } after an object member. at offset: 8",
        "{\"a\" 1} | Missing a colon after a name of object member. at offset: 5",
        "{a: 1} | Missing a name for object member. at offset: 1",
        "{\"a\": 1,} | Missing a name for object member. at offset: 8",
        "{\"a\": [1,]} | Invalid value. at offset: 9",
        "{\"a\": } | Invalid value. at offset: 6",
        "{\"a\": 1. } | Miss fraction part in number. at offset: 8",
        "{\"a\": 1e } | Miss exponent in number. at offset: 8",
        "{\"a\": 1e400 } | Number too big to be stored in double. at offset: 6",
        "{\"a\": 01} | Missing a comma or } after an object member. at offset: 7",
        "{\"a\": +1} | Invalid value. at offset: 6",
        "{\"a\": Nan} | Invalid value. at offset: 8",
        "{\"a\": \"x | Missing a closing quotation mark in string. at offset: 8",
        "{\"a\": \"\\x\"} | Invalid escape character in string. at offset: 7",
        "{\"a\": \"\\u12g4\"} | Incorrect hex digit after \\u escape in string. at offset: 7",
        "{\"a\": \"\\ud800x\"} | The surrogate pair in string is invalid. at offset: 7",
        "{'a': 1} | Missing a name for object member. at offset: 1",
        "} | The document is empty. at offset: 0",
        "{ | Missing a name for object member. at offset: 1",
      })
  void errorsSayWhatAndWhere(String text, String error) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(RestError.class)
        .hasMessage("JSON Parse error: " + error);
  }

  @Test
  void nothingAndNoObject() {
    assertThatThrownBy(() -> read("")).hasMessage("JSON Parse error: The document is empty");
    assertThatThrownBy(() -> read("  "))
        .hasMessage("JSON Parse error: The document is empty. at offset: 2");
    assertThatThrownBy(() -> read("[1, 2.50]")).hasMessage("JSON Value: [1, 2.5] Is not object");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"a\": NaN, \"b\": [-Infinity, Infinity, -NaN, Inf]}",
        "{\"a\": 1} and what follows",
        "\uFEFF{\"a\": 1}",
        "{\"a\": \"\\ud83d\\ude00 \\u00e9\\n\\/\"}",
      })
  void takes(String text) {
    assertThat(read(text).peek(read(text).root())).isEqualTo('{');
  }

  @Test
  void membersAreFoundInTheOutermostObjectOnlyTheFirstOfSeveral() {
    JsonText text = read("{\"x\": {\"y\": 1}, \"z\\u0061\": \"\\ud83d\\ude00\\t\", \"x\": 2}");

    assertThat(text.member("x")).isEqualTo(6);
    assertThat(text.member("y")).isNull();
    Integer value = text.member("za");
    assertThat(value).isNotNull();
    assertThat(text.text(value)).isEqualTo("\uD83D\uDE00\t");
    assertThat(text.end(6)).isEqualTo(14);
  }

  @Test
  void nestingCostsNoStack() {
    String deep = "{\"a\": " + "[".repeat(200_000) + "]".repeat(200_000) + "}";

    assertThat(read(deep).member("a")).isEqualTo(6);
    assertThatThrownBy(() -> read(deep.substring(0, 150_000)))
        .hasMessage("JSON Parse error: Invalid value. at offset: 150000");
  }

  /** Texts with a byte changed: Gson, an independent reader, has to be of the same opinion. */
  @Test
  void takesWhatGsonTakes() {
    String sound =
        "{\"instances\": [[1, -2.5e3, 0.25], [true, false, null]], \"s\": {\"k\\n\": \"\\u00e9\"}}";
    String letters = "{}[]:,\"\\ \n\t019.eE+-truefalsn\u0001";
    SplittableRandom random = new SplittableRandom(3);
    int taken = 0;
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder(sound);
      for (int edits = 1 + random.nextInt(2); edits > 0; edits--) {
        int at = random.nextInt(text.length());
        char letter = letters.charAt(random.nextInt(letters.length()));
        switch (random.nextInt(3)) {
          case 0 -> text.setCharAt(at, letter);
          case 1 -> text.insert(at, letter);
          default -> text.deleteCharAt(at);
        }
      }
      boolean ours = isTaken(text.toString());
      assertThat(ours).as(text.toString()).isEqualTo(gson(text.toString()) != null);
      taken += ours ? 1 : 0;
    }
    assertThat(taken).isBetween(2_000, 18_000);
  }

  private static boolean isTaken(String text) {
    try {
      read(text);
      return true;
    } catch (RestError e) {
      return false;
    }
  }

  private static @Nullable JsonElement gson(String text) {
    JsonReader reader = new JsonReader(new StringReader(text));
    reader.setStrictness(Strictness.STRICT);
    try {
      if (reader.peek() != JsonToken.BEGIN_OBJECT) {
        return null;
      }
      return JsonParser.parseReader(reader);
    } catch (IOException | JsonParseException | IllegalStateException e) {
      return null;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "-0.0",
        "7",
        "2147483648",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "123456789012345678",
        "1234567890123456789012",
        "0.1",
        "-12.375",
        "0.000000000000000000000001",
        "123456789.123456789",
        "9007199254740993.0",
        "1e22",
        "1.5E-7",
        "3.4028235e38",
        "1e-320",
        "0.10000000000000000555111512312578270211815834045410156250"
      })
  void numbersAreTheNearest(String number) {
    JsonText text = read("{\"a\": " + number + "}");
    JsonNumber read = new JsonNumber();
    read.read(text, 6);

    assertThat(read.end()).isEqualTo(6 + number.length());
    double expected = Double.parseDouble(number);
    assertThat(read.value()).isEqualTo(number.equals("-0") ? 0.0 : expected);
    boolean integer =
        (number.matches("-?[0-9]+") && Math.abs(expected) < 0x1p63)
            || number.equals("-9223372036854775808")
            || number.equals("9223372036854775807");
    assertThat(read.isLong()).isEqualTo(integer);
    if (integer) {
      assertThat(read.integer()).isEqualTo(Long.parseLong(number));
    }
    assertThat(read.isInt()).isEqualTo(integer && (int) expected == expected);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BleuTest {
  private static final Path STORED = Path.of("src/test/resources/measure/bleu.json");

  /** A bar stands between sentences. */
  private static List<String> sentences(String joined) {
    return List.of(joined.split("\\|", -1));
  }

  private static List<Long> numbers(String joined) {
    return Arrays.stream(joined.split(" ")).map(Long::valueOf).toList();
  }

  /** What sacreBLEU 2.6.0 printed for these six. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\0',
      value = {
        "L'homme court, vite.; L'homme court, vite.; 100.000000; 5 4 3 2; 5 4 3 2; 1; 5; 5; false",
        "Un chien court dans la neige .; Un chien brun court dans la neige fraîche, ce matin.;"
            + " 24.875215; 7 4 2 1; 7 6 5 4; 0.489542; 7; 12; false",
        "Une fille lit un livre.; Une fille rousse lit le livre.;"
            + " 20.547996; 5 2 0 0; 6 5 4 3; 0.846482; 6; 7; false",
        "Deux hommes portent 1,5 kg de \"bois\".|Il y a 3 chats (noirs) ici"
            + "|Une femme-agent sourit !;"
            + "Deux hommes portent 1,5 kg de bois.|Il y a trois chats noirs ici."
            + "|Une femme-agent sourit!; 46.320574; 18 10 7 4; 23 20 17 14; 1; 23; 20; false",
        "DEUX hommes portent 1,5 kg de \"bois\".|il y a 3 chats (noirs) ici"
            + "|Une Femme-agent sourit !;"
            + "Deux hommes portent 1,5 kg de bois.|Il y a trois chats noirs ici."
            + "|Une femme-agent sourit!; 46.320574; 18 10 7 4; 23 20 17 14; 1; 23; 20; true",
        "|le le le le chat dort; Un vélo rouge.|le chat dort sur le lit;"
            + " 16.669007; 4 2 1 0; 6 5 4 3; 0.513417; 6; 10; false"
      })
  void sixKnownCases(
      String hypotheses,
      String references,
      double score,
      String counts,
      String totals,
      double penalty,
      long system,
      long reference,
      boolean lowerCase) {
    List<String> said = sentences(hypotheses);
    List<String> wanted = sentences(references);

    Bleu made = lowerCase ? Bleu.lowerCased(said, wanted) : Bleu.of(said, wanted);

    assertThat(made.score()).isCloseTo(score, within(5e-7));
    assertThat(made.counts()).containsExactly(numbers(counts).toArray(Long[]::new));
    assertThat(made.totals()).containsExactly(numbers(totals).toArray(Long[]::new));
    assertThat(made.brevityPenalty()).isCloseTo(penalty, within(5e-7));
    assertThat(made.systemLength()).isEqualTo(system);
    assertThat(made.referenceLength()).isEqualTo(reference);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '\0',
      value = {
        "1,5 kg de \"bois\". => 1,5 kg de \" bois \" .",
        "U.S. 10-20, a.b => U . S . 10 - 20 , a . b",
        "(noirs) &amp; co. => ( noirs ) & co .",
        "L'homme… l’été => L'homme… l’été"
      })
  void tokensOfKnownTexts(String text, String tokens) {
    assertThat(String.join(" ", Bleu.tokenize13a(text))).isEqualTo(tokens);
  }

  /** {@code python-compat-tests/bleu_reference.py} made them with sacreBLEU. */
  @Test
  void equalsSacreBleuOnAHundredRandomCorpora() throws IOException {
    JsonArray corpora = stored().getAsJsonArray("corpora");
    assertThat(corpora).hasSize(100);
    for (JsonElement element : corpora) {
      JsonObject corpus = element.getAsJsonObject();
      List<String> said = strings(corpus.getAsJsonArray("hypotheses"));
      List<String> wanted = strings(corpus.getAsJsonArray("references"));
      JsonObject expected = corpus.getAsJsonObject("bleu");

      Bleu made =
          corpus.get("lowerCase").getAsBoolean()
              ? Bleu.lowerCased(said, wanted)
              : Bleu.of(said, wanted);

      String text = corpus.toString();
      assertThat(made.counts()).as(text).containsExactly(longs(expected, "counts"));
      assertThat(made.totals()).as(text).containsExactly(longs(expected, "totals"));
      assertThat(made.systemLength()).isEqualTo(expected.get("systemLength").getAsLong());
      assertThat(made.referenceLength()).isEqualTo(expected.get("referenceLength").getAsLong());
      assertThat(made.score())
          .as(text)
          .isCloseTo(expected.get("score").getAsDouble(), within(1e-11));
      assertThat(made.brevityPenalty())
          .isCloseTo(expected.get("brevityPenalty").getAsDouble(), within(1e-14));
      assertThat(made.signature()).isEqualTo(expected.get("signature").getAsString());
    }
  }

  /** Apostrophes, ellipses, blanks of many kinds, entities, emoji, digits that are not ASCII. */
  @Test
  void equalsSacreBleusTokens() throws IOException {
    JsonObject tokens = stored().getAsJsonObject("tokens");
    assertThat(tokens.size()).isGreaterThan(500);
    for (Map.Entry<String, JsonElement> text : tokens.entrySet()) {
      assertThat(Bleu.tokenize13a(text.getKey()))
          .as(text.getKey())
          .isEqualTo(strings(text.getValue().getAsJsonArray()));
    }
  }

  @Test
  void edgesByHand() {
    // no token at all: no penalty is due, and no score
    Bleu none = Bleu.of(List.of(""), List.of(""));
    assertThat(none.score()).isZero();
    assertThat(none.brevityPenalty()).isEqualTo(1);
    Bleu nothingSaid = Bleu.of(List.of("", " "), List.of("a b c d", "e"));
    assertThat(nothingSaid.score()).isZero();
    assertThat(nothingSaid.brevityPenalty()).isZero();
    assertThat(nothingSaid.referenceLength()).isEqualTo(5);
    // three right tokens, but no four in a row anywhere
    assertThat(Bleu.of(List.of("a b c"), List.of("a b c")).score()).isZero();
    assertThat(Bleu.of(List.of("a b c d"), List.of("a b c d")).score())
        .isCloseTo(100, within(1e-12));
    // 3/4, 1/3, 0/2 as 1/(2 2), 0/1 as 1/(4 1)
    assertThat(Bleu.of(List.of("a b x c"), List.of("a b c d")).score())
        .isCloseTo(
            100 * Math.pow(3 / 4.0 * (1 / 3.0) * (1 / 4.0) * (1 / 4.0), 0.25), within(1e-12));
    // one twice of three in the reference: clipped to it
    assertThat(Bleu.of(List.of("a a a a a"), List.of("a a b c d")).counts())
        .containsExactly(2, 1, 0, 0);
    // a corpus is more than the mean of its sentences
    List<String> said = Collections.nCopies(3, "a b c");
    assertThat(Bleu.of(List.of("a b c d", "x"), List.of("a b c d", "y")).score())
        .isCloseTo(100 * Math.pow(4 / 5.0, 0.25), within(1e-12));
    assertThat(Bleu.of(said, said).totals()).containsExactly(9, 6, 3, 0);
  }

  @Test
  void signatures() {
    List<String> text = List.of("a");
    assertThat(Bleu.of(text, text).signature())
        .isEqualTo("nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp");
    assertThat(Bleu.lowerCased(text, text).signature())
        .isEqualTo("nrefs:1|case:lc|eff:no|tok:13a|smooth:exp");
  }

  @Test
  void refusesListsThatDoNotBelongTogether() {
    assertThatThrownBy(() -> Bleu.of(List.of("a", "b"), List.of("a")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected 2 values, received 1 references");
    assertThatThrownBy(() -> Bleu.lowerCased(List.of(), List.of()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("nothing to measure");
  }

  private static JsonObject stored() throws IOException {
    return JsonParser.parseString(Files.readString(STORED)).getAsJsonObject();
  }

  private static List<String> strings(JsonArray array) {
    return IntStream.range(0, array.size()).mapToObj(i -> array.get(i).getAsString()).toList();
  }

  private static Long[] longs(JsonObject from, String name) {
    JsonArray array = from.getAsJsonArray(name);
    return IntStream.range(0, array.size())
        .mapToObj(i -> array.get(i).getAsLong())
        .toArray(Long[]::new);
  }
}

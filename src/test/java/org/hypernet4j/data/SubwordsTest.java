// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training and applying; {@link SubwordFilesTest} has the files. */
class SubwordsTest {
  private static final List<String> TEXT =
      List.of(
          "The dog, a small dog, sees 12 dogs; the dog barks!",
          "Le chien, un petit chien, voit 12 chiens ; le chien aboie !",
          "Où est l'été ? L'été est là, naïve Zoë — 20 °C.");

  /**
   * The example of Sennrich et al. 2016, counted by hand: es 9 times, est 9, lo 7, low 7, ▁low 7;
   * then ▁n, ne, ew and west 6 times each, of which e comes first by its code point.
   */
  @Test
  void theExampleOfThePaper() {
    List<String> lines = new ArrayList<>();
    lines.addAll(Collections.nCopies(5, "low"));
    lines.addAll(Collections.nCopies(2, "lower"));
    lines.addAll(Collections.nCopies(6, "newest"));
    lines.addAll(Collections.nCopies(3, "widest"));

    Subwords subwords = Subwords.train(lines, 4 + 11 + 9);

    assertThat(subwords.pieces().subList(0, 15))
        .containsExactly(
            "<pad>", "<s>", "</s>", "<unk>", "d", "e", "i", "l", "n", "o", "r", "s", "t", "w", "▁");
    assertThat(subwords.merges())
        .containsExactly(
            "e s", "es t", "l o", "lo w", "▁ low", "e w", "ew est", "n ewest", "▁ newest");
    assertThat(subwords.size()).isEqualTo(24);
    assertThat(subwords.split("lowest newer"))
        .containsExactly("▁low", "est", "▁", "n", "ew", "e", "r");
    assertThat(subwords.encode("lowest")).containsExactly(19, 16);
  }

  /** Few characters, so that equal counts, aaa, and two ways to one piece are frequent. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void trainsAndAppliesAsTheDefinitionReads(long seed) {
    Random random = new Random(seed);
    // U+1F600 comes after U+FF01 by code points, before it by UTF-16
    String[] characters = {"a", "b", "c", "é", "ж", "1", ".", "！", "😀"};
    int most = 2 + (int) (seed % 8);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      lines.add(line(random, characters, most, 4, 7));
    }
    int size = 20 + random.nextInt(60);

    Subwords subwords = Subwords.train(lines, size);
    NaiveSubwords naive = NaiveSubwords.train(lines, size);

    assertThat(subwords.merges()).isEqualTo(naive.merges);
    assertThat(subwords.pieces()).isEqualTo(naive.pieces);
    assertThat(subwords.merges()).hasSizeGreaterThan(3);
    for (int i = 0; i < 30; i++) {
      String line = line(random, characters, characters.length, 4, 30);
      assertThat(subwords.split(line)).isEqualTo(naive.split(line));
    }
  }

  private static String line(Random random, String[] characters, int most, int words, int longest) {
    StringBuilder line = new StringBuilder();
    for (int word = 0; word < 1 + random.nextInt(words); word++) {
      line.append(word == 0 ? "" : " ");
      for (int i = 0; i < 1 + random.nextInt(longest); i++) {
        line.append(characters[random.nextInt(most)]);
      }
    }
    return line.toString();
  }

  /** abc is made of ab and c, and of a and bc; the second way needs no piece of its own. */
  @Test
  void aPieceMayBeMadeInTwoWays() {
    List<String> merges = List.of("a b", "b c", "ab c", "a bc", "▁ abc");
    Subwords subwords =
        Subwords.of(
            List.of("<pad>", "<s>", "</s>", "<unk>", "a", "b", "c", "▁", "ab", "bc", "abc", "▁abc"),
            merges);

    assertThat(subwords.encode("abc")).containsExactly(11);
    assertThat(subwords.split("bcabc")).containsExactly("▁", "bc", "abc");
  }

  @Test
  void theOrderOfTheLinesDoesNotMatter() {
    List<String> other = new ArrayList<>(TEXT);
    Collections.reverse(other);

    assertThat(Subwords.train(other, 80)).isEqualTo(Subwords.train(TEXT, 80));
    assertThat(Subwords.train(other, 80).sha256()).isEqualTo(Subwords.train(TEXT, 80).sha256());
    assertThat(Subwords.train(TEXT, 81).sha256()).isNotEqualTo(Subwords.train(TEXT, 80).sha256());
  }

  /** So that "dog", "dog," and "dog;" share a piece. */
  @Test
  void noPieceJoinsLettersDigitsAndSigns() {
    Subwords subwords = Subwords.train(TEXT, 1000);

    assertThat(subwords.split("dog, dogs; 12 l'été !"))
        .containsExactly("▁dog", ",", "▁dogs", ";", "▁12", "▁l", "'", "été", "▁!");
    assertThat(subwords.pieces().subList(4, subwords.size()))
        .allMatch(piece -> piece.matches("▁?([\\p{L}\\p{M}]*|\\p{N}*|[^\\p{L}\\p{M}\\p{N}▁]*)"));
  }

  @Test
  void staysSmallerIfNothingIsLeftToJoin() {
    Subwords subwords = Subwords.train(List.of("ab ab"), 100);

    assertThat(subwords.merges()).containsExactly("a b", "▁ ab");
    assertThat(subwords.size()).isEqualTo(4 + 3 + 2);
  }

  @ParameterizedTest
  @ValueSource(ints = {22, 1000}) // 22: 4 special pieces, the mark and 17 characters, so no merge
  void noCharacterOfTheTrainingTextIsUnknown(int size) {
    // combining marks in both forms, Hangul in parts, U+212B which NFC replaces, an emoji
    List<String> text =
        List.of(
            "e\u0301t\u00e9 q\u0301", "\u1112\u1161\u11ab", "\u212b\u0301 x", "a 😀!", "\uFEFFz");
    Subwords subwords = Subwords.train(text, size);

    for (String line : text) {
      assertThat(subwords.unknownCharacters(line)).as(line).isZero();
      line.codePoints()
          .mapToObj(Character::toString)
          .forEach(c -> assertThat(subwords.unknownCharacters("x" + c)).as(c).isZero());
    }
  }

  @Test
  void unknownCharactersAreCountedAndShownAsThemselves() {
    Subwords subwords = Subwords.train(TEXT, 200);
    String line = "Le chien 😀😀 q\u0301 voit ☃";

    assertThat(subwords.unknownCharacters(line))
        .isEqualTo(5); // q, its accent, two faces, a snowman
    assertThat(IntStream.of(subwords.encode(line)).filter(id -> id == Subwords.UNKNOWN).count())
        .isEqualTo(5);
    assertThat(subwords.split(line))
        .contains("😀", "☃")
        .hasSameSizeAs(toList(subwords.encode(line)));
    assertThat(Subwords.join(subwords.split(line))).isEqualTo(line);
    assertThat(subwords.decode(subwords.encode(line))).isEqualTo("Le chien voit");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "The dog barks!",
        "  The\tdog \r  barks!  ",
        "The\u00a0dog\u2003barks!\u2028\u3000",
        "▁The▁▁dog\u0085barks!▁"
      })
  void everyWhiteSpaceAndTheMarkAreOneBlank(String line) {
    Subwords subwords = Subwords.train(TEXT, 90);

    assertThat(subwords.encode(line)).isEqualTo(subwords.encode("The dog barks!"));
    assertThat(subwords.decode(subwords.encode(line))).isEqualTo("The dog barks!");
    assertThat(Subwords.train(List.of(line), 20))
        .isEqualTo(Subwords.train(List.of("The dog barks!"), 20));
  }

  @Test
  void composedAndDecomposedTextIsTheSame() {
    Subwords subwords = Subwords.train(TEXT, 90);

    assertThat(subwords.encode("l'e\u0301te\u0301")).isEqualTo(subwords.encode("l'été"));
    assertThat(subwords.decode(subwords.encode("l'e\u0301te\u0301"))).isEqualTo("l'été");
  }

  /** A sentence must not be able to end itself. */
  @Test
  void specialPiecesInATextAreOrdinaryText() {
    List<String> text = Collections.nCopies(50, "</s> <s> <pad> <unk> a<unk> a</s>");
    Subwords subwords = Subwords.train(text, 60);

    assertThat(toList(subwords.encode(text.get(0)))).allMatch(id -> id > Subwords.UNKNOWN);
    assertThat(subwords.decode(subwords.encode(text.get(0)))).isEqualTo(text.get(0));
    assertThat(subwords.decode(1, 2, 0, 3)).isEmpty();
  }

  @Test
  void blankLinesHaveNoPieces() {
    Subwords subwords = Subwords.train(TEXT, 90);

    assertThat(subwords.encode("")).isEmpty();
    assertThat(subwords.encode(" \t▁")).isEmpty();
    assertThat(subwords.split("")).isEmpty();
    assertThat(subwords.decode()).isEmpty();
  }

  @Test
  void halfASurrogatePairIsTheReplacementCharacter() {
    Subwords subwords = Subwords.train(List.of("a\ud800 b"), 20);

    assertThat(subwords.pieces()).contains("\ufffd");
    assertThat(subwords.decode(subwords.encode("a\udc00"))).isEqualTo("a\ufffd");
  }

  /** By the definition this would take about 10^10 steps. */
  @Test
  void aVeryLongWordIsNoTrouble() {
    String word = "ab".repeat(100_000);
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          Subwords subwords = Subwords.train(List.of(word), 30);
          assertThat(subwords.decode(subwords.encode(word))).isEqualTo(word);
        });
  }

  /** Java's own normaliser needs a time that grows with the square: 8 s for 80,000 such marks. */
  @Test
  void manyAccentsOnALetterAreNoTrouble() {
    String line = "e" + "\u0301\u0323".repeat(100_000);
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          Subwords subwords = Subwords.train(List.of(line), 30);
          assertThat(subwords.unknownCharacters(line)).isZero();
          assertThat(subwords.unknownCharacters("e")).isZero();
        });
  }

  @Test
  void tooFewPiecesForTheCharactersIsAnError() {
    assertThatThrownBy(() -> Subwords.train(List.of("abc d"), 8))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "size: too small for the characters of the text; expected at least 9: 4 special pieces,"
                + " the word mark and 4 characters, received 8. Choose a larger size, or a text"
                + " with fewer different characters.");
    assertThat(Subwords.train(List.of("abc d"), 9).size()).isEqualTo(9);
  }

  @Test
  void noWordIsAnError() {
    assertThatThrownBy(() -> Subwords.train(List.of("", " \u00a0▁"), 8))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("training text: there is no word in it");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 90})
  void idsOutsideAreAnError(int id) {
    Subwords subwords = Subwords.train(TEXT, 90);

    assertThatThrownBy(() -> subwords.decode(5, id))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(
            "ids[1]: outside of the vocabulary; expected 0 to 89, received " + id);
  }

  private static List<Integer> toList(int[] ids) {
    return IntStream.of(ids).boxed().toList();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;
import org.hypernet4j.random.StatelessRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PenWordsTest {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz";

  private static List<String> listed() {
    List<String> words = new ArrayList<>();
    DataStream.lines("penwords/words.txt").forEach(l -> words.addAll(Arrays.asList(l.split(" "))));
    return words;
  }

  private static Set<String> words(DrawingPart part) {
    Set<String> words = new HashSet<>();
    part.texts().forEach(text -> words.addAll(Arrays.asList(text.split(" "))));
    return words;
  }

  /** By hand: the pen is lifted within f, i, j, k, t and x, and after every letter. */
  @ParameterizedTest
  @CsvSource({"it fox, 9", ALPHABET + ", 32", "nun, 3", "  a   b , 2"})
  void aTextHasTheStrokesOfItsLetters(String text, int strokes) {
    PenDrawing drawing = PenWords.write(text, StatelessRandom.of(7));
    assertThat(drawing.strokes()).isEqualTo(strokes);
    assertThat(drawing.lifted(drawing.points() - 1)).isTrue();
  }

  @Test
  void everyDrawingIsAFunctionOfSeedPartAndNumber() {
    DrawingSplits few = PenWords.splits(1, 5, 2, 3, 2);
    DrawingSplits many = PenWords.splits(1, 9, 4, 3, 2);

    assertThat(many.train().drawings().subList(0, 5)).isEqualTo(few.train().drawings());
    assertThat(many.train().texts().subList(0, 5)).isEqualTo(few.train().texts());
    assertThat(many.validation().texts().subList(0, 2)).isEqualTo(few.validation().texts());
    assertThat(many.test().fingerprint()).isEqualTo(few.test().fingerprint());
    assertThat(PenWords.splits(2, 5, 2, 3, 2).fingerprint()).isNotEqualTo(few.fingerprint());
    assertThat(new HashSet<>(many.train().drawings())).hasSize(9);
  }

  @Test
  void trainingSharesNoListedWordWithTheOtherParts() {
    DrawingSplits words = PenWords.splits(3, 400, 150, 150, 2);

    assertThat(words.notes())
        .containsExactly("synthetic: words drawn with a built-in alphabet, written by nobody");
    assertThat(words.train().texts()).allMatch(text -> text.matches("[a-z]+( [a-z]+)?"));
    long two = words.train().texts().stream().filter(text -> text.contains(" ")).count();
    assertThat(two).isBetween(160L, 240L); // half of 400, four standard deviations
    assertThat(String.join("", words.train().texts()).chars().distinct().count()).isEqualTo(27);

    Set<String> listed = new HashSet<>(listed());
    Set<String> trained = words(words.train());
    Set<String> held = new HashSet<>(words(words.validation()));
    held.addAll(words(words.test()));
    trained.retainAll(listed);
    held.retainAll(listed);
    assertThat(trained).hasSizeGreaterThan(200).doesNotContainAnyElementsOf(held);
    assertThat(held).hasSizeGreaterThan(100);
    // seven words in ten: 400 drawings have 600 words, of which 420 are of the list
    long all = words.train().texts().stream().mapToLong(text -> text.split(" ").length).sum();
    long known =
        words.train().texts().stream()
            .flatMap(text -> Arrays.stream(text.split(" ")))
            .filter(listed::contains)
            .count();
    assertThat((double) known / all).isCloseTo(0.7, within(0.08));
  }

  @Test
  void hasTwentyToThirtyPointsACharacter() {
    DrawingPart part = PenWords.splits(1, 300, 1, 1, 2).train();
    long characters = part.texts().stream().mapToLong(String::length).sum();
    assertThat((double) part.points() / characters).isBetween(20.0, 30.0);
    assertThat(part.longest()).isLessThan(600);
  }

  /**
   * Sizes by the alphabet, o 50 and l 93 high, times a scale of 0.34 to 0.56; shaken by a tenth.
   */
  @Test
  void lettersHaveTheirHeights() {
    for (int hand = 0; hand < 100; hand++) {
      double small = height(PenWords.write("o", StatelessRandom.of(hand)));
      double tall = height(PenWords.write("l", StatelessRandom.of(hand)));
      assertThat(small).isBetween(50 * 0.34 * 0.85, 50 * 0.56 * 1.15);
      assertThat(tall / small).isBetween(93.0 / 50 * 0.8, 93.0 / 50 * 1.2);
    }
  }

  private static double height(PenDrawing drawing) {
    double y = 0;
    double top = 0;
    double bottom = 0;
    for (int i = 0; i < drawing.points(); i++) {
      y += drawing.dy(i);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
    return bottom - top;
  }

  /** Writing goes to the right: a word further on starts beyond the end of the one before. */
  @Test
  void lettersStandSideBySide() {
    PenDrawing drawing = PenWords.write("nn nn", StatelessRandom.of(5));
    double x = 0;
    List<Double> starts = new ArrayList<>();
    boolean up = true;
    for (int i = 0; i < drawing.points(); i++) {
      if (up) {
        starts.add(x + (i == 0 ? 0 : drawing.dx(i)));
      }
      x += drawing.dx(i);
      up = drawing.lifted(i);
    }
    // 42 wide and a gap of 9 to 16, or of 30 to 46 more between words, times 0.34 to 0.56 and 0.88
    // to 1.12
    double letter = starts.get(1) - starts.get(0);
    assertThat(letter).isBetween(45 * 0.34 * 0.88, 64 * 0.56 * 1.12);
    assertThat(starts.get(2) - starts.get(1)).isGreaterThan(1.3 * letter);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          `aB`  | text: the alphabet has no character like number 2; expected lower-case letters a to z and spaces, received 'B'.
          `é`   | text: the alphabet has no character like number 1; expected lower-case letters a to z and spaces, received 'é'.
          ` 1`  | text: the alphabet has no character like number 2; expected lower-case letters a to z and spaces, received '1'.
          `  `  | text: there is nothing to write; expected at least one letter, received '  '.
          ``    | text: there is nothing to write; expected at least one letter, received ''.
          """)
  void saysWhatItCannotWrite(String text, String message) {
    assertThatThrownBy(() -> PenWords.write(text, StatelessRandom.of(1)))
        .isInstanceOf(UserError.class)
        .hasMessage(message);
  }

  @Test
  void theListHasDifferentWordsOfLetters() {
    List<String> words = listed();
    assertThat(words).hasSize(762).doesNotHaveDuplicates().allMatch(w -> w.matches("[a-z]{2,9}"));
    PenAlphabet alphabet = PenAlphabet.load();
    assertThat(ALPHABET.chars().allMatch(c -> alphabet.has((char) c))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(chars = {'a', 'g', 'm', 'x', 'z'})
  void curvesGoThroughTheirPoints(char character) {
    for (PenAlphabet.Stroke stroke : PenAlphabet.load().letter(character).strokes()) {
      double[][] curve = stroke.curve();
      for (int i = 0; i < stroke.x().length; i++) {
        assertThat(curve[0][16 * i]).isEqualTo(stroke.x()[i]);
        assertThat(curve[1][16 * i]).isEqualTo(stroke.y()[i]);
      }
    }
  }

  /** By hand, from Hermite's cubic with 16 places between points. */
  @Test
  void curvesAreStraightBetweenCornersAndRoundElsewhere() {
    double[] x = {0, 10, 20};
    double[] y = {0, 5, 0};
    double[][] sharp = new PenAlphabet.Stroke(x, y, new boolean[] {false, true, false}).curve();
    assertThat(sharp[1][4]).isCloseTo(1.25, within(1e-12));
    assertThat(sharp[1][8]).isCloseTo(2.5, within(1e-12));
    // slopes 5 at the start and 0 at the top: 5/2 + (5 - 0)/8
    double[][] round = new PenAlphabet.Stroke(x, y, new boolean[3]).curve();
    assertThat(round[1][8]).isCloseTo(3.125, within(1e-12));
    assertThat(round[1][24]).isCloseTo(3.125, within(1e-12));
    assertThat(round[0][8]).isCloseTo(5, within(1e-12));
  }
}

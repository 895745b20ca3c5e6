// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;
import org.junit.jupiter.api.Test;

class WrittenTextsTest {
  private static DrawingPart part(String... texts) {
    PenDrawing point = PenDrawing.of("point", new float[] {1, 2, 1});
    return new DrawingPart("part", Collections.nCopies(texts.length, point), List.of(texts));
  }

  private static String symbols(Vocabulary vocabulary) {
    StringBuilder all = new StringBuilder();
    vocabulary.toJson().getAsJsonArray("symbols").forEach(one -> all.append(one.getAsString()));
    return all.toString();
  }

  /** b and e thrice, a and the smile twice, c and d once. */
  private static final DrawingPart SOME = part("bab eee\uD83D\uDE00\uD83D\uDE00", "dab", "c");

  @Test
  void theMostFrequentCharactersHaveLabelsInTheOrderOfTheirCodes() {
    assertThat(symbols(WrittenTexts.vocabulary(SOME, 100))).isEqualTo(" abcde\uFFFD\uD83D\uDE00");
    assertThat(symbols(WrittenTexts.vocabulary(SOME, 4))).isEqualTo("abe\uFFFD");
    assertThat(symbols(WrittenTexts.vocabulary(SOME, 2))).isEqualTo("b\uFFFD");
  }

  @Test
  void allOthersShareOneLabel() {
    Vocabulary vocabulary = WrittenTexts.vocabulary(SOME, 4);

    DrawingPart known = WrittenTexts.known(part("abc", "x\uD83D\uDE00e", "\uFFFD", ""), vocabulary);

    assertThat(known.texts()).containsExactly("ab\uFFFD", "\uFFFD\uFFFDe", "\uFFFD", "");
    // as batches number them
    StrokeBatch batch =
        StrokeBatches.inOrder(known, StrokeScaling.IDENTITY, 4, vocabulary).iterator().next();
    assertThat(batch.texts()).containsExactly(0, 1, 3, 3, 3, 2, 3, 0, 0, 0, 0, 0);
    assertThat(batch.textLengths()).containsExactly(3, 3, 1, 0);
  }

  @Test
  void refusesDrawingsWithoutTexts() {
    DrawingPart silent = new DrawingPart("silent", SOME.drawings(), List.of());
    assertThatThrownBy(() -> WrittenTexts.vocabulary(silent, 9))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("silent: nobody says what these drawings say");
    assertThatThrownBy(() -> WrittenTexts.vocabulary(part("", "\uFFFD"), 9))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("part: the texts are empty");
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.hypernet4j.data.TextPart;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.error.UserError;
import org.hypernet4j.zoo.SymbolDraw;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TextGeneratorTest {
  private static final SymbolDraw DRAW = new SymbolDraw(1f, null, 3);

  private final SmallLanguageModel model = SmallLanguageModel.hyperLstm();
  private final StreamingModel stepped =
      new StreamingModel(model.session, model.signature(LanguageModelSignatures.STEP));
  private final TextGenerator generator = new TextGenerator(stepped, SmallLanguageModel.VOCABULARY);

  @AfterEach
  void close() {
    stepped.close();
    model.close();
  }

  @Test
  void eachSymbolIsHandedOutAsItIsMade() {
    List<Integer> seen = new ArrayList<>();
    int[] ids = generator.generate("ab", 20, DRAW, seen::add);

    assertThat(ids).hasSize(20).containsExactly(seen.stream().mapToInt(i -> i).toArray());
    for (int id : ids) {
      assertThat(id).isBetween(0, SmallLanguageModel.VOCABULARY.size() - 1);
    }
    // a shorter text is the beginning of a longer one
    assertThat(generator.generate("ab", 7, DRAW, id -> {})).isEqualTo(Arrays.copyOf(ids, 7));
    assertThat(generator.generate("ab", 0, DRAW, id -> {})).isEmpty();
  }

  @Test
  void theMostProbableSymbolsAreThoseOfTheLogits() {
    int[] ids = generator.generate("ab", 10, new SymbolDraw(1f, 1, 5), id -> {});

    stepped.restart();
    stepped.read(1);
    int next = 2;
    for (int id : ids) {
      float[] logits = stepped.read(next);
      assertThat(logits).hasSize(SmallLanguageModel.SYMBOLS);
      for (int v = 0; v < SmallLanguageModel.VOCABULARY.size(); v++) {
        assertThat(logits[v]).isLessThanOrEqualTo(logits[id]);
      }
      next = id;
    }
  }

  @Test
  void anEmptyPromptIsANewlineOrTheFirstSymbol() {
    assertThat(generator.read("")).containsExactly(0); // the newline is the smallest character here
    Vocabulary withoutNewline =
        Vocabulary.of(Vocabulary.Kind.CHARACTERS, TextPart.of("test", "zyx"));
    assertThat(TextGenerator.startOf(withoutNewline)).isZero();
    Vocabulary withTab = Vocabulary.of(Vocabulary.Kind.CHARACTERS, TextPart.of("test", "\t\nx"));
    assertThat(TextGenerator.startOf(withTab)).isEqualTo(1);
  }

  @Test
  void whatCannotBeWrittenIsRefused() {
    assertThatThrownBy(() -> generator.generate("abX", 3, DRAW, id -> {}))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("prompt: unknown symbol 'X' (U+0058) at position 2");
    assertThatThrownBy(() -> generator.generate("a", -1, DRAW, id -> {}))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(
            "length: a text cannot be that short; expected 0 or more, received -1");
    Vocabulary larger = Vocabulary.of(Vocabulary.Kind.CHARACTERS, TextPart.of("test", "abcdefgh"));
    assertThatThrownBy(() -> new TextGenerator(stepped, larger))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("vocabulary: is that of another model; expected at most 7 symbols");
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hypernet4j.zoo.BuiltLanguageModel.ALL;
import static org.hypernet4j.zoo.BuiltLanguageModel.hyperLstm;
import static org.hypernet4j.zoo.BuiltLanguageModel.lstm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.hypernet4j.spec.CellSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;

class SampleLoopTest {
  private static final int START = 2;

  static List<CellSpec> cells() {
    return LanguageModelTest.cells();
  }

  private static int[] sample(
      BuiltLanguageModel built,
      int symbols,
      int[][] prompt,
      int[] lengths,
      int[] count,
      float temperature,
      int topK) {
    Ops tf = built.tf;
    int b = lengths.length;
    Operand<TInt32> ids =
        SampleLoop.build(
            tf,
            built.model,
            symbols,
            START,
            new SampleLoop.Request(
                built.dynamic(prompt),
                tf.constant(lengths),
                tf.constant(count),
                tf.fill(tf.constant(new int[] {b}), tf.constant(temperature)),
                tf.fill(tf.constant(new int[] {b}), tf.constant(topK)),
                tf.range(tf.constant(0L), tf.constant((long) b), tf.constant(1L))));
    try (Result result = built.session.runner().fetch(ids).run()) {
      int[] flat = new int[(int) result.get(0).shape().size()];
      ((TInt32) result.get(0)).asRawTensor().data().asInts().read(flat);
      return flat;
    }
  }

  /** Scores of what may follow a text, by {@link LanguageModel#logits}, of the first symbols. */
  private static float[] scores(BuiltLanguageModel built, int symbols, List<Integer> text) {
    int[][] ids = new int[text.size()][1];
    for (int t = 0; t < text.size(); t++) {
      ids[t][0] = text.get(t);
    }
    float[] logits = built.fetch(built.read(ids).logits());
    int from = (text.size() - 1) * BuiltLanguageModel.V;
    return Arrays.copyOfRange(logits, from, from + symbols);
  }

  private static int place(float[] values, float value) {
    int at = 0;
    while (values[at] != value) {
      at++;
    }
    return at;
  }

  private static int largest(float... values) {
    float[] sorted = values.clone();
    Arrays.sort(sorted);
    return place(values, sorted[sorted.length - 1]);
  }

  private static int smallest(float... values) {
    float[] sorted = values.clone();
    Arrays.sort(sorted);
    return place(values, sorted[0]);
  }

  @ParameterizedTest
  @MethodSource("cells")
  void withoutWarmthItIsTheMostProbableContinuation(CellSpec cell) {
    try (BuiltLanguageModel built = new BuiltLanguageModel(cell, 1, ALL)) {
      int[] made =
          sample(
              built, 4, new int[][] {{0, 3, 1}, {1, 9, -9}}, new int[] {3, 1}, ints(6, 6), 0f, 0);

      for (int row = 0; row < 2; row++) {
        List<Integer> text = new ArrayList<>(row == 0 ? List.of(0, 3, 1) : List.of(1));
        for (int i = 0; i < 6; i++) {
          int expected = largest(scores(built, 4, text));
          assertThat(made[row * 6 + i]).as("row %d, symbol %d", row, i).isEqualTo(expected);
          text.add(expected);
        }
      }
    }
  }

  private static int[] ints(int... values) {
    return values;
  }

  @Test
  void rowsHaveTheirOwnCountsAndEmptyPromptsBeginWithTheStart() {
    try (BuiltLanguageModel built = new BuiltLanguageModel(hyperLstm(), 1, ALL)) {
      int[][] prompts = {{0, 3}, {4, 4}, {START, 4}, {1, 1}};
      int[] made = sample(built, 5, prompts, ints(2, 0, 1, 2), ints(2, 5, 5, 0), 0f, 0);
      assertThat(made).hasSize(4 * 5);
      assertThat(Arrays.copyOfRange(made, 2, 5)).containsOnly(SampleLoop.NOTHING);
      assertThat(Arrays.copyOfRange(made, 15, 20)).containsOnly(SampleLoop.NOTHING);
      assertThat(Arrays.copyOfRange(made, 5, 10))
          .isEqualTo(Arrays.copyOfRange(made, 10, 15))
          .doesNotContain(SampleLoop.NOTHING);
      // lengths beyond the prompt count as its whole, negative counts as none
      assertThat(sample(built, 5, new int[][] {{0, 3}}, ints(7), ints(2), 0f, 0))
          .isEqualTo(Arrays.copyOfRange(made, 0, 2));
      assertThat(sample(built, 5, new int[][] {{0, 3}}, ints(2), ints(-3), 0f, 0)).isEmpty();
    }
  }

  @Test
  void symbolsThatTheVocabularyDoesNotHaveAndThoseBehindTopKAreNeverDrawn() {
    try (BuiltLanguageModel built = new BuiltLanguageModel(lstm(6), 1, ALL)) {
      int[] many = sample(built, 3, new int[][] {{0}}, ints(1), ints(300), 5f, 0);
      assertThat(many).containsOnly(0, 1, 2).contains(0, 1, 2);
      int[] two = sample(built, 3, new int[][] {{0}}, ints(1), ints(12), 5f, 2);
      List<Integer> text = new ArrayList<>(List.of(0));
      for (int id : two) {
        assertThat(id).isNotEqualTo(smallest(scores(built, 3, text)));
        text.add(id);
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.graph.internal.Loop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

class BeamSettingsTest {
  private static final BeamSettings GOOD = new BeamSettings(3, 0.6f, 0.2f, 1, 2, 0);

  private static BeamSearch.Beams search(
      TestGraph graph, BeamSettings settings, DecoderStep step, int vocabulary) {
    return BeamSearch.search(
        graph.tf,
        settings,
        step,
        vocabulary,
        graph.tf.constant(new int[] {2, 1}),
        graph.tf.constant(3));
  }

  @ParameterizedTest
  @ValueSource(floats = {-0.1f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void refusesWeightsThatDoNotOrder(float weight) {
    assertThatThrownBy(() -> new BeamSettings(3, weight, 0, 1, 2, 0))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("alpha: translations cannot be ordered with it");
    assertThatThrownBy(() -> new BeamSettings(3, 0, weight, 1, 2, 0))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("beta: translations cannot be ordered with it");
  }

  @Test
  void refusesNoBeamsAndNegativeIds() {
    assertThatThrownBy(() -> GOOD.withBeams(0))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("beams: no translation would be kept");
    assertThatThrownBy(() -> new BeamSettings(1, 0, 0, -1, 2, 0))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("start: not the id of a token");
    assertThatThrownBy(() -> new BeamSettings(1, 0, 0, 1, -2, 0))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("end: ");
    assertThatThrownBy(() -> new BeamSettings(1, 0, 0, 1, 2, -3))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("pad: ");
  }

  @Test
  void refusesAVocabularyThatIsTooSmall() {
    try (TestGraph graph = new TestGraph()) {
      TableDecoder table = TableDecoder.random(1, 2, 1, 5, 2);
      DecoderStep step = table.step(graph.tf, graph.tf.constant(new int[] {0, 1}));
      assertThatThrownBy(() -> search(graph, GOOD.withBeams(6), step, 5))
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith("beams: more beams than the vocabulary has tokens")
          .hasMessageContaining("1 to 5")
          .hasMessageContaining("6");
      assertThatThrownBy(() -> search(graph, new BeamSettings(1, 0, 0, 5, 2, 0), step, 5))
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith("start: not a token of the vocabulary");
      assertThatThrownBy(() -> search(graph, new BeamSettings(1, 0, 0, 1, 7, 0), step, 5))
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith("end: not a token of the vocabulary");
      assertThatThrownBy(() -> search(graph, GOOD, step, 6))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("logits has the wrong shape");
    }
  }

  /** A decoder whose state has a number of rows of its own. */
  private record FixedRows(int rows, boolean known) implements DecoderStep {
    @Override
    public List<StatePart> stateParts() {
      return List.of(new StatePart("h", 2));
    }

    @Override
    public List<Operand<TFloat32>> initial(Ops tf, int beams) {
      Operand<TFloat32> zeros = tf.fill(tf.constant(new int[] {rows, 2}), tf.constant(0f));
      return List.of(known ? zeros : tf.placeholderWithDefault(zeros, Shape.of(-1, 2)));
    }

    @Override
    public Result step(
        Ops tf, Loop loop, Operand<TInt32> tokens, List<? extends Operand<TFloat32>> state) {
      Ops body = loop.body();
      Operand<TFloat32> logits =
          body.math.add( // would repeat a single row
              body.oneHot(tokens, body.constant(5), body.constant(1f), body.constant(0f)),
              body.slice(
                  state.get(0), body.constant(new int[] {0, 0}), body.constant(new int[] {-1, 1})));
      return new Result(logits, logits, state);
    }
  }

  @Test
  void refusesAStateForAnotherNumberOfBeams() {
    try (TestGraph graph = new TestGraph()) {
      for (int rows : new int[] {1, 2, 5}) {
        assertThatThrownBy(() -> search(graph, GOOD, new FixedRows(rows, true), 5))
            .isInstanceOf(UserError.class)
            .hasMessageStartingWith("beam search: h has the wrong shape");
        assertThatThrownBy(() -> scores(graph, rows))
            .isInstanceOf(TFInvalidArgumentException.class)
            .hasMessageContaining("beam search: h: wrong first sizes");
      }
      assertThat(scores(graph, 6)).hasSize(6);
    }
  }

  /** Of two sentences whose number is known only when the graph runs. */
  private static float[] scores(TestGraph graph, int rows) {
    Ops tf = graph.tf;
    Operand<TInt32> lengths =
        tf.placeholderWithDefault(tf.constant(new int[] {2, 1}), Shape.of(-1));
    return graph.fetch(
        BeamSearch.search(tf, GOOD, new FixedRows(rows, false), 5, lengths, tf.constant(3))
            .scores());
  }
}

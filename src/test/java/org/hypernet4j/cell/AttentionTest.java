// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.hypernet4j.cell.PlainCells.gate;
import static org.hypernet4j.cell.PlainCells.join;
import static org.hypernet4j.cell.PlainCells.plus;
import static org.hypernet4j.cell.PlainCells.scaled;
import static org.hypernet4j.cell.PlainCells.tanh;
import static org.hypernet4j.cell.PlainCells.times;

import java.util.Arrays;
import java.util.Objects;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.graph.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The four scores against plain double arithmetic: three steps as they are, the gradients by every
 * parameter and by the memory against finite differences, unrolled and in a loop.
 */
class AttentionTest {
  private static final int ROWS = 4;
  private static final int LENGTH = 3; // the last row is padding
  private static final int WIDTH = 3;

  @ParameterizedTest
  @CsvSource({"true,false", "true,true", "false,false", "false,true"})
  void isItsFormula(boolean additive, boolean trainedLength) {
    AttentionSettings settings = settings(additive, trainedLength);
    PlainCheck.check(
        scope ->
            attending(
                scope,
                new LstmCell(scope.child("lstm"), LstmCell.Settings.of(2 + WIDTH, 4)),
                settings),
        (p, x, s) -> {
          double[][] next = p.lstm("lstm/", join(x, s[2]), s[0], s[1]);
          return new double[][] {next[0], next[1], context(p, next[1], settings)};
        },
        1,
        2);
  }

  /** The layer of the paper's translator: in its small LSTM too the context is part of x. */
  @Test
  void attendsWithALayerNormalisedHyperLstm() {
    AttentionSettings settings = settings(true, true);
    PlainCheck.check(
        scope ->
            attending(
                scope,
                HyperLstmCell.withLstm(
                    scope,
                    HyperLstmCell.Settings.paper(2 + WIDTH, 4, 2, 1e-3f),
                    LstmCell.Settings.of(2 + WIDTH + 4, 3)),
                settings),
        (p, x, s) -> {
          double[] input = join(x, s[4]);
          double[][] small = p.lstm("hyper/", join(input, s[1]), s[2], s[3]);
          double[][] d = p.scalings(small[1], 4, 4);
          double[] sums =
              plus(
                  scaled(d[1], times(input, p.get("W_x"))),
                  scaled(d[0], times(s[1], p.get("W_h"))),
                  d[2],
                  p.get("b"));
          double[] gates = {};
          for (int g = 0; g < 4; g++) {
            gates = join(gates, p.norm("ln", gate(sums, g, 4), g));
          }
          double[][] main = p.lstmUpdate(gates, s[0], true);
          return new double[][] {
            main[0], main[1], small[0], small[1], context(p, main[1], settings)
          };
        },
        1,
        4);
  }

  private static AttentionSettings settings(boolean additive, boolean trainedLength) {
    return additive
        ? AttentionSettings.additive(4, WIDTH, 5).withNormalisation(trainedLength)
        : AttentionSettings.multiplicative(4, WIDTH).withScale(trainedLength);
  }

  private static <S> RnnCell<AttentionState<S>> attending(
      ParameterScope scope, RnnCell<S> cell, AttentionSettings settings) {
    Parameter memory =
        scope.parameter("memory", Shape.of(ROWS, WIDTH), Initializers.zeros(), Role.EMBEDDING);
    Attention attention = new Attention(scope.child("attention"), settings);
    Ops tf = scope.tf();
    return new AttentionCell<>(cell, attention)
        .withContextOut(true)
        .reading(
            attention.over(
                tf,
                tf.reshape(memory.value(), tf.constant(new int[] {1, ROWS, WIDTH})),
                tf.constant(new int[] {LENGTH})));
  }

  /** The context of a query, one number at a time. */
  private static double[] context(PlainCells p, double[] query, AttentionSettings settings) {
    double[] weights = new double[LENGTH];
    double sum = 0;
    for (int s = 0; s < LENGTH; s++) {
      double[] row = Arrays.copyOfRange(p.get("memory"), s * WIDTH, (s + 1) * WIDTH);
      double[] key = times(row, p.get("attention/memory_kernel"));
      double score = 0;
      if (settings.isAdditive()) {
        double[] v = p.get("attention/v");
        double[] inside = plus(key, times(query, p.get("attention/query_kernel")));
        if (settings.isNormalised()) {
          inside = plus(inside, p.get("attention/b"));
          double norm = Math.sqrt(Arrays.stream(v).map(a -> a * a).sum());
          double g = p.get("attention/g")[0];
          v = Arrays.stream(v).map(a -> g * a / norm).toArray();
        }
        score = dot(v, tanh(inside));
      } else {
        score = dot(query, key) * (settings.isScaled() ? p.get("attention/g")[0] : 1);
      }
      weights[s] = Math.exp(score);
      sum += weights[s];
    }
    double[] context = new double[WIDTH];
    for (int s = 0; s < LENGTH; s++) {
      for (int d = 0; d < WIDTH; d++) {
        context[d] += weights[s] / sum * p.get("memory")[s * WIDTH + d];
      }
    }
    return context;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /**
   * As in TensorFlow Addons 0.23.0: g starts at sqrt(1 / A), 0.25 for 16 units, b at 0, Luong's g
   * at 1, everything else Glorot uniform: within sqrt(6 / (D + A)), v within sqrt(6 / 2A).
   */
  @Test
  void startsAsTheReferenceDoes() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 3L);
      AttentionSettings additive = AttentionSettings.additive(8, 12, 16).withNormalisation(true);
      AttentionSettings scaled = AttentionSettings.multiplicative(8, 12).withScale(true);
      new Attention(store.root().child("additive"), additive);
      long before = store.model().stream().mapToLong(Parameter::size).sum();
      assertThat(before)
          .isEqualTo(12 * 16 + 8 * 16 + 16 + 1 + 16)
          .isEqualTo(additive.parameterCount());
      new Attention(store.root().child("scaled"), scaled);
      assertThat(store.model().stream().mapToLong(Parameter::size).sum() - before)
          .isEqualTo(12 * 8 + 1)
          .isEqualTo(scaled.parameterCount());
      store.initialize(session);
      var values = ParameterValues.read(session, store.model());
      assertThat(values.get("additive/g")).containsExactly(0.25f);
      assertThat(values.get("additive/b")).hasSize(16).containsOnly(0f);
      assertThat(values.get("scaled/g")).containsExactly(1f);
      within(Objects.requireNonNull(values.get("additive/memory_kernel")), Math.sqrt(6.0 / 28));
      within(Objects.requireNonNull(values.get("additive/query_kernel")), Math.sqrt(6.0 / 24));
      within(Objects.requireNonNull(values.get("additive/v")), Math.sqrt(6.0 / 32));
      within(Objects.requireNonNull(values.get("scaled/memory_kernel")), Math.sqrt(6.0 / 20));
    }
  }

  /** All within the limit, and some in its outer quarter. */
  private static void within(float[] values, double limit) {
    double most = 0;
    for (float value : values) {
      most = Math.max(most, Math.abs(value));
    }
    assertThat(most).isBetween(0.75 * limit, limit);
  }

  @Test
  void saysWhatIsWrong() {
    AttentionSettings additive = AttentionSettings.additive(4, 3, 5);
    refused("sizes must be positive", () -> AttentionSettings.additive(4, 3, 0));
    refused(
        "attention: a multiplicative score has no normalisation; expected withScale(true), or an"
            + " additive score, received withNormalisation(true).",
        () -> AttentionSettings.multiplicative(4, 3).withNormalisation(true));
    refused("an additive score has no scale of its own", () -> additive.withScale(true));
    try (Graph graph = new Graph()) {
      ParameterScope scope = new ParameterStore(graph, 1L).root();
      Ops tf = scope.child("test").tf();
      Attention attention = new Attention(scope.child("own"), additive);
      Attention other = new Attention(scope.child("other"), additive);
      LstmCell cell = new LstmCell(scope.child("cell"), LstmCell.Settings.of(5, 4));
      refused(
          "attention cell: the cell's output is not as wide as a query; expected 4, the"
              + " attention's query size, received 6.",
          () ->
              new AttentionCell<>(
                  new LstmCell(scope.child("wide"), LstmCell.Settings.of(5, 6)), attention));
      refused(
          "the cell's input has no room for x beside the context; expected more than 3",
          () ->
              new AttentionCell<>(
                  new LstmCell(scope.child("narrow"), LstmCell.Settings.of(3, 4)), attention));
      refused(
          "attention 'own': memory has the wrong shape; expected [?, ?, 3], received [2, 5, 4]",
          () -> attention.over(tf, tf.constant(new float[2][5][4]), null));
      refused(
          "attention 'own': lengths has the wrong shape; expected [2], received [3]",
          () ->
              attention.over(
                  tf, tf.constant(new float[2][5][3]), tf.constant(new int[] {1, 2, 3})));
      refused(
          "nothing to attend to: the memory has no rows",
          () ->
              attention.over(tf, tf.zeros(tf.constant(new int[] {2, 0, 3}), TFloat32.class), null));
      refused(
          "attention 'own': keys has the wrong shape; expected [2, 5, 5], received [2, 4, 5]",
          () ->
              attention.over(
                  tf,
                  tf.constant(new float[2][5][3]),
                  tf.constant(new float[2][4][5]),
                  tf.constant(new int[] {1, 2})));
      AttentionMemory memory = attention.over(tf, tf.constant(new float[2][5][3]), null);
      AttentionCell<LstmState> attends = new AttentionCell<>(cell, attention);
      refused(
          "attention cell: the keys of the memory are those of another attention; expected a memory"
              + " from the attention of this cell, attention 'own', received one from attention"
              + " 'other'. Make it with attention.over(tf, memory, lengths).",
          () -> attends.reading(other.over(tf, tf.constant(new float[2][5][3]), null)));
      refused("there are no beams", () -> attends.readingBeams(memory, 0));
      AttendingCell<LstmState> reading = attends.reading(memory);
      refused(
          "attention cell: there is not one memory for each sequence; expected 2 rows, received 3",
          () ->
              reading.step(
                  tf, tf.constant(new float[3][2]), reading.zeroState(tf, tf.constant(3))));
      AttendingCell<LstmState> beams = attends.readingBeams(memory, 3);
      refused(
          "there are not 3 rows for each memory; expected 6 rows, received 4",
          () -> beams.step(tf, tf.constant(new float[4][2]), beams.zeroState(tf, tf.constant(4))));
      CellValues values = CellValues.make(tf);
      refused(
          "attention 'own': queries has the wrong shape; expected [2, ?, 4], received [2, 1, 3]",
          () -> memory.alignments(tf, values, tf.constant(new float[2][1][3])));
      refused(
          "attention 'own': alignments has the wrong shape; expected [2, ?, 5], received [2, 1, 4]",
          () -> memory.contexts(tf, values, tf.constant(new float[2][1][4])));
    }
  }

  private static void refused(
      String message, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatExceptionOfType(UserError.class).isThrownBy(call).withMessageContaining(message);
  }
}

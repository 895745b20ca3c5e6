// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hypernet4j.fixtures.Arrays4.assertClose;
import static org.hypernet4j.fixtures.Arrays4.toDoubles;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.hypernet4j.cell.AttendingCell;
import org.hypernet4j.cell.Attention;
import org.hypernet4j.cell.AttentionCell;
import org.hypernet4j.cell.AttentionSettings;
import org.hypernet4j.cell.AttentionState;
import org.hypernet4j.cell.BasicRnnCell;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.cell.DropoutCell;
import org.hypernet4j.cell.HyperGruCell;
import org.hypernet4j.cell.HyperLstmCell;
import org.hypernet4j.cell.HyperRnnCell;
import org.hypernet4j.cell.LstmCell;
import org.hypernet4j.cell.ResidualCell;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.StackedCell;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.fixtures.Tensors;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A cell that attends reads {@code [x ; context]}: x is projected ahead of a loop as far as it can
 * be, and the sum of both parts is the projection of the whole.
 */
class AttendingInputTest {
  private static final int UNITS = 4;
  private static final int WIDTH = 3;

  private static RnnCell<?> cell(String kind, ParameterScope scope) {
    int inputs = 2 + WIDTH;
    return switch (kind) {
      case "lstm" -> new LstmCell(scope, LstmCell.Settings.of(inputs, UNITS));
      case "hyper-lstm" -> hyper(scope);
      case "hyper-gru" ->
          new HyperGruCell<>(
              scope,
              HyperGruCell.Settings.of(inputs, UNITS, 2),
              (inner, size) -> new LstmCell(inner, LstmCell.Settings.of(size, 3)));
      case "hyper-rnn" ->
          new HyperRnnCell<>(
              scope, inputs, UNITS, 2, (inner, size) -> new BasicRnnCell(inner, size, 3));
      case "dropout" -> new DropoutCell<>(hyper(scope), false, true);
      case "dropout-of-input" -> new DropoutCell<>(hyper(scope), true, false);
      case "stack" ->
          new StackedCell(
              List.of(
                  hyper(scope.child("low")), new BasicRnnCell(scope.child("top"), UNITS, UNITS)),
              false);
      case "residual" -> ResidualCell.ofFirst(hyper(scope));
      default ->
          new HyperLstmCell<>(
              scope,
              HyperLstmCell.Settings.paper(inputs, UNITS, 2, 1e-3f),
              (inner, size) -> new DropoutCell<>(new BasicRnnCell(inner, size, 3), true, false));
    };
  }

  private static RnnCell<?> hyper(ParameterScope scope) {
    return HyperLstmCell.withLstm(
        scope,
        HyperLstmCell.Settings.paper(2 + WIDTH, UNITS, 2, 1e-3f),
        LstmCell.Settings.of(2 + WIDTH + UNITS, 3));
  }

  /** One step of two sequences; the sizes are those of the tensors known ahead of a loop. */
  @ParameterizedTest
  @CsvSource({
    "lstm, 16",
    "hyper-lstm, 16 12",
    "hyper-gru, 12 12",
    "hyper-rnn, 4 3",
    "dropout, 16 12",
    "stack, 16 12",
    "dropout-of-input, 2",
    "residual, 2",
    "small-cell-without-a-matrix, 2"
  })
  void inPartsIsTheInputWhole(String kind, String projected) {
    try (Graph graph = new Graph();
        Session session = new Session(graph, Tensors.unoptimised())) {
      ParameterStore store = new ParameterStore(graph, 1L);
      RnnCell<?> cell = cell(kind, store.root().child("cell"));
      assertThat(cell.outputSize()).isEqualTo(UNITS);
      Ops tf = store.root().child("test").tf();
      Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
      Attention attention =
          new Attention(
              store.root().child("attention"), AttentionSettings.additive(UNITS, WIDTH, 5));
      List<StatePart> parts = add(fetches, tf, cell, attention);
      assertThat(parts)
          .extracting(StatePart::size)
          .containsExactlyElementsOf(
              List.of(projected.split(" ")).stream().map(Integer::valueOf).toList());
      store.initialize(session);
      Random random = new Random(4); // a hypernetwork starts with zeros
      Map<String, float[]> values = new LinkedHashMap<>();
      for (Parameter parameter : store.all()) {
        float[] flat = new float[(int) parameter.size()];
        for (int i = 0; i < flat.length; i++) {
          flat[i] = (float) random.nextGaussian() / 2;
        }
        values.put(parameter.name(), flat);
      }
      ParameterValues.assign(session, store, values);
      Fetched actual = Fetched.of(session, fetches);
      double[] whole = toDoubles(actual.get("whole"));
      assertClose("parts", actual.get("parts"), whole, 2e-6);
      assertClose(
          "by ids", actual.get("by ids"), toDoubles(actual.get("by one-hot vectors")), 2e-6);
    }
  }

  private static <S> List<StatePart> add(
      Map<String, Operand<TFloat32>> fetches, Ops tf, RnnCell<S> inner, Attention attention) {
    Tensors make = new Tensors(tf);
    AttendingCell<S> cell =
        new AttentionCell<>(inner, attention)
            .reading(attention.over(tf, make.numbers(1, 2, 3, WIDTH), null));
    List<StatePart> parts = inner.stateLayout().parts();
    S state =
        inner
            .stateLayout()
            .state(
                parts.stream()
                    .map(part -> make.numbers(parts.indexOf(part) + 10, 2, part.size()))
                    .toList());
    Operand<TFloat32> context = make.numbers(2, 2, WIDTH);
    AttentionState<S> before = new AttentionState<>(state, context);
    Operand<TFloat32> x = make.numbers(3, 2, 2);
    CellValues values = CellValues.make(tf);
    fetches.put(
        "whole", inner.step(tf, tf.concat(List.of(x, context), tf.constant(1)), state).output());
    fetches.put("parts", cell.step(tf, x, before).output());
    fetches.put(
        "by ids",
        cell.advance(
                tf,
                values,
                cell.projectOneHot(tf, values, tf.constant(new int[] {1, 0})),
                before,
                List.of())
            .output());
    fetches.put(
        "by one-hot vectors",
        cell.step(tf, tf.constant(new float[][] {{0, 1}, {1, 0}}), before).output());
    return cell.projectionParts();
  }
}

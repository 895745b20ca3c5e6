// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.hypernet4j.cell.PlainCells.join;
import static org.hypernet4j.cell.PlainCells.plus;
import static org.hypernet4j.fixtures.Arrays4.assertClose;
import static org.hypernet4j.fixtures.Arrays4.toDoubles;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A stack with Graves' skip connections. */
class SkipsTest {
  /** Outputs and gradients against double arithmetic and its finite differences. */
  @Test
  void everyLayerReadsTheInputAndIsRead() {
    PlainCheck.check(
        scope ->
            StackedCell.withSkips(
                List.of(
                    new BasicRnnCell(scope.child("low"), 2, 3),
                    new LstmCell(scope.child("mid"), LstmCell.Settings.of(5, 4)),
                    new BasicRnnCell(scope.child("top"), 6, 2)),
                false),
        (p, x, state) -> {
          double[] low = p.basic("low/", x, state[0]);
          double[][] mid = p.lstm("mid/", join(x, low), state[1], state[2]);
          double[] top = p.basic("top/", join(x, mid[1]), state[3]);
          return new double[][] {low, mid[0], mid[1], top};
        },
        0,
        2,
        3);
  }

  /**
   * Masks fall on what leaves a layer, upwards and outwards; what it remembers is unmasked. The
   * second layer's input is not read through one matrix.
   */
  @Test
  void masksFallOnTheWayUpAndOut() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 3L);
      Ops tf = store.root().child("test").tf();
      StackedCell cell =
          StackedCell.withSkips(
              List.of(
                  new BasicRnnCell(store.root().child("low"), 2, 3),
                  new ResidualCell<>(new BasicRnnCell(store.root().child("mid"), 5, 5)),
                  new LstmCell(store.root().child("top"), LstmCell.Settings.of(7, 4))),
              true);
      assertThat(cell.outputSize()).isEqualTo(3 + 5 + 4);
      assertThat(cell.maskParts())
          .extracting(StatePart::name)
          .containsExactly("layer0/output", "layer1/output", "layer2/output");
      double[][] masks = {{2, 0, 2}, {1.25, 1.25, 0, 1.25, 0}, {0, 4, 4, 0}};
      double[] x = {0.5, -1.25};
      List<Operand<TFloat32>> rows = new ArrayList<>();
      for (double[] mask : masks) {
        rows.add(row(tf, mask));
      }
      CellValues values = CellValues.forOneStep(tf);
      CellStep<StackedState> step =
          cell.advance(
              tf,
              values,
              cell.project(tf, values, row(tf, x)),
              cell.zeroState(tf, tf.constant(1)),
              rows);
      List<Operand<TFloat32>> next = cell.stateLayout().tensors(step.state());
      store.initialize(session);
      Map<String, double[]> exact = new LinkedHashMap<>();
      ParameterValues.read(session, store.model())
          .forEach((name, v) -> exact.put(name, toDoubles(v)));
      PlainCells p = new PlainCells(exact);
      double[] low = p.basic("low/", x, new double[3]);
      double[] lowOut = PlainCells.scaled(masks[0], low);
      double[] mid = p.basic("mid/", join(x, lowOut), new double[5]);
      double[] midOut = PlainCells.scaled(masks[1], plus(mid, join(x, lowOut)));
      double[][] top = p.lstm("top/", join(x, midOut), new double[4], new double[4]);
      Fetched actual =
          Fetched.of(
              session,
              Map.of(
                  "out", step.output(), "low", next.get(0), "mid", next.get(1), "c", next.get(2)));
      assertClose(
          "out",
          actual.get("out"),
          join(join(lowOut, midOut), PlainCells.scaled(masks[2], top[1])),
          1e-6);
      assertClose("low", actual.get("low"), low, 1e-6);
      assertClose("mid", actual.get("mid"), mid, 1e-6);
      assertClose("c", actual.get("c"), top[0], 1e-6);
    }
  }

  private static Operand<TFloat32> row(Ops tf, double... values) {
    float[][] row = new float[1][values.length];
    for (int i = 0; i < values.length; i++) {
      row[0][i] = (float) values[i];
    }
    return tf.constant(row);
  }

  /** Graves (section 4.3): three layers of 400 cells and 121 outputs, "about 3.4M weights". */
  @Test
  void hasGravesNumberOfParameters() {
    try (Graph graph = new Graph()) {
      ParameterScope scope = new ParameterStore(graph, 1L).root();
      List<RnnCell<?>> layers = new ArrayList<>();
      long parameters = 0;
      for (int inputs : new int[] {3, 403, 403}) {
        LstmCell.Settings settings = LstmCell.Settings.of(inputs, 400);
        layers.add(new LstmCell(scope.child("layer" + layers.size()), settings));
        parameters += settings.parameterCount();
      }
      StackedCell cell = StackedCell.withSkips(layers, false);
      assertThat(parameters + 121L * (cell.outputSize() + 1)).isEqualTo(3_364_521);
    }
  }

  @Test
  void saysWhatCannotBeStacked() {
    try (Graph graph = new Graph()) {
      ParameterScope scope = new ParameterStore(graph, 1L).root();
      RnnCell<?> low = new BasicRnnCell(scope.child("low"), 2, 3);
      RnnCell<?> top = new BasicRnnCell(scope.child("top"), 3, 3);
      assertThatExceptionOfType(UserError.class)
          .isThrownBy(() -> StackedCell.withSkips(List.of(low, top), false))
          .withMessageContaining(
              "stacked cell, layer 1: the input size is not that of the stack's input and the layer"
                  + " below together; expected 2 + 3 = 5, received 3");
      StackedCell one = StackedCell.withSkips(List.of(low), false);
      assertThat(one.outputSize()).isEqualTo(3);
      assertThat(one.linearInput()).isNull();
    }
  }
}

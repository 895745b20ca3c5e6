// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.cell.CellStep;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.cell.LstmCell;
import org.hypernet4j.cell.SoftWindowCell;
import org.hypernet4j.cell.SoftWindowSettings;
import org.hypernet4j.cell.SoftWindowState;
import org.hypernet4j.cell.StateOutputCell;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.cell.TextReadingCell;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.internal.Loop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Where in its text a cell reads: phi, the character, and the end. */
class TextPositionTest {
  private static final int CHARACTERS = 3;

  private final Graph graph = new Graph();
  private final Session session = new Session(graph);
  private final ParameterStore store = new ParameterStore(graph, 5L);
  private final Ops tf = store.root().child("test").tf();

  private SoftWindowCell writer(int first) {
    SoftWindowSettings settings =
        SoftWindowSettings.graves(2, CHARACTERS).withFirstPosition(first).withInitialStep(0.4f);
    return new SoftWindowCell(
        store.root(),
        settings,
        List.of(
            new LstmCell(
                store.root().child("layer0"),
                LstmCell.Settings.of(settings.layerInputSize(0, 2, 0), 4))));
  }

  @AfterEach
  void close() {
    session.close();
    graph.close();
  }

  /**
   * phi, the character and Graves' end of three texts of 3, 2 and 0 characters, by the formula in
   * double, for states of a window on the text, at its end and so far past it that phi is 0 in
   * float32 everywhere.
   */
  @ParameterizedTest
  @CsvSource({"1, 0.4", "1, 2.5", "1, 3.7", "1, 200", "0, 0.4", "0, 1.7", "0, 2.6", "0, 200"})
  void tellsWhereItReads(int first, double at) {
    SoftWindowCell writer = writer(first);
    int[] lengths = {3, 2, 0};
    TextReadingCell cell =
        writer.readingIds(
            tf, tf.constant(new int[][] {{0, 1, 2}, {1, 1, 1}, {2, 2, 2}}), tf.constant(lengths));
    double[][] alpha = {{1, 0.5}, {0.25, 2}, {1, 1}};
    double[][] beta = {{1, 3}, {0.5, 1}, {1, 1}};
    double[][] kappa = {{at, at - 0.25}, {at, at + 0.5}, {at, at}};
    List<Operand<TFloat32>> parts = new ArrayList<>();
    for (StatePart part : cell.stateLayout().parts()) {
      double[][] given =
          switch (part.name()) {
            case "window/alpha" -> alpha;
            case "window/beta" -> beta;
            case "window/kappa" -> kappa;
            default -> new double[3][part.size()];
          };
      float[][] floats = new float[3][part.size()];
      for (int b = 0; b < 3; b++) {
        for (int i = 0; i < part.size(); i++) {
          floats[b][i] = (float) given[b][i];
        }
      }
      parts.add(tf.constant(floats));
    }
    CellValues values = CellValues.make(tf);
    SoftWindowState state = cell.stateLayout().state(parts);
    store.initialize(session);
    try (Result result =
        session
            .runner()
            .fetch(cell.phi(tf, values, state))
            .fetch(cell.character(tf, values, state))
            .fetch(cell.finished(tf, values, state))
            .fetch(cell.finished(tf, values, cell.zeroState(tf, tf.constant(3))))
            .run()) {
      for (int b = 0; b < 3; b++) {
        int best = 0;
        double[] logs = new double[lengths[b] + 1];
        for (int u = 0; u <= lengths[b]; u++) {
          double[] terms = new double[2];
          for (int k = 0; k < 2; k++) {
            terms[k] = Math.log(alpha[b][k]) - beta[b][k] * Math.pow(kappa[b][k] - u - first, 2);
          }
          double most = Math.max(terms[0], terms[1]);
          logs[u] = most + Math.log(Math.exp(terms[0] - most) + Math.exp(terms[1] - most));
          best = logs[u] > logs[best] ? u : best;
        }
        for (int u = 0; u < 3; u++) {
          double expected = u < lengths[b] ? Math.exp(logs[u]) : 0;
          assertThat(((TFloat32) result.get(0)).getFloat(b, u))
              .as("phi(%d) of %d", u, b)
              .isCloseTo((float) expected, within(2e-6f));
        }
        assertThat(((TInt32) result.get(1)).getInt(b)).isEqualTo(best);
        assertThat(((TBool) result.get(2)).getBoolean(b)).isEqualTo(best == lengths[b]);
        assertThat(((TBool) result.get(3)).getBoolean(b)).isFalse();
      }
    }
  }

  /** Writing until the end of the text, in a loop of the graph, and its alignment from a scan. */
  @Test
  void aLoopWritesUntilTheTextIsRead() {
    Operand<TFloat32> x = tf.constant(new float[][] {{0.5f, -0.25f}, {-0.75f, 1f}});
    SoftWindowCell writer = writer(0);
    Operand<TInt32> lengths = tf.constant(new int[] {3, 5});
    TextReadingCell cell =
        writer.readingIds(tf, tf.constant(new int[][] {{0, 1, 2, 0, 0}, {2, 1, 0, 1, 2}}), lengths);
    Operand<?> steps;
    try (Loop loop = new Loop(tf, "write")) {
      Ops body = loop.body();
      Output<TInt32> t = loop.variable(tf.constant(0));
      Output<TInt32> last = loop.variable(tf.constant(new int[] {-1, -1}));
      Output<TInt32> end = loop.variable(tf.constant(100)); // enough
      List<Output<TFloat32>> state = new ArrayList<>();
      for (Operand<TFloat32> part :
          cell.stateLayout().tensors(cell.zeroState(tf, tf.constant(2)))) {
        state.add(loop.variable(part));
      }
      CellValues values = CellValues.make(tf).inLoop(loop::invariant);
      CellStep<SoftWindowState> step =
          cell.advance(
              body,
              values,
              cell.project(body, values, loop.invariant(x)),
              cell.stateLayout().state(state),
              List.of());
      List<Operand<TFloat32>> next = cell.stateLayout().tensors(step.state());
      for (int i = 0; i < next.size(); i++) {
        loop.next(state.get(i), next.get(i));
      }
      Operand<TBool> ended = cell.finished(body, values, step.state());
      loop.next(
          last,
          body.select(
              body.math.logicalAnd(ended, body.math.less(last, body.constant(0))),
              body.math.add(body.zerosLike(last), t),
              last));
      loop.next(end, body.select(body.reduceAll(ended, body.constant(0)), body.constant(0), end));
      loop.next(t, body.math.add(t, body.constant(1)));
      Loop.Results results =
          loop.build(
              (ops, at) -> ops.math.less(Loop.number(at.apply(t)), Loop.number(at.apply(end))));
      steps = results.of(last);
    }
    StateOutputCell<SoftWindowState> told = new StateOutputCell<>(cell);
    Operand<TFloat32> states =
        Scan.run(
                tf,
                told,
                tf.tile(tf.expandDims(x, tf.constant(0)), tf.constant(new int[] {40, 1, 1})),
                told.zeroState(tf, tf.constant(2)),
                ScanOptions.inference())
            .outputs();
    int[] sizes = cell.stateLayout().parts().stream().mapToInt(StatePart::size).toArray();
    List<Operand<TFloat32>> series =
        new ArrayList<>(
            tf.splitV(states, tf.constant(sizes), tf.constant(2), (long) sizes.length).output());
    CellValues values = CellValues.make(tf);
    SoftWindowState all = cell.stateLayout().state(series);
    store.initialize(session);
    try (Result result =
        session
            .runner()
            .fetch(steps)
            .fetch(cell.finished(tf, values, all))
            .fetch(cell.phi(tf, values, all))
            .run()) {
      TBool ended = (TBool) result.get(1);
      for (int b = 0; b < 2; b++) {
        int end = 0;
        while (!ended.getBoolean(end, b)) {
          end++;
        }
        assertThat(((TInt32) result.get(0)).getInt(b)).isEqualTo(end).isPositive();
      }
      assertThat(result.get(2).shape()).isEqualTo(Shape.of(40, 2, 5));
      TFloat32 phi = (TFloat32) result.get(2);
      assertThat(phi.getFloat(20, 0, 3)).isZero();
      assertThat(phi.getFloat(2, 1, 3)).isPositive();
    }
  }

  /** Nothing to read: the window shows zeros, and the end is reached with the first step. */
  @Test
  void textsWithoutCharacters() {
    Operand<TInt32> ids = tf.fill(tf.constant(new int[] {2, 0}), tf.constant(0));
    TextReadingCell cell = writer(1).readingIds(tf, ids, null);
    SoftWindowState next =
        cell.step(
                tf, tf.constant(new float[][] {{1, 2}, {3, 4}}), cell.zeroState(tf, tf.constant(2)))
            .state();
    CellValues values = CellValues.make(tf);
    store.initialize(session);
    try (Result result =
        session
            .runner()
            .fetch(next.w())
            .fetch(cell.finished(tf, values, next))
            .fetch(cell.phi(tf, values, next))
            .run()) {
      ((TFloat32) result.get(0)).scalars().forEach(w -> assertThat(w.getFloat()).isZero());
      ((TBool) result.get(1)).scalars().forEach(end -> assertThat(end.getBoolean()).isTrue());
      assertThat(result.get(2).shape()).isEqualTo(Shape.of(2, 0));
    }
  }
}

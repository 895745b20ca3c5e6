// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.cell.BasicRnnCell;
import org.hypernet4j.cell.CellStep;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.cell.DropoutCell;
import org.hypernet4j.cell.DropoutMasks;
import org.hypernet4j.cell.HyperLstmCell;
import org.hypernet4j.cell.LstmCell;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.RnnState;
import org.hypernet4j.cell.StateLayout;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.nn.Dropout;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** Masks for all parts from one call, and their absence. */
class MaskTest {
  private static final String MISSING =
      "a cell with recurrent dropout is trained without masks; expected a mask [time, batch, size]"
          + " for each of [tanh_g], received none";

  private static final Dropout HALF = new Dropout(0.5f, 3L, "test");

  @Test
  void trainingWithoutMasksIsAnError() {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1L);
      LstmCell cell =
          new LstmCell(store.root(), LstmCell.Settings.of(2, 3).withRecurrentDropout(true));
      Ops tf = store.root().child("test").tf();
      Operand<TFloat32> xs = tf.constant(new float[4][1][2]);
      var zero = cell.zeroState(tf, tf.constant(1));
      assertThatThrownBy(() -> Scan.run(tf, cell, xs, zero, ScanOptions.training()))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("scan: " + MISSING)
          .hasMessageContaining("withNoDropout()");
      assertThatThrownBy(
              () -> StaticUnroll.run(tf, cell, List.of(tf.constant(new float[1][2])), zero))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("static unroll: " + MISSING);
      assertThatThrownBy(
              () -> Bidirectional.run(tf, cell, zero, cell, zero, xs, ScanOptions.training()))
          .isInstanceOf(UserError.class)
          .hasMessageContaining(MISSING);
      // asked for, or without a gradient
      Scan.run(tf, cell, xs, zero, ScanOptions.training().withNoDropout());
      Scan.run(tf, cell, xs, zero, ScanOptions.inference());
      Operand<TInt64> step = tf.constant(7L);
      List<Operand<TFloat32>> masks = new ArrayList<>(DropoutMasks.of(tf, cell, xs, HALF, step));
      Scan.run(tf, cell, xs, zero, ScanOptions.training().withMasks(masks));
      masks.addAll(List.copyOf(masks));
      Bidirectional.run(tf, cell, zero, cell, zero, xs, ScanOptions.training().withMasks(masks));
      assertThatThrownBy(
              () ->
                  Bidirectional.run(
                      tf,
                      cell,
                      zero,
                      cell,
                      zero,
                      xs,
                      ScanOptions.training().withMasks(List.of(masks.get(0), xs))))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("bidirectional scan: mask tanh_g has the wrong shape")
          .hasMessageContaining("expected [4, 1, 3], received [4, 1, 2]");
    }
  }

  /** A cell that takes two masks and gives both one name. */
  private record Twice(BasicRnnCell cell) implements RnnCell<RnnState> {
    @Override
    public int inputSize() {
      return cell.inputSize();
    }

    @Override
    public int outputSize() {
      return cell.outputSize();
    }

    @Override
    public StateLayout<RnnState> stateLayout() {
      return cell.stateLayout();
    }

    @Override
    public List<StatePart> maskParts() {
      return List.of(new StatePart("m", 3), new StatePart("m", 3));
    }

    @Override
    public CellStep<RnnState> advance(
        Ops tf,
        CellValues values,
        List<Operand<TFloat32>> projected,
        RnnState state,
        List<Operand<TFloat32>> masks) {
      return cell.step(tf, projected.get(0), state);
    }
  }

  @Test
  void twoOfOneNameAreRefused() {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1L);
      BasicRnnCell plain = new BasicRnnCell(store.root(), 2, 3);
      RnnCell<?> once = new DropoutCell<>(plain, true, true);
      RnnCell<?> twice = new Twice(plain);
      Ops tf = store.root().child("test").tf();
      Operand<TFloat32> xs = tf.constant(new float[4][1][2]);
      Operand<TInt64> size = tf.constant(new long[] {4, 1});
      Operand<TInt64> step = tf.constant(7L);
      assertThatThrownBy(() -> DropoutMasks.of(tf, twice, xs, HALF, step))
          .isInstanceOf(UserError.class)
          .hasMessageContaining(
              "dropout masks of a cell: two parts have one name, so their masks would be the same;"
                  + " expected a name for each mask, received m, m");
      assertThatThrownBy(() -> DropoutMasks.of(tf, once, size, part -> HALF, step))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("two dropouts have one name")
          .hasMessageContaining("received test with seed 3, test with seed 3");
      Dropout none = new Dropout(1f, 3L, "test");
      assertThat(DropoutMasks.of(tf, once, size, part -> none, step)).hasSize(2);
    }
  }

  @Test
  void oneCallMakesThemForAllParts() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1L);
      RnnCell<?> cell =
          HyperLstmCell.withLstm(
              store.root(),
              HyperLstmCell.Settings.of(2, 30, 2).withRecurrentDropout(true),
              LstmCell.Settings.of(32, 20).withRecurrentDropout(true));
      Ops tf = store.root().child("test").tf();
      Operand<TFloat32> xs = tf.constant(new float[40][5][2]);
      List<Operand<TFloat32>> all = new ArrayList<>();
      all.addAll(DropoutMasks.of(tf, cell, xs, HALF, tf.constant(7L)));
      all.addAll(DropoutMasks.of(tf, cell, xs, HALF, tf.constant(8L)));
      assertThat(all).hasSize(4);
      Session.Runner runner = session.runner();
      all.forEach(runner::fetch);
      try (Result result = runner.run()) {
        List<float[]> values = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          TFloat32 mask = (TFloat32) result.get(i);
          assertThat(mask.shape().asArray()).containsExactly(40, 5, i % 2 == 0 ? 30 : 20);
          float[] flat = new float[(int) mask.size()];
          mask.asRawTensor().data().asFloats().read(flat);
          double sum = 0;
          for (float value : flat) {
            assertThat(value).isIn(0f, 2f); // 0 or 1 / keep
            sum += value;
          }
          // of 4000 numbers or more, mean 1 and deviation 1 / sqrt(4000) = 0.016
          assertThat(sum / flat.length).isBetween(0.92, 1.08);
          values.add(flat);
        }
        assertThat(values.get(0)).isNotEqualTo(values.get(2)); // another training step
      }
    }
  }
}

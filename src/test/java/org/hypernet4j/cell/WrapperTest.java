// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hypernet4j.fixtures.Arrays4.assertClose;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.unroll.ScanOptions;
import org.hypernet4j.unroll.StaticUnroll;
import org.hypernet4j.unroll.UnrollResult;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Stacks, residual connections and masks around the basic RNN, against {@link PlainCells}. */
class WrapperTest {
  private static final double[][] XS = {{0.5, -1.0}, {0.25, 0.75}, {-0.6, 0.1}};
  private static final double[] MASK_LOW = {2, 0, 2};
  private static final double[] MASK_TOP = {0, 1.25};

  @Test
  void stackFeedsEachLayerWithTheOneBelow() {
    try (Fixture f = new Fixture()) {
      StackedCell stack =
          new StackedCell(
              List.of(
                  new BasicRnnCell(f.scope.child("low"), 2, 3),
                  new ResidualCell<>(new BasicRnnCell(f.scope.child("mid"), 3, 3)),
                  new BasicRnnCell(f.scope.child("top"), 3, 2)),
              true);
      assertThat(stack.stateLayout().parts())
          .extracting(StatePart::name)
          .containsExactly("layer0/h", "layer1/h", "layer2/h");
      assertThat(stack.maskParts())
          .extracting(StatePart::name)
          .containsExactly("layer0/output", "layer1/output", "layer2/output");

      List<Operand<TFloat32>> masks = new ArrayList<>();
      for (Operand<TFloat32> one : List.of(f.row(MASK_LOW), f.row(1, 1, 1), f.row(MASK_TOP))) {
        masks.add(f.tf.stack(Collections.nCopies(XS.length, one)));
      }
      UnrollResult<StackedState> dropped =
          StaticUnroll.run(
              f.tf, stack, f.inputs(), f.zero(stack), ScanOptions.training().withMasks(masks));
      UnrollResult<StackedState> plain =
          StaticUnroll.run(
              f.tf, stack, f.inputs(), f.zero(stack), ScanOptions.training().withNoDropout());
      Map<String, double[]> p = f.fill();
      assertClose("plain", f.fetch(plain.outputs()), expected(p, false), 1e-6);
      assertClose("with masks", f.fetch(dropped.outputs()), expected(p, true), 1e-6);
    }
  }

  /** Three layers by hand; masks fall on outputs, what a layer remembers is unmasked. */
  private static double[] expected(Map<String, double[]> p, boolean masked) {
    PlainCells cells = new PlainCells(p);
    double[] low = new double[3];
    double[] mid = new double[3];
    double[] top = new double[2];
    double[] all = new double[0];
    for (double[] x : XS) {
      low = cells.basic("low/", x, low);
      double[] up = masked ? PlainCells.scaled(MASK_LOW, low) : low;
      mid = cells.basic("mid/", up, mid);
      top = cells.basic("top/", PlainCells.plus(mid, up), top);
      all = PlainCells.join(all, masked ? PlainCells.scaled(MASK_TOP, top) : top);
    }
    return all;
  }

  /** A cell that reads [x ; context], 2 and 1 wide, adds x alone. */
  @Test
  void aResidualMayAddTheFirstColumnsOnly() {
    try (Fixture f = new Fixture()) {
      RnnCell<RnnState> cell = ResidualCell.ofFirst(new BasicRnnCell(f.scope.child("cell"), 3, 2));
      UnrollResult<RnnState> run =
          StaticUnroll.run(
              f.tf, cell, List.of(f.row(0.5, -1, 2), f.row(0.25, 0.75, -3)), f.zero(cell));
      PlainCells cells = new PlainCells(f.fill());
      double[] one = cells.basic("cell/", new double[] {0.5, -1, 2}, new double[2]);
      double[] two = cells.basic("cell/", new double[] {0.25, 0.75, -3}, one);
      assertClose(
          "outputs",
          f.fetch(run.outputs()),
          PlainCells.join(
              PlainCells.plus(one, new double[] {0.5, -1}),
              PlainCells.plus(two, new double[] {0.25, 0.75})),
          1e-6);
      assertThatThrownBy(() -> ResidualCell.ofFirst(new BasicRnnCell(f.scope.child("wide"), 2, 3)))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "residual cell: input and output cannot be added; expected an input at least as wide"
                  + " as the output, received input 2, output 3.");
    }
  }

  @Test
  void saysWhatCannotBeStacked() {
    try (Fixture f = new Fixture()) {
      BasicRnnCell low = new BasicRnnCell(f.scope.child("low"), 2, 3);
      BasicRnnCell wide = new BasicRnnCell(f.scope.child("wide"), 4, 4);
      assertThatThrownBy(() -> new StackedCell(List.of(low, wide), false))
          .isInstanceOf(UserError.class)
          .hasMessageContaining(
              "stacked cell, layer 1: the input size is not the output size of the layer below;"
                  + " expected 3, received 4");
      assertThatThrownBy(() -> new StackedCell(List.of(), false)).isInstanceOf(UserError.class);
      assertThatThrownBy(() -> new ResidualCell<>(low))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("expected equal sizes, received input 2, output 3");
      StackedCell one = new StackedCell(List.of(low), false);
      StackedState two = new StackedState(List.of(List.of(), List.of()));
      assertThatThrownBy(() -> one.step(f.tf, f.row(1, 2), two))
          .isInstanceOf(UserError.class)
          .hasMessageContaining(
              "the state is that of another stack; expected 1 layers, received 2");
    }
  }

  private static final class Fixture implements AutoCloseable {
    final Graph graph = new Graph();
    final Session session = new Session(graph);
    final ParameterStore store = new ParameterStore(graph, 1L);
    final ParameterScope scope = store.root();
    final Ops tf = scope.child("test").tf();

    Operand<TFloat32> row(double... values) {
      float[] floats = new float[values.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) values[i];
      }
      return tf.constant(new float[][] {floats});
    }

    List<Operand<TFloat32>> inputs() {
      List<Operand<TFloat32>> xs = new ArrayList<>();
      for (double[] x : XS) {
        xs.add(row(x));
      }
      return xs;
    }

    <S> S zero(RnnCell<S> cell) {
      return cell.zeroState(tf, tf.constant(1));
    }

    Map<String, double[]> fill() {
      Random random = new Random(4);
      Map<String, float[]> values = new LinkedHashMap<>();
      Map<String, double[]> exact = new LinkedHashMap<>();
      for (Parameter parameter : store.all()) {
        float[] flat = new float[(int) parameter.size()];
        double[] same = new double[flat.length];
        for (int i = 0; i < flat.length; i++) {
          flat[i] = (float) random.nextGaussian() / 2;
          same[i] = flat[i];
        }
        values.put(parameter.name(), flat);
        exact.put(parameter.name(), same);
      }
      store.initialize(session);
      ParameterValues.assign(session, store, values);
      return exact;
    }

    float[] fetch(List<Operand<TFloat32>> outputs) {
      try (Result result = session.runner().fetch(tf.concat(outputs, tf.constant(1))).run()) {
        TFloat32 tensor = (TFloat32) result.get(0);
        float[] flat = new float[Math.toIntExact(tensor.size())];
        tensor.asRawTensor().data().asFloats().read(flat);
        return flat;
      }
    }

    @Override
    public void close() {
      session.close();
      graph.close();
    }
  }

  @Test
  void aStateTakesATensorForEachPart() {
    try (Fixture f = new Fixture()) {
      LstmCell cell = new LstmCell(f.scope.child("cell"), LstmCell.Settings.of(2, 3));
      for (int received : new int[] {0, 1, 3}) {
        List<Operand<TFloat32>> tensors = Collections.nCopies(received, f.row(1, 2, 3));
        assertThatExceptionOfType(UserError.class)
            .isThrownBy(() -> cell.stateLayout().state(tensors))
            .withMessage(
                "state of a cell: the number of tensors is not the number of parts; expected a"
                    + " tensor for each of [c, h], received "
                    + received
                    + ". Pass the tensors in the order of parts().");
      }
    }
  }

  /** Batches as {@code tf.shape.size(x, axis)} gives them, and as {@code tf.shape(x)} does. */
  @Test
  void aZeroStateTakesOneNumber() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1);
      Ops tf = store.root().tf();
      LstmCell cell = new LstmCell(store.root().child("cell"), LstmCell.Settings.of(2, 3));
      LstmState zero = cell.zeroState(tf, tf.constant(new int[] {5}));
      try (TFloat32 c = (TFloat32) session.runner().fetch(zero.c()).run().get(0)) {
        assertThat(c.shape()).isEqualTo(Shape.of(5, 3));
      }
      assertThatExceptionOfType(UserError.class)
          .isThrownBy(() -> cell.zeroState(tf, tf.constant(new int[] {5, 2})))
          .withMessage(
              "zeroState: the batch is not one number; expected a scalar, or [1], received a tensor"
                  + " [2]. Take the size of the batch's axis, not the shape of the input.");
    }
  }
}

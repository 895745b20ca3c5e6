// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hypernet4j.fixtures.Arrays4.assertClose;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.hypernet4j.cell.BasicRnnCell;
import org.hypernet4j.cell.LstmCell;
import org.hypernet4j.cell.RnnState;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.Arrays4;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.ParameterStore;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * Sequences of every length through one graph, against a basic RNN and its derivative written out
 * in double precision.
 */
class ScanLengthTest {
  private static final int INPUT = 2;
  private static final int UNITS = 3;

  @Test
  void oneGraphRunsEveryLength() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1L);
      BasicRnnCell cell = new BasicRnnCell(store.root().child("cell"), INPUT, UNITS);
      Ops tf = store.root().child("test").tf();
      Placeholder<TFloat32> xs =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 1, INPUT)));
      Placeholder<TFloat32> h0 =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(1, UNITS)));
      ScanResult<RnnState> run = Scan.run(tf, cell, xs, new RnnState(h0), ScanOptions.training());
      ScanResult<RnnState> inference =
          Scan.run(tf, cell, xs, new RnnState(h0), ScanOptions.inference());
      Operand<TFloat32> sum =
          tf.reduceSum(tf.reshape(run.outputs(), tf.constant(new int[] {-1})), tf.constant(0));
      Operand<TFloat32> loss =
          tf.math.add(
              sum,
              tf.reduceSum(tf.math.square(run.finalState().h()), tf.constant(new int[] {0, 1})));
      List<Operand<TFloat32>> wanted = new ArrayList<>(List.of(xs, h0));
      store.model().forEach(parameter -> wanted.add(parameter.value()));
      List<Operand<TFloat32>> gradients = Gradients.byTensors(loss, wanted);
      store.initialize(session);
      int ops = count(graph);

      Plain plain = new Plain(values(session, store));
      for (int steps : new int[] {0, 1, 2, 7, 1000}) {
        Random random = new Random(steps);
        double[] x = random.doubles((long) steps * INPUT, -1, 1).toArray();
        double[] h = random.doubles(UNITS, -1, 1).toArray();
        plain.run(x, h);
        Session.Runner runner = session.runner();
        try (TFloat32 xTensor = tensor(x, Shape.of(steps, 1, INPUT));
            TFloat32 hTensor = tensor(h, Shape.of(1, UNITS))) {
          runner.feed(xs, xTensor).feed(h0, hTensor);
          runner.fetch(run.outputs()).fetch(inference.outputs()).fetch(inference.finalState().h());
          gradients.forEach(runner::fetch);
          try (Result result = runner.run()) {
            String name = steps + " steps ";
            assertClose(name + "outputs", floats(result, 0), plain.outputs, 1e-5);
            assertClose(name + "inference", floats(result, 1), plain.outputs, 1e-5);
            assertClose(name + "final", floats(result, 2), plain.last, 1e-5);
            assertGradient(name, "x", floats(result, 3), plain.byX);
            assertGradient(name, "h0", floats(result, 4), plain.byH0);
            assertGradient(name, "W_x", floats(result, 5), plain.byWx);
            assertGradient(name, "W_h", floats(result, 6), plain.byWh);
            assertGradient(name, "b", floats(result, 7), plain.byB);
          }
        }
      }
      assertThat(count(graph)).isEqualTo(ops);
    }
  }

  @Test
  void anEncoderFeedsADecoder() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1L);
      // One cell as encoder and decoder: two loops in a row are one loop over both inputs.
      BasicRnnCell cell = new BasicRnnCell(store.root().child("cell"), INPUT, UNITS);
      Ops tf = store.root().child("test").tf();
      double[] x = new Random(3).doubles(5L * INPUT, -1, 1).toArray();
      double[] h = new Random(4).doubles(UNITS, -1, 1).toArray();
      Operand<TFloat32> h0 = constant(tf, h, 1, UNITS);
      Operand<TFloat32> first =
          constant(tf, java.util.Arrays.copyOfRange(x, 0, 3 * INPUT), 3, 1, INPUT);
      Operand<TFloat32> second =
          constant(tf, java.util.Arrays.copyOfRange(x, 3 * INPUT, 5 * INPUT), 2, 1, INPUT);
      ScanResult<RnnState> encoder =
          Scan.run(tf, cell, first, new RnnState(h0), ScanOptions.training());
      ScanResult<RnnState> decoder =
          Scan.run(tf, cell, second, encoder.finalState(), ScanOptions.training());
      Operand<TFloat32> all =
          tf.concat(List.of(encoder.outputs(), decoder.outputs()), tf.constant(0));
      Operand<TFloat32> loss =
          tf.math.add(
              tf.reduceSum(all, tf.constant(new int[] {0, 1, 2})),
              tf.reduceSum(
                  tf.math.square(decoder.finalState().h()), tf.constant(new int[] {0, 1})));
      List<Operand<TFloat32>> wanted = new ArrayList<>(List.of(h0));
      store.model().forEach(parameter -> wanted.add(parameter.value()));
      List<Operand<TFloat32>> gradients = Gradients.byTensors(loss, wanted);
      store.initialize(session);
      Plain plain = new Plain(values(session, store));
      plain.run(x, h);
      Session.Runner runner = session.runner().fetch(all);
      gradients.forEach(runner::fetch);
      try (Result result = runner.run()) {
        assertClose("outputs", floats(result, 0), plain.outputs, 1e-5);
        Arrays4.assertGradient("h0", floats(result, 1), plain.byH0, 1e-4);
        Arrays4.assertGradient("W_x", floats(result, 2), plain.byWx, 1e-4);
        Arrays4.assertGradient("W_h", floats(result, 3), plain.byWh, 1e-4);
        Arrays4.assertGradient("b", floats(result, 4), plain.byB, 1e-4);
      }
    }
  }

  @Test
  void aLoopForInferenceHasNoGradient() {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1L);
      BasicRnnCell cell = new BasicRnnCell(store.root().child("cell"), INPUT, UNITS);
      Ops tf = store.root().child("test").tf();
      Operand<TFloat32> xs = constant(tf, new double[4 * INPUT], 4, 1, INPUT);
      Operand<TFloat32> outputs =
          Scan.run(tf, cell, xs, cell.zeroState(tf, tf.constant(1)), ScanOptions.inference())
              .outputs();
      Operand<TFloat32> loss = tf.reduceSum(outputs, tf.constant(new int[] {0, 1, 2}));
      assertThatThrownBy(() -> Gradients.of(loss, store.model()))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("use a differentiable scan")
          .hasMessageContaining("run it with ScanOptions.training() in place of inference()");
    }
  }

  /** Others have the batch first; the state that fits it was called wrong. */
  @Test
  void batchMajorInputsAreCalledBatchMajor() {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1L);
      BasicRnnCell cell = new BasicRnnCell(store.root().child("cell"), INPUT, UNITS);
      Ops tf = store.root().child("test").tf();
      Operand<TFloat32> batchMajor = constant(tf, new double[3 * 5 * INPUT], 3, 5, INPUT);
      RnnState zero = cell.zeroState(tf, tf.constant(3));
      String message =
          ": the inputs look batch-major: the initial state has a row for each of their axis 0;"
              + " expected [time, batch, features], received xs [3, 5, 2] with an initial state of"
              + " 3 rows. Transpose xs";
      assertThatThrownBy(() -> Scan.run(tf, cell, batchMajor, zero, ScanOptions.training()))
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith("scan" + message);
      assertThatThrownBy(
              () ->
                  Bidirectional.run(tf, cell, zero, cell, zero, batchMajor, ScanOptions.training()))
          .isInstanceOf(UserError.class)
          .hasMessageContaining(message);
      // as many steps as sequences: either may be meant
      Operand<TFloat32> square = constant(tf, new double[3 * 3 * INPUT], 3, 3, INPUT);
      assertThat(
              Scan.run(tf, cell, square, zero, ScanOptions.training()).outputs().shape().asArray())
          .containsExactly(-1, 3, UNITS);
      // neither fits: the state is what is wrong
      assertThatThrownBy(
              () ->
                  Scan.run(
                      tf,
                      cell,
                      batchMajor,
                      cell.zeroState(tf, tf.constant(4)),
                      ScanOptions.training()))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("initial state");
    }
  }

  @Test
  void saysWhatDoesNotFit() {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1L);
      BasicRnnCell cell = new BasicRnnCell(store.root().child("cell"), INPUT, UNITS);
      LstmCell other = new LstmCell(store.root().child("lstm"), LstmCell.Settings.of(INPUT, 4));
      Ops tf = store.root().child("test").tf();
      Operand<TFloat32> xs = constant(tf, new double[8], 2, 2, 2);
      RnnState zero = cell.zeroState(tf, tf.constant(2));
      assertThatThrownBy(
              () ->
                  Scan.run(
                      tf, cell, constant(tf, new double[6], 2, 1, 3), zero, ScanOptions.training()))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("xs has the wrong shape; expected [?, ?, 2], received [2, 1, 3]");
      assertThatThrownBy(
              () ->
                  Scan.run(
                      tf,
                      cell,
                      xs,
                      new RnnState(other.zeroState(tf, tf.constant(2)).h()),
                      ScanOptions.training()))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("initial state h has the wrong shape; expected [2, 3]");
      assertThatThrownBy(
              () ->
                  Scan.run(
                      tf,
                      cell,
                      xs,
                      zero,
                      ScanOptions.training().withLengths(tf.constant(new int[] {1, 2, 3}))))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("lengths has the wrong shape; expected [2], received [3]");
      assertThatThrownBy(
              () -> Scan.run(tf, cell, xs, zero, ScanOptions.training().withMasks(List.of(xs))))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("another number of mask parts");
    }
  }

  @Test
  void saysWhichLengthDoesNotFit() {
    assertThat(ScanOptions.requireLengths(5, 0, 5, 3)).containsExactly(0, 5, 3);
    assertThatThrownBy(() -> ScanOptions.requireLengths(5, 2, 6))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the length of sequence 1 (counted from 0) does not fit")
        .hasMessageContaining("expected 0 to 5")
        .hasMessageContaining("received 6");
    assertThatThrownBy(() -> ScanOptions.requireLengths(5, -1)).isInstanceOf(UserError.class);
  }

  /** A gradient of no step at all is zero, which the usual check takes for a mistake. */
  private static void assertGradient(String steps, String of, float[] actual, double[] expected) {
    if (steps.equals("0 steps ")) {
      assertClose(steps + of, actual, expected, 1e-6);
    } else {
      Arrays4.assertGradient(steps + of, actual, expected, 1e-4);
    }
  }

  /** The basic RNN and back-propagation through time by the book. */
  private static final class Plain {
    final double[][] parameters;
    double[] outputs = {};
    double[] last = {};
    double[] byX = {};
    double[] byH0 = {};
    double[] byWx = {};
    double[] byWh = {};
    double[] byB = {};

    Plain(double[][] parameters) {
      this.parameters = parameters;
    }

    /** The loss is the sum of all outputs and of the squares of the last state. */
    void run(double[] x, double[] h0) {
      int steps = x.length / INPUT;
      double[] wx = parameters[0];
      double[] wh = parameters[1];
      double[] b = parameters[2];
      outputs = new double[steps * UNITS];
      double[] h = h0;
      for (int t = 0; t < steps; t++) {
        double[] next = new double[UNITS];
        for (int j = 0; j < UNITS; j++) {
          double sum = b[j];
          for (int i = 0; i < INPUT; i++) {
            sum += x[t * INPUT + i] * wx[i * UNITS + j];
          }
          for (int i = 0; i < UNITS; i++) {
            sum += h[i] * wh[i * UNITS + j];
          }
          next[j] = Math.tanh(sum);
          outputs[t * UNITS + j] = next[j];
        }
        h = next;
      }
      last = h;
      byX = new double[x.length];
      byWx = new double[INPUT * UNITS];
      byWh = new double[UNITS * UNITS];
      byB = new double[UNITS];
      double[] byH = new double[UNITS];
      for (int j = 0; j < UNITS; j++) {
        byH[j] = 2 * last[j];
      }
      for (int t = steps - 1; t >= 0; t--) {
        double[] before = new double[UNITS];
        for (int j = 0; j < UNITS; j++) {
          double out = outputs[t * UNITS + j];
          double bySum = (byH[j] + 1) * (1 - out * out);
          byB[j] += bySum;
          for (int i = 0; i < INPUT; i++) {
            byWx[i * UNITS + j] += x[t * INPUT + i] * bySum;
            byX[t * INPUT + i] += wx[i * UNITS + j] * bySum;
          }
          for (int i = 0; i < UNITS; i++) {
            double was = t == 0 ? h0[i] : outputs[(t - 1) * UNITS + i];
            byWh[i * UNITS + j] += was * bySum;
            before[i] += wh[i * UNITS + j] * bySum;
          }
        }
        byH = before;
      }
      byH0 = byH;
    }
  }

  private static double[][] values(Session session, ParameterStore store) {
    Session.Runner runner = session.runner();
    store.model().forEach(parameter -> runner.fetch(parameter.value()));
    double[][] values = new double[store.model().size()][];
    try (Result result = runner.run()) {
      for (int i = 0; i < values.length; i++) {
        float[] floats = floats(result, i);
        values[i] = new double[floats.length];
        for (int k = 0; k < floats.length; k++) {
          values[i][k] = floats[k];
        }
      }
    }
    return values;
  }

  private static int count(Graph graph) {
    int[] count = {0};
    graph.operations().forEachRemaining(op -> count[0]++);
    return count[0];
  }

  private static float[] floats(Result result, int at) {
    TFloat32 tensor = (TFloat32) result.get(at);
    float[] copy = new float[(int) tensor.size()];
    tensor.asRawTensor().data().asFloats().read(copy);
    return copy;
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static TFloat32 tensor(double[] values, Shape shape) {
    return TFloat32.tensorOf(shape, DataBuffers.of(floats(values)));
  }

  private static Operand<TFloat32> constant(Ops tf, double[] values, long... shape) {
    return tf.constant(Shape.of(shape), DataBuffers.of(floats(values)));
  }
}

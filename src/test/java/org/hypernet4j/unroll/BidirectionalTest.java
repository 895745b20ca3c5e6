// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.hypernet4j.cell.BasicRnnCell;
import org.hypernet4j.cell.LearnedState;
import org.hypernet4j.cell.LstmCell;
import org.hypernet4j.cell.RnnState;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
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
 * Both directions, with lengths and learned initial states, against the basic RNN written out in
 * double precision and against differences of the loss.
 */
class BidirectionalTest {
  private static final int STEPS = 4;
  private static final int INPUT = 2;
  private static final int UNITS = 3;
  private static final int[] LENGTHS = {2, 4};

  @Test
  void readsEachSequenceFromBothEnds() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1L);
      BasicRnnCell there = new BasicRnnCell(store.root().child("there"), INPUT, UNITS);
      BasicRnnCell back = new BasicRnnCell(store.root().child("back"), INPUT, UNITS);
      LearnedState<RnnState> learned = new LearnedState<>(store.root().child("there"), there);
      Ops tf = store.root().child("test").tf();
      Placeholder<TFloat32> xs =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2, INPUT)));
      Bidirectional<RnnState, RnnState> run =
          Bidirectional.run(
              tf,
              there,
              learned.of(tf, tf.constant(2)),
              back,
              back.zeroState(tf, tf.constant(2)),
              xs,
              ScanOptions.training().withLengths(tf.constant(LENGTHS)));
      Operand<TFloat32> loss =
          tf.reduceSum(tf.math.square(run.outputs()), tf.constant(new int[] {0, 1, 2}));
      Operand<TFloat32> byXs = Gradients.byTensors(loss, List.of(xs)).get(0);
      Parameter initial = learned.parameters().get(0);
      Operand<TFloat32> byInitial = Gradients.byTensors(loss, List.of(initial.value())).get(0);
      store.initialize(session);
      float[] x = floats(new Random(2).doubles(STEPS * 2L * INPUT, -1, 1).toArray());

      float[] outputs = fetch(session, xs, x, run.outputs());
      double[] expected = new double[STEPS * 2 * 2 * UNITS];
      double[][] w1 = values(session, xs, x, store, "there/");
      double[][] w2 = values(session, xs, x, store, "back/");
      for (int b = 0; b < 2; b++) {
        double[] h1 = new double[UNITS];
        double[] h2 = new double[UNITS];
        for (int t = 0; t < LENGTHS[b]; t++) {
          h1 = step(w1, x, t, b, h1);
          int last = LENGTHS[b] - 1 - t;
          h2 = step(w2, x, last, b, h2);
          System.arraycopy(h1, 0, expected, (t * 2 + b) * 2 * UNITS, UNITS);
          System.arraycopy(h2, 0, expected, (last * 2 + b) * 2 * UNITS + UNITS, UNITS);
        }
      }
      for (int i = 0; i < expected.length; i++) {
        assertThat((double) outputs[i]).as("output " + i).isCloseTo(expected[i], within(1e-5));
      }

      float[] gradient = fetch(session, xs, x, byXs);
      for (int i = 0; i < x.length; i++) {
        float[] more = x.clone();
        float[] less = x.clone();
        more[i] += 1e-2f;
        less[i] -= 1e-2f;
        double difference =
            (fetch(session, xs, more, loss)[0] - fetch(session, xs, less, loss)[0])
                / ((double) more[i] - less[i]);
        assertThat((double) gradient[i]).as("by x " + i).isCloseTo(difference, within(3e-3));
      }
      // the sum over both rows, by the first step's share: not zero, and of the parameter's shape
      float[] byFirst = fetch(session, xs, x, byInitial);
      assertThat(byFirst).hasSize(UNITS);
      for (int j = 0; j < UNITS; j++) {
        double difference =
            lossWith(session, xs, x, initial, j, 1e-2f, loss)
                - lossWith(session, xs, x, initial, j, -1e-2f, loss);
        assertThat((double) byFirst[j])
            .as("by initial " + j)
            .isCloseTo(difference / 2e-2, within(3e-3));
      }
    }
  }

  @Test
  void saysWhatDoesNotFit() {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1L);
      BasicRnnCell cell = new BasicRnnCell(store.root().child("cell"), INPUT, UNITS);
      Ops tf = store.root().child("test").tf();
      Operand<TFloat32> xs = tf.zeros(tf.constant(new int[] {3, 1, INPUT}), TFloat32.class);
      RnnState zero = cell.zeroState(tf, tf.constant(1));
      assertThatThrownBy(
              () ->
                  Bidirectional.run(
                      tf,
                      cell,
                      zero,
                      cell,
                      zero,
                      xs,
                      ScanOptions.training().withMasks(List.of(xs))))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("one list of masks cannot serve two cells");
      assertThatThrownBy(
              () ->
                  LstmCell.layerNorm(
                      store.root().child("lstm"), LstmCell.Settings.of(INPUT, UNITS)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("epsilon of layer normalisation must be positive");
    }
  }

  private static double[] step(double[][] w, float[] x, int t, int b, double[] h) {
    double[] next = new double[UNITS];
    for (int j = 0; j < UNITS; j++) {
      double sum = w[2][j];
      for (int i = 0; i < INPUT; i++) {
        sum += x[(t * 2 + b) * INPUT + i] * w[0][i * UNITS + j];
      }
      for (int i = 0; i < UNITS; i++) {
        sum += h[i] * w[1][i * UNITS + j];
      }
      next[j] = Math.tanh(sum);
    }
    return next;
  }

  private static double lossWith(
      Session session,
      Placeholder<TFloat32> xs,
      float[] x,
      Parameter parameter,
      int at,
      float value,
      Operand<TFloat32> loss) {
    float[] values = new float[UNITS];
    values[at] = value;
    try (TFloat32 tensor = TFloat32.tensorOf(Shape.of(UNITS), DataBuffers.of(values))) {
      session
          .runner()
          .feed(parameter.initialValue().asOutput(), tensor)
          .addTarget(parameter.assign())
          .run()
          .close();
    }
    return fetch(session, xs, x, loss)[0];
  }

  private static double[][] values(
      Session session, Placeholder<TFloat32> xs, float[] x, ParameterStore store, String scope) {
    double[][] values = new double[3][];
    List<Parameter> own =
        store.model().stream()
            .filter(one -> one.name().startsWith(scope + "W_") || one.name().equals(scope + "b"))
            .toList();
    for (int i = 0; i < 3; i++) {
      float[] floats = fetch(session, xs, x, own.get(i).value());
      values[i] = new double[floats.length];
      for (int k = 0; k < floats.length; k++) {
        values[i][k] = floats[k];
      }
    }
    return values;
  }

  private static float[] fetch(
      Session session, Placeholder<TFloat32> xs, float[] x, Operand<TFloat32> what) {
    try (TFloat32 feed = TFloat32.tensorOf(Shape.of(STEPS, 2, INPUT), DataBuffers.of(x));
        Result result = session.runner().feed(xs, feed).fetch(what).run()) {
      TFloat32 tensor = (TFloat32) result.get(0);
      float[] copy = new float[(int) tensor.size()];
      tensor.asRawTensor().data().asFloats().read(copy);
      return copy;
    }
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}

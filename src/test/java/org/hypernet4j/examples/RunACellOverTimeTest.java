// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.hypernet4j.cell.HyperLstmCell;
import org.hypernet4j.cell.HyperLstmState;
import org.hypernet4j.cell.LstmCell;
import org.hypernet4j.cell.LstmState;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.Role;
import org.hypernet4j.nn.Dense;
import org.hypernet4j.optim.Adam;
import org.hypernet4j.optim.GradientClip;
import org.hypernet4j.optim.TrainOp;
import org.hypernet4j.unroll.Scan;
import org.hypernet4j.unroll.ScanOptions;
import org.hypernet4j.unroll.ScanResult;
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

/** The second example of the README: a HyperLSTM that learns to add up what it reads. */
class RunACellOverTimeTest {
  private static final int BATCH = 16;

  @Test
  void aHyperLstmLearnsRunningSums() {
    // README example begins
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 42L);
      ParameterScope root = store.root();
      Ops tf = root.tf();
      // [time, batch, inputs]: the loop runs as many steps as the tensor that is fed has
      Placeholder<TFloat32> xs =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, BATCH, 1)));

      // 32 units whose weights a small LSTM of 8 units rescales at every step (paper, A.2.2)
      HyperLstmCell<LstmState> cell =
          HyperLstmCell.withLstm(
              root.child("cell"),
              HyperLstmCell.Settings.paper(1, 32, 4, 1e-3f), // inputs, units, N_z, LN epsilon
              LstmCell.Settings.of(1 + 32, 8).withLayerNorm(1e-3f));
      HyperLstmState<LstmState> zero = cell.zeroState(tf, tf.constant(BATCH));
      ScanResult<HyperLstmState<LstmState>> run =
          Scan.run(tf, cell, xs, zero, ScanOptions.training());

      Operand<TFloat32> kernel =
          root.child("out")
              .value("kernel", Shape.of(32, 1), Initializers.glorotUniform(), Role.KERNEL);
      Operand<TFloat32> bias =
          root.child("out").value("bias", Shape.of(1), Initializers.zeros(), Role.BIAS);
      Operand<TFloat32> rows = tf.reshape(run.outputs(), tf.constant(new int[] {-1, 32}));
      Operand<TFloat32> y = Dense.apply(tf, rows, kernel, bias); // [time * batch, 1]

      Operand<TFloat32> sums = tf.reshape(tf.math.cumsum(xs, tf.constant(0)), tf.shape(y));
      Operand<TFloat32> loss =
          tf.math.mean(tf.math.squaredDifference(y, sums), tf.constant(new int[] {0, 1}));
      TrainOp train =
          new Adam(store, tf.constant(0.01f), GradientClip.globalNorm(1f)).minimize(loss);
      store.initialize(session);
      float before = run(session, xs, train, loss, 20);
      for (int step = 0; step < 200; step++) {
        run(session, xs, train, loss, 5 + step % 20); // any length, one graph
      }
      float after = run(session, xs, train, loss, 20);
      // README example ends
      assertThat(after).isLessThan(before / 4);
    }
  }

  private static float run(
      Session session, Placeholder<TFloat32> xs, TrainOp train, Operand<TFloat32> loss, int steps) {
    float[] values = new float[steps * BATCH];
    Random random = new Random(steps);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    try (TFloat32 feed = TFloat32.tensorOf(Shape.of(steps, BATCH, 1), DataBuffers.of(values));
        Result result =
            session.runner().feed(xs, feed).addTarget(train.update()).fetch(loss).run()) {
      return ((TFloat32) result.get(0)).getFloat();
    }
  }
}

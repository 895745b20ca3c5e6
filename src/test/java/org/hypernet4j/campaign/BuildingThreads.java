// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.hypernet4j.cell.LstmCell;
import org.hypernet4j.cell.LstmState;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.optim.Adam;
import org.hypernet4j.optim.GradientClip;
import org.hypernet4j.optim.TrainOp;
import org.hypernet4j.unroll.Scan;
import org.hypernet4j.unroll.ScanOptions;
import org.hypernet4j.unroll.ScanResult;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * Threads build graphs of their own, each an LSTM that runs over time and is trained, and must all
 * come to the same loss. Arguments: the seed, how many graphs a thread.
 */
final class BuildingThreads {
  private static final int STEPS = 3;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private BuildingThreads() {}

  public static void main(String[] args) {
    ThreadTeam.main(thread -> build(Long.parseLong(args[0]), Integer.parseInt(args[1])));
  }

  private static void build(long seed, int graphs) throws Exception {
    float expected = train(seed);
    AtomicInteger built = new AtomicInteger();
    ThreadTeam team =
        ThreadTeam.start(
            thread -> {
              for (int i = 0; i < graphs; i++) {
                float loss = train(seed);
                // sums of several threads of TensorFlow may differ in the last bits
                if (!(Math.abs(loss - expected) <= 1e-5f * Math.abs(expected))) {
                  throw new Wrong("loss " + loss + ", of one thread alone " + expected);
                }
                built.incrementAndGet();
              }
            });
    try {
      team.join(LIMIT);
    } catch (Wrong e) {
      throw new Wrong(e.what() + " after " + built + " graphs");
    }
  }

  /** The loss after some steps of a graph of its own. */
  private static float train(long seed) throws Wrong {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, seed);
      Ops tf = store.root().tf();
      Placeholder<TFloat32> xs =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2, 3)));
      LstmCell cell = new LstmCell(store.root().child("cell"), LstmCell.Settings.of(3, 4));
      ScanResult<LstmState> run =
          Scan.run(tf, cell, xs, cell.zeroState(tf, tf.constant(2)), ScanOptions.training());
      Operand<TFloat32> loss =
          tf.math.mean(tf.math.square(run.outputs()), tf.constant(new int[] {0, 1, 2}));
      TrainOp train = new Adam(store, tf.constant(0.1f), GradientClip.none()).minimize(loss);
      store.initialize(session);
      float last = Float.NaN;
      for (int step = 0; step < STEPS; step++) {
        float[] values = new float[5 * 2 * 3];
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) Math.sin(i + step);
        }
        try (Feeds feeds = new Feeds().floats(xs, Shape.of(5, 2, 3), values);
            Result result = feeds.into(session.runner()).addTarget(train.op()).fetch(loss).run()) {
          last = ((TFloat32) result.get(0)).getFloat();
        }
      }
      return last;
    }
  }
}

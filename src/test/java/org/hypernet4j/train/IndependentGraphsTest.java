// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.hypernet4j.cell.LstmCell;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.optim.Adam;
import org.hypernet4j.optim.GradientClip;
import org.hypernet4j.optim.TrainOp;
import org.hypernet4j.unroll.Scan;
import org.hypernet4j.unroll.ScanOptions;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * Threads that each build and train graphs of their own. Two of them once waited for ever: one in a
 * gradient for a lock of ours, the other with that lock for the first one's graph.
 */
final class IndependentGraphsTest {
  private static final int THREADS = 8;
  private static final int GRAPHS = 20;

  @Test
  void eightThreadsBuildTwentyGraphsEach() throws Exception {
    ExecutorService threads =
        Executors.newFixedThreadPool(
            THREADS,
            task -> {
              Thread thread = new Thread(task);
              thread.setDaemon(true); // one that is stuck must not keep the JVM
              return thread;
            });
    List<Future<Float>> losses = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      losses.add(threads.submit(IndependentGraphsTest::graphs));
    }
    float alone = build(true);
    assertThat(alone).isPositive();
    for (Future<Float> thread : losses) {
      // seconds on an idle machine; the last graph gives what one thread alone gives
      assertThat(thread.get(2, TimeUnit.MINUTES)).isEqualTo(alone);
    }
    threads.shutdown();
  }

  private static float graphs() {
    for (int i = 1; i < GRAPHS; i++) {
      build(false);
    }
    return build(true);
  }

  /** Builds a graph and, on request, trains it for a step; the loss before the step, or 0. */
  private static float build(boolean train) {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1);
      Ops tf = store.root().tf();
      Placeholder<TFloat32> x =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2, 3)));
      LstmCell cell = new LstmCell(store.root().child("lstm"), LstmCell.Settings.of(3, 4));
      Operand<TFloat32> outputs =
          Scan.run(tf, cell, x, cell.zeroState(tf, tf.constant(2)), ScanOptions.training())
              .outputs();
      Operand<TFloat32> loss =
          tf.math.mean(tf.math.square(outputs), tf.constant(new int[] {0, 1, 2}));
      TrainOp step = new Adam(store, tf.constant(0.1f), GradientClip.none()).minimize(loss);
      if (!train) {
        return 0f;
      }
      float[] ones = new float[12];
      Arrays.fill(ones, 1f);
      try (Session session = new Session(graph);
          Feeds feeds = new Feeds().floats(x, Shape.of(2, 2, 3), ones)) {
        store.initialize(session);
        try (Result result =
            feeds.into(session.runner()).addTarget(step.update()).fetch(loss).run()) {
          return ((TFloat32) result.get(0)).getFloat();
        }
      }
    }
  }
}

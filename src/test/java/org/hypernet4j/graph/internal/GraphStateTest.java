// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Precision;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

final class GraphStateTest {
  @Test
  void aGraphKeepsItsState() {
    try (Graph graph = new Graph()) {
      assertThat(GraphState.find(graph)).isNull();
      GraphState state = GraphState.of(op(graph));
      assertThat(GraphState.of(op(graph))).isSameAs(state);
      assertThat(GraphState.find(graph)).isSameAs(state);
    }
  }

  /** A state holds ops and so the graph: those of closed graphs must not be there at the end. */
  @Test
  void closedGraphsAreForgottenWhenANewOneComes() {
    List<Graph> closed = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      try (Graph graph = new Graph()) {
        GraphState.of(op(graph));
        closed.add(graph);
      }
    }
    try (Graph open = new Graph();
        Graph second = new Graph()) {
      GraphState first = GraphState.of(op(open));
      GraphState.of(op(second));
      assertThat(closed).allMatch(graph -> GraphState.find(graph) == null);
      assertThat(GraphState.find(open)).isSameAs(first);
    }
  }

  @Test
  void nothingStaysOfTheBodyOfALoop() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Graph body =
          Precision.BFLOAT16.during(
              tf,
              () -> {
                try (Loop loop = new Loop(tf, "loop")) {
                  Graph inner = (Graph) loop.body().scope().env();
                  assertThat(GraphState.find(inner)).isNotNull();
                  return inner;
                }
              });
      assertThat(GraphState.find(body)).isNull();
    }
  }

  /**
   * While TensorFlow calls a gradient it holds the lock of that graph. A thread that is stopped
   * there keeps no other thread from making, reading and removing states.
   */
  @Test
  void aThreadInsideAGradientStopsNobody() throws InterruptedException {
    CountDownLatch inGradient = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Thread slow =
        new Thread(
            () -> {
              try (TestGraph g = new TestGraph()) {
                Operand<TFloat32> x = g.tf.constant(new float[][] {{1, -2}});
                CustomGradient waiting = new Waiting(x, inGradient, goOn);
                Operand<TFloat32> y = CustomGradients.attach(g.tf, waiting, waiting.forward(g.tf));
                Gradients.byTensors(g.sum(y), List.of(x));
              }
            });
    slow.setDaemon(true);
    slow.start();
    assertThat(inGradient.await(60, TimeUnit.SECONDS)).isTrue();
    CountDownLatch done = new CountDownLatch(1);
    Thread other =
        new Thread(
            () -> {
              try (Graph graph = new Graph()) {
                GraphState.of(op(graph));
              }
              try (Graph graph = new Graph()) {
                GraphState.of(op(graph));
                Precision.BFLOAT16.during(Ops.create(graph), () -> GraphState.find(graph));
              }
              done.countDown();
            });
    other.setDaemon(true);
    other.start();
    boolean passed = done.await(20, TimeUnit.SECONDS);
    goOn.countDown();
    assertThat(passed).isTrue();
    slow.join(20_000);
    assertThat(slow.isAlive()).isFalse();
  }

  private record Waiting(Operand<TFloat32> x, CountDownLatch reached, CountDownLatch goOn)
      implements CustomGradient {
    @Override
    public List<Operand<TFloat32>> inputs() {
      return List.of(x);
    }

    @Override
    public List<Operand<TFloat32>> forward(Ops tf) {
      return List.of(tf.identity(x));
    }

    @Override
    public List<@Nullable Operand<TFloat32>> backward(
        Ops tf, List<Operand<TFloat32>> results, Operand<TFloat32> byValue) {
      reached.countDown();
      try {
        if (!goOn.await(60, TimeUnit.SECONDS)) {
          throw new IllegalStateException("nobody came");
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return Arrays.asList(byValue);
    }

    @Override
    public boolean worthKeeping() {
      return false;
    }
  }

  private static Operation op(Graph graph) {
    return Ops.create(graph).constant(1f).op();
  }
}

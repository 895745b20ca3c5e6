package org.hypernet4j.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operation;
import org.tensorflow.op.Ops;

final class PerGraphTest {
  private final PerGraph<String> values = new PerGraph<>();

  @Test
  void aGraphKeepsWhatItGotFirst() {
    try (Graph graph = new Graph()) {
      assertThat(values.get(graph)).isNull();
      assertThat(values.orMake(op(graph), () -> "first")).isEqualTo("first");
      assertThat(values.orMake(op(graph), () -> "second")).isEqualTo("first");
      assertThat(values.get(graph)).isEqualTo("first");
    }
  }

  /** What is stored holds the graph: twenty closed graphs must not be there at the end. */
  @Test
  void closedGraphsAreForgottenWhenANewOneComes() {
    for (int i = 0; i < 20; i++) {
      try (Graph graph = new Graph()) {
        String name = "graph " + i;
        values.orMake(op(graph), () -> name);
        assertThat(values.size()).isEqualTo(1);
      }
    }
    try (Graph open = new Graph();
        Graph second = new Graph()) {
      values.orMake(op(open), () -> "open");
      values.orMake(op(second), () -> "second");
      assertThat(values.size()).isEqualTo(2);
      assertThat(values.get(open)).isEqualTo("open");
    }
  }

  /**
   * A thread that is stopped inside one graph keeps nobody else from reading: the gradient of
   * another graph would wait for it with its own graph's lock in its hands.
   */
  @Test
  void aThreadThatMakesAValueStopsNobody() throws InterruptedException {
    try (Graph slow = new Graph();
        Graph quick = new Graph()) {
      values.orMake(op(quick), () -> "quick");
      CountDownLatch making = new CountDownLatch(1);
      CountDownLatch read = new CountDownLatch(1);
      Thread maker =
          new Thread(
              () ->
                  values.orMake(
                      op(slow),
                      () -> {
                        making.countDown();
                        await(read);
                        return "slow";
                      }));
      maker.setDaemon(true);
      maker.start();
      await(making);
      Thread reader =
          new Thread(
              () -> {
                if ("quick".equals(values.get(quick))) {
                  read.countDown();
                }
              });
      reader.setDaemon(true);
      reader.start();
      assertThat(read.await(20, TimeUnit.SECONDS)).isTrue();
      maker.join(20_000);
      assertThat(values.get(slow)).isEqualTo("slow");
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(20, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nobody came");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Operation op(Graph graph) {
    return Ops.create(graph).constant(1f).op();
  }
}

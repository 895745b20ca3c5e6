// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hypernet4j.predict.RowSums.row;
import static org.hypernet4j.predict.RowSums.y;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.NpyArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What joins, what does not, and who gets which answer. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class MicroBatcherTest {
  private static final Path FOREIGN = Path.of("src/test/resources/export/foreign");

  private final RowSums model = new RowSums();
  private final AtomicInteger queued = new AtomicInteger();
  private final ExecutorService callers = Executors.newCachedThreadPool();

  private final ServingListener counting =
      new ServingListener() {
        @Override
        public void queued(ModelDescription described, int change) {
          queued.addAndGet(change);
        }
      };

  @AfterEach
  void end() {
    callers.shutdownNow();
  }

  private static MicroBatcher.Settings settings(int maxBatch, int maxQueued) {
    return new MicroBatcher.Settings(maxBatch, Duration.ZERO, maxQueued, 1);
  }

  /** A batcher whose only thread is busy with a call, so that others wait. */
  private MicroBatcher busy(MicroBatcher.Settings settings) throws InterruptedException {
    model.gate = new CountDownLatch(1);
    MicroBatcher batcher = MicroBatcher.of(model, settings, counting);
    Future<?> unused = call(batcher, "sums", row(0, 0));
    model.reached.await();
    return batcher;
  }

  private Future<Map<String, NpyArray>> call(
      Servable servable, String signature, Map<String, NpyArray> inputs) {
    Callable<Map<String, NpyArray>> call = () -> servable.predict(signature, inputs);
    return callers.submit(call);
  }

  private void awaitQueued(int rows) throws InterruptedException {
    while (queued.get() != rows) {
      Thread.sleep(1);
    }
  }

  @Test
  void callsThatWaitRunTogetherAndGetTheirOwnRows() throws Exception {
    try (MicroBatcher batcher = busy(settings(32, 100))) {
      List<Future<Map<String, NpyArray>>> answers = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        answers.add(call(batcher, "sums", row(i, 10 * i)));
      }
      answers.add(call(batcher, "sums", Map.of("x", NpyArray.of(new float[] {1, 2, 3, 4}, 2, 2))));
      awaitQueued(9);
      model.gate.countDown();

      for (int i = 0; i < 7; i++) {
        assertThat(y(answers.get(i).get())).containsExactly(11 * i); // i + 10 i
      }
      assertThat(y(answers.get(7).get())).containsExactly(3, 7);
      assertThat(model.rows).containsExactly(1, 9);
    }
    assertThat(model.closed).isTrue();
  }

  @Test
  void noBatchIsLargerThanTheMaximum() throws Exception {
    try (MicroBatcher batcher = busy(settings(4, 100))) {
      List<Future<Map<String, NpyArray>>> answers = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        answers.add(call(batcher, "sums", row(i, 0)));
      }
      awaitQueued(6);
      // as many rows as a batch holds: it has nobody to wait for
      Future<Map<String, NpyArray>> large =
          call(batcher, "sums", Map.of("x", NpyArray.of(new float[8], 4, 2)));
      while (model.rows.size() < 2) {
        Thread.sleep(1);
      }
      model.gate.countDown();
      for (int i = 0; i < 6; i++) {
        assertThat(y(answers.get(i).get())).containsExactly(i);
      }
      assertThat(y(large.get())).hasSize(4);
      assertThat(model.rows).containsExactly(1, 4, 4, 2);
    }
  }

  @Test
  void oneThatFailsInABatchFailsAlone() throws Exception {
    try (MicroBatcher batcher = busy(settings(32, 100))) {
      Future<Map<String, NpyArray>> before = call(batcher, "sums", row(1, 2));
      awaitQueued(1);
      Future<Map<String, NpyArray>> failing = call(batcher, "sums", row(RowSums.FAILING, 0));
      awaitQueued(2);
      Future<Map<String, NpyArray>> after = call(batcher, "sums", row(3, 4));
      awaitQueued(3);
      model.gate.countDown();

      assertThat(y(before.get())).containsExactly(3);
      assertThat(y(after.get())).containsExactly(7);
      assertThatThrownBy(failing::get)
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("row 0 fails");
      assertThat(model.rows).containsExactly(1, 3, 1, 1, 1);
    }
  }

  @Test
  void inputsThatDoNotFitNeverEnterABatch() throws Exception {
    try (MicroBatcher batcher = MicroBatcher.of(model, settings(32, 100), counting)) {
      for (Map<String, NpyArray> wrong :
          List.of(
              row(1, 2, 3),
              Map.of("x", NpyArray.of(new float[] {1, 2}, 2)),
              Map.<String, NpyArray>of(),
              Map.of("z", NpyArray.of(new float[2], 1, 2)))) {
        assertThatThrownBy(() -> batcher.predict("sums", wrong))
            .isInstanceOf(UserError.class)
            .hasMessageContaining("the input 'x' has another shape");
      }
      assertThat(queued).hasValue(0);
      assertThat(model.rows).isEmpty();
    }
  }

  @Test
  void rowsOfOtherLengthsAndOutputsWithoutABatchStayApart() throws Exception {
    try (MicroBatcher batcher = MicroBatcher.of(model, settings(32, 100), counting)) {
      for (int i = 0; i < 3; i++) {
        // shows that the output is as long as the input
        assertThat(y(batcher.predict("doubled", row(1, 2, i)))).containsExactly(2, 4, 2 * i);
      }
      model.gate = new CountDownLatch(1);
      Future<?> unused = call(batcher, "sums", row(0, 0));
      while (model.rows.size() < 4) {
        Thread.sleep(1);
      }
      Future<Map<String, NpyArray>> two = call(batcher, "doubled", row(1, 2));
      Future<Map<String, NpyArray>> three = call(batcher, "doubled", row(1, 2, 3));
      awaitQueued(2);
      Future<Map<String, NpyArray>> other = call(batcher, "doubled", row(5, 6));
      awaitQueued(3);
      model.gate.countDown();
      assertThat(y(two.get())).containsExactly(2, 4);
      assertThat(y(three.get())).containsExactly(2, 4, 6);
      assertThat(y(other.get())).containsExactly(10, 12);
      assertThat(model.rows.subList(4, 6)).containsExactlyInAnyOrder(1, 2);

      assertThat(y(batcher.predict("total", row(1, 2)))).containsExactly(3);
      assertThat(queued).hasValue(0);
    }
  }

  /** A batch would be as wide as its widest row. */
  @Test
  void outputsWhoseLengthTheModelDecidesStayApart() throws Exception {
    try (MicroBatcher batcher = busy(settings(32, 100))) {
      Future<Map<String, NpyArray>> one = call(batcher, "cut", row(1, 0, 0));
      Future<Map<String, NpyArray>> four = call(batcher, "cut", row(4, 0, 0));
      while (model.rows.size() < 3) {
        Thread.sleep(1);
      }
      assertThat(queued).hasValue(0);
      model.gate.countDown();
      assertThat(y(one.get())).hasSize(1);
      assertThat(y(four.get())).hasSize(4);
      for (int i = 1; i <= 6; i++) {
        assertThat(y(batcher.predict("cut", row(i, 0, 0)))).hasSize(i);
      }
    }
  }

  /** A model of others whose signature promises what it does not hold. */
  @Test
  void outputsWithoutTheRowsOfTheInputsAreAskedForAgain() throws Exception {
    try (MicroBatcher batcher = busy(settings(32, 100))) {
      Future<Map<String, NpyArray>> a = call(batcher, "mixed", row(1, 2));
      Future<Map<String, NpyArray>> b = call(batcher, "mixed", row(3, 4));
      awaitQueued(2);
      model.gate.countDown();
      assertThat(y(a.get())).containsExactly(3);
      assertThat(y(b.get())).containsExactly(7);
      assertThat(model.rows).containsExactly(1, 2, 1, 1);
      assertThat(y(batcher.predict("mixed", row(5, 6)))).containsExactly(11);
    }
  }

  @Test
  void tooManyRowsAreRefused() throws Exception {
    try (MicroBatcher batcher = busy(settings(2, 3))) {
      List<Future<Map<String, NpyArray>>> answers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        answers.add(call(batcher, "sums", row(i, 0)));
      }
      awaitQueued(3);
      assertThatThrownBy(() -> batcher.predict("sums", row(1, 1)))
          .isInstanceOf(OverloadedException.class)
          .hasMessage("the model 'sums' is overloaded: 3 rows wait, at most 3 may");
      assertThat(queued).hasValue(3);
      model.gate.countDown();
      for (int i = 0; i < 3; i++) {
        assertThat(y(answers.get(i).get())).containsExactly(i);
      }
      assertThat(y(batcher.predict("sums", row(1, 1)))).containsExactly(2);
    }
  }

  @Test
  void aCallerThatIsInterruptedOrTooLateLeaves() throws Exception {
    try (MicroBatcher batcher = busy(settings(32, 100))) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> batcher.predict("sums", row(1, 1)))
          .isInstanceOf(CancellationException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThatThrownBy(() -> batcher.predict("sums", row(1, 1), Duration.ofMillis(5)))
          .isInstanceOf(OverloadedException.class)
          .hasMessage("the model 'sums' gave no answer within 5 ms");
      assertThat(queued).hasValue(0);
      model.gate.countDown();
      assertThat(y(batcher.predict("sums", row(1, 1), Duration.ofSeconds(30)))).containsExactly(2);
      assertThat(model.rows).containsExactly(1, 1);
    }
  }

  @Test
  void closingAnswersThoseThatWaitAndRefusesOthers() throws Exception {
    MicroBatcher batcher = busy(settings(32, 100));
    Future<Map<String, NpyArray>> waiting = call(batcher, "sums", row(1, 2));
    awaitQueued(1);
    Future<?> closing = callers.submit(batcher::close);
    String refused = "";
    while (refused.isEmpty()) {
      try {
        // until closing has begun
        batcher.predict("sums", row(9, 9), Duration.ofMillis(1));
      } catch (OverloadedException e) {
        assertThat(e).hasMessageContaining("gave no answer");
      } catch (IllegalStateException e) {
        refused = String.valueOf(e.getMessage());
      }
    }
    assertThat(refused).isEqualTo("the model 'sums' is closed");
    assertThat(model.closed).isFalse();
    model.gate.countDown();
    assertThat(y(waiting.get())).containsExactly(3);
    closing.get();
    assertThat(model.closed).isTrue();
    batcher.close();
  }

  @Test
  void aLoneCallerDoesNotWait() {
    MicroBatcher.Settings patient = new MicroBatcher.Settings(32, Duration.ofHours(1), 100, 2);
    try (MicroBatcher batcher = MicroBatcher.of(model, patient)) {
      for (int i = 0; i < 10; i++) {
        assertThat(y(batcher.predict("sums", row(i, 2)))).containsExactly(i + 2);
      }
    }
  }

  /** There were two a moment ago, so the second of them waits for the first to come again. */
  @Test
  void aCallWaitsForThoseWhoAreExpected() throws Exception {
    model.gate = new CountDownLatch(1);
    MicroBatcher.Settings patient = new MicroBatcher.Settings(32, Duration.ofHours(1), 100, 1);
    try (MicroBatcher batcher = MicroBatcher.of(model, patient, counting)) {
      Future<Map<String, NpyArray>> first = call(batcher, "sums", row(0, 0));
      model.reached.await();
      Future<Map<String, NpyArray>> second = call(batcher, "sums", row(1, 1));
      awaitQueued(1);
      model.gate.countDown();
      assertThat(y(first.get())).containsExactly(0);
      assertThat(second.isDone()).isFalse();
      assertThat(y(batcher.predict("sums", row(2, 2)))).containsExactly(4);
      assertThat(y(second.get())).containsExactly(2);
      assertThat(model.rows).containsExactly(1, 2);
    }
  }

  @Test
  void aCallWaitsNoLongerThanItMay() throws Exception {
    model.gate = new CountDownLatch(1);
    Duration wait = Duration.ofMillis(50);
    try (MicroBatcher batcher =
        MicroBatcher.of(model, new MicroBatcher.Settings(32, wait, 100, 1), counting)) {
      Future<?> unused = call(batcher, "sums", row(0, 0));
      model.reached.await();
      long start = System.nanoTime();
      Future<Map<String, NpyArray>> second = call(batcher, "sums", row(1, 1));
      awaitQueued(1);
      model.gate.countDown();
      assertThat(y(second.get())).containsExactly(2);
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(wait.toNanos());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void settingsThatCannotWork(int number) {
    assertThatThrownBy(() -> new MicroBatcher.Settings(number, Duration.ZERO, 10, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("maxBatch cannot be used; expected at least 1");
    assertThatThrownBy(() -> new MicroBatcher.Settings(8, Duration.ZERO, number, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("maxQueued");
    assertThatThrownBy(() -> new MicroBatcher.Settings(8, Duration.ZERO, 10, number))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("threads");
    assertThatThrownBy(() -> new MicroBatcher.Settings(8, Duration.ofMillis(-1), 10, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("maxWait");
  }

  /**
   * {@code x . [[1, 2], [3, 4], [5, 6]] + [0.5, -0.5]}, as {@code make_models.py} sets it. The sums
   * have few bits, so a batch of any size gives the same floats.
   */
  @Test
  void manyThreadsGetTheirOwnAnswersOfARealModel() throws Exception {
    AtomicInteger joined = new AtomicInteger();
    ServingListener listener =
        new ServingListener() {
          @Override
          public void batched(ModelDescription described, String signature, int calls, int rows) {
            joined.accumulateAndGet(calls, Math::max);
          }
        };
    try (MicroBatcher batcher =
        MicroBatcher.of(
            Predictor.open(FOREIGN.resolve("keras_export")),
            new MicroBatcher.Settings(16, Duration.ofMillis(2), 100, 2),
            listener)) {
      List<Future<Integer>> threads = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        int offset = 1000 * t;
        threads.add(
            callers.submit(
                () -> {
                  for (int i = 0; i < 40; i++) {
                    int rows = 1 + i % 3;
                    float[] x = new float[3 * rows];
                    float[] expected = new float[2 * rows];
                    for (int r = 0; r < rows; r++) {
                      float value = offset + 3 * i + r;
                      x[3 * r] = value;
                      x[3 * r + 2] = -1;
                      expected[2 * r] = value - 4.5f; // - 5 + 0.5
                      expected[2 * r + 1] = 2 * value - 6.5f; // - 6 - 0.5
                    }
                    Map<String, NpyArray> answer =
                        batcher.predict(Map.of("x", NpyArray.of(x, rows, 3)));
                    assertThat(Objects.requireNonNull(answer.get("output_0")))
                        .isEqualTo(NpyArray.of(expected, rows, 2));
                  }
                  return offset;
                }));
      }
      for (Future<Integer> thread : threads) {
        assertThat(thread.get()).isNotNegative();
      }
    }
    assertThat(joined.get()).isGreaterThan(1);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;
import org.hypernet4j.error.UserError;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads meet at latches and at observed thread states; the timeout only ends a deadlock. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PrefetcherTest {
  private final AtomicReference<@Nullable Thread> worker = new AtomicReference<>();

  @Test
  void itemsComeInOrderFromTheStartStep() {
    try (Prefetcher<Long> ahead = new Prefetcher<>("batches", 17, 3, step -> step)) {
      for (long step = 17; step < 1_000; step++) {
        assertThat(ahead.next()).isEqualTo(step);
      }
    }
  }

  @Test
  void threadIsANamedDaemonThatEndsWithClose() {
    Prefetcher<Long> ahead = new Prefetcher<>("batches of mnist", 0, 2, recorded(step -> step));
    ahead.next();
    Thread thread = worker();
    assertThat(thread.getName()).isEqualTo("batches of mnist");
    assertThat(thread.isDaemon()).isTrue();
    ahead.close();
    assertThat(thread.isAlive()).isFalse();
    ahead.close();
  }

  @Test
  void producerStopsWhenTheQueueIsFull() {
    AtomicInteger made = new AtomicInteger();
    try (Prefetcher<Integer> ahead =
        new Prefetcher<>("batches", 0, 3, recorded(step -> made.incrementAndGet()))) {
      awaitWaiting(worker());
      assertThat(made).hasValue(3);
      assertThat(ahead.next()).isEqualTo(1);
      while (made.get() < 4) {
        Thread.onSpinWait();
      }
      awaitWaiting(worker());
      assertThat(made).hasValue(4);
    }
  }

  @Test
  void neverMoreThanDepthItemsAhead() {
    AtomicLong asked = new AtomicLong();
    try (Prefetcher<Boolean> ahead =
        new Prefetcher<>("batches", 0, 2, step -> step - asked.get() < 2)) {
      for (int i = 0; i < 2_000; i++) {
        asked.incrementAndGet(); // before next(): the producer may never see fewer
        assertThat(ahead.next()).isTrue();
      }
    }
  }

  @Test
  void failureArrivesAfterTheItemsBeforeItAndStays() {
    IllegalArgumentException cause = new IllegalArgumentException("bad pixel");
    try (Prefetcher<Long> ahead =
        new Prefetcher<>("batches", 5, 4, step -> failAt(7, step, cause))) {
      assertThat(ahead.next()).isEqualTo(5);
      assertThat(ahead.next()).isEqualTo(6);
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(ahead::next)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContainingAll("batches", "step 7", "bad pixel")
            .hasCause(cause);
      }
    }
  }

  @Test
  void errorsOfTheMachineArriveToo() {
    try (Prefetcher<Long> ahead =
        new Prefetcher<>(
            "batches",
            0,
            1,
            step -> {
              throw new OutOfMemoryError("Java heap space");
            })) {
      assertThatThrownBy(ahead::next)
          .isInstanceOf(OutOfMemoryError.class)
          .hasMessage("Java heap space");
    }
  }

  @Test
  void userErrorsStayUserErrors() {
    UserError error = UserError.in("train-images").what("vanished").build();
    try (Prefetcher<Long> ahead = new Prefetcher<>("batches", 0, 1, s -> failAt(0, s, error))) {
      assertThatThrownBy(ahead::next).isSameAs(error);
    }
  }

  @Test
  void closeEndsAProducerThatWaitsForRoom() {
    Prefetcher<Long> ahead = new Prefetcher<>("batches", 0, 2, recorded(step -> step));
    awaitWaiting(worker());
    ahead.close();
    assertThat(worker().isAlive()).isFalse();
    assertThatThrownBy(ahead::next)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void closeInterruptsAProducerThatBlocks() {
    CountDownLatch never = new CountDownLatch(1);
    Prefetcher<Long> ahead =
        new Prefetcher<>("batches", 0, 2, recorded(step -> waitFor(never, step)));
    awaitWaiting(worker());
    ahead.close();
    assertThat(worker().isAlive()).isFalse();
  }

  @Test
  void closeWakesAConsumerThatWaits() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    Prefetcher<Long> ahead =
        new Prefetcher<>("batches", 0, 2, recorded(step -> waitFor(never, step)));
    FutureTask<Throwable> consumer = new FutureTask<>(() -> caught(ahead));
    Thread thread = new Thread(consumer, "consumer");
    thread.start();
    awaitWaiting(thread);
    ahead.close();
    assertThat(consumer.get())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void interruptedConsumerLeavesWithItsFlagSet() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (Prefetcher<Long> ahead =
        new Prefetcher<>("batches", 0, 2, recorded(step -> waitFor(never, step)))) {
      FutureTask<Boolean> consumer =
          new FutureTask<>(
              () ->
                  caught(ahead) instanceof CancellationException
                      && Thread.currentThread().isInterrupted());
      Thread thread = new Thread(consumer, "consumer");
      thread.start();
      awaitWaiting(thread);
      thread.interrupt();
      assertThat(consumer.get()).isTrue();
    }
  }

  @Test
  void closeByAnInterruptedThreadStillJoinsAndKeepsTheFlag() {
    Prefetcher<Long> ahead = new Prefetcher<>("batches", 0, 2, recorded(step -> step));
    ahead.next();
    Thread.currentThread().interrupt();
    ahead.close();
    assertThat(worker().isAlive()).isFalse();
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void waitIsMeasuredOnlyWhenTheConsumerIsStarved() throws Exception {
    CountDownLatch making = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    LongFunction<Long> producer =
        step -> {
          if (step == 0) {
            return step;
          }
          making.countDown();
          return waitFor(go, step);
        };
    try (Prefetcher<Long> ahead = new Prefetcher<>("batches", 0, 1, recorded(producer))) {
      awaitWaiting(worker()); // item 0 lies ready: the thread waits for room
      assertThat(ahead.next()).isZero();
      assertThat(ahead.waitedNanos()).isZero();
      making.await(); // item 1 cannot be ready before we say so

      FutureTask<Long> consumer = new FutureTask<>(ahead::next);
      Thread thread = new Thread(consumer, "consumer");
      thread.start();
      awaitWaiting(thread);
      go.countDown();
      assertThat(consumer.get()).isEqualTo(1);
      assertThat(ahead.waitedNanos()).isPositive();
    }
  }

  @Test
  void depthMustBePositive() {
    assertThatThrownBy(() -> new Prefetcher<>("batches", 0, 0, step -> step))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("prefetch depth", "received 0");
  }

  /** Makes the prefetcher's thread known to the test. */
  private <T> LongFunction<T> recorded(LongFunction<T> producer) {
    return step -> {
      worker.set(Thread.currentThread());
      return producer.apply(step);
    };
  }

  private Thread worker() {
    Thread thread = worker.get();
    while (thread == null) {
      Thread.onSpinWait();
      thread = worker.get();
    }
    return thread;
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      assertThat(thread.getState()).isNotEqualTo(Thread.State.TERMINATED);
      Thread.onSpinWait();
    }
  }

  private static long waitFor(CountDownLatch latch, long step) {
    try {
      latch.await();
      return step;
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static long failAt(long bad, long step, RuntimeException e) {
    if (step == bad) {
      throw e;
    }
    return step;
  }

  private static Throwable caught(Prefetcher<Long> ahead) {
    try {
      return new AssertionError("unexpected item " + ahead.next());
    } catch (RuntimeException e) {
      return e;
    }
  }
}

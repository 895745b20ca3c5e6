// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import org.hypernet4j.error.UserError;
import org.jspecify.annotations.Nullable;

/**
 * Produces the items of the next steps on a thread of its own while the consumer works on the
 * current one.
 *
 * <p>Items come in the order of their steps, without end. At most {@code depth} of them are waiting
 * or in production, so a slow consumer costs no memory.
 *
 * <pre>{@code
 * try (Prefetcher<ImageBatch> ahead = new Prefetcher<>("batches", 0, 4, batches::batch)) {
 *   for (long step = 0; step < steps; step++) {
 *     train(ahead.next());
 *   }
 * }
 * }</pre>
 *
 * @param <T> type of an item
 */
public final class Prefetcher<T> implements AutoCloseable {
  private final LongFunction<T> producer;
  private final int depth;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final Condition news = lock.newCondition();

  // all below are guarded by the lock
  private final Deque<T> ready = new ArrayDeque<>();
  private @Nullable Throwable failure;
  private long failedStep;
  private boolean closed;
  private long waitedNanos;

  /**
   * Starts the thread.
   *
   * @param name name of the thread, as thread dumps show it
   * @param startStep the step of the first item
   * @param depth largest number of items produced ahead, at least 1
   * @param producer produces the item of a step; called on one thread, in order, each step once
   */
  public Prefetcher(String name, long startStep, int depth, LongFunction<T> producer) {
    if (depth < 1) {
      throw UserError.in("prefetch depth")
          .what("must be positive")
          .expected("at least 1")
          .received(depth)
          .next("use 2 or more to make batches while the step runs")
          .build();
    }
    this.producer = producer;
    this.depth = depth;
    this.thread = new Thread(() -> produceFrom(startStep), name);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * The item of the next step, waiting for it if necessary.
   *
   * @throws UserError the producer's own, after the items produced before it; an {@link Error} of
   *     the JVM is thrown unchanged too
   * @throws IllegalStateException if the producer failed otherwise (its exception is the cause), or
   *     this prefetcher is closed, even while this call waits
   * @throws CancellationException if the calling thread is interrupted while it waits; its
   *     interrupt flag stays set
   */
  public T next() {
    lock.lock();
    try {
      awaitNews();
      if (closed) {
        throw new IllegalStateException(thread.getName() + ": prefetcher is closed");
      }
      T item = ready.poll();
      if (item != null) {
        room.signal();
        return item;
      }
      throw rethrown();
    } finally {
      lock.unlock();
    }
  }

  /** Time that {@link #next} has waited so far, in nanoseconds: the steps had no data then. */
  public long waitedNanos() {
    lock.lock();
    try {
      return waitedNanos;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Stops the thread and waits until it has ended; the item in production is abandoned at the
   * producer's next blocking call or when it is complete. Closing again does nothing.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      ready.clear();
      news.signalAll();
      room.signalAll();
    } finally {
      lock.unlock();
    }
    thread.interrupt();
    join();
  }

  private void produceFrom(long startStep) {
    long step = startStep;
    try {
      while (awaitRoom()) {
        add(producer.apply(step));
        step++;
      }
    } catch (Throwable e) { // even an Error: the consumer would wait for ever
      fail(step, e);
    }
  }

  private boolean awaitRoom() throws InterruptedException {
    lock.lock();
    try {
      while (ready.size() >= depth && !closed) {
        room.await();
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void add(T item) {
    lock.lock();
    try {
      if (!closed) {
        ready.add(item);
        news.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private void fail(long step, Throwable e) {
    lock.lock();
    try {
      failure = e;
      failedStep = step;
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void awaitNews() {
    if (hasNews()) {
      return;
    }
    long start = System.nanoTime();
    try {
      while (!hasNews()) {
        news.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      CancellationException cancelled =
          new CancellationException(thread.getName() + ": interrupted while waiting");
      cancelled.initCause(e);
      throw cancelled;
    } finally {
      waitedNanos += System.nanoTime() - start;
    }
  }

  private boolean hasNews() {
    return !ready.isEmpty() || failure != null || closed;
  }

  private RuntimeException rethrown() {
    if (failure instanceof UserError error) {
      return error;
    }
    if (failure instanceof Error error) {
      throw error; // running out of memory is not a state of this object
    }
    return new IllegalStateException(
        "%s: step %d could not be made: %s".formatted(thread.getName(), failedStep, failure),
        failure);
  }

  private void join() {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true; // the thread is about to end; leave nothing running
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads that compute calls: so many at a time, and a few more may wait. */
final class CallThreads {
  /** Calls that may wait for each one that is computed. */
  static final int WAITING = 16;

  private final ThreadPoolExecutor threads;

  CallThreads(String name, int concurrent) {
    AtomicInteger number = new AtomicInteger();
    threads =
        new ThreadPoolExecutor(
            concurrent,
            concurrent,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING * concurrent),
            work -> {
              Thread thread = new Thread(work, name + "-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Computes a call when a thread is free.
   *
   * @throws RestError if too many wait already
   */
  void execute(Runnable call) {
    try {
      threads.execute(call);
    } catch (RejectedExecutionException e) {
      throw new RestError(
          RestError.Code.UNAVAILABLE,
          threads.isShutdown()
              ? "the server is stopping"
              : "the server is busy, "
                  + threads.getQueue().size()
                  + " calls wait already; try again later");
    }
  }

  /** Takes no more calls and waits for the others, but not for ever. */
  void close(Duration longest) throws InterruptedException {
    threads.shutdown();
    threads.awaitTermination(longest.toMillis(), TimeUnit.MILLISECONDS);
  }
}

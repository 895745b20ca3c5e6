// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does something again and again in a thread of its own, whatever happens. */
final class Poller implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Poller.class);

  private final Runnable task;
  private final long millis;
  private final Thread thread;
  private boolean closed;

  private Poller(String name, Runnable task, Duration every) {
    this.task = task;
    millis = Math.max(1, every.toMillis());
    thread = new Thread(this::run, name);
    thread.setDaemon(true);
  }

  static Poller start(String name, Runnable task, Duration every) {
    Poller poller = new Poller(name, task, every);
    if (!every.isZero()) {
      poller.thread.start();
    }
    return poller;
  }

  private void run() {
    while (pause()) {
      try {
        task.run();
      } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
        LOG.warn("Looking for new versions failed, it is tried again", e);
      }
    }
  }

  private synchronized boolean pause() {
    long end = System.nanoTime() + millis * 1_000_000;
    long left = millis;
    while (!closed && left > 0) {
      try {
        wait(left);
      } catch (InterruptedException e) {
        // it ends when it is closed, and not before
      }
      left = (end - System.nanoTime()) / 1_000_000;
    }
    return !closed;
  }

  /** Whether it works, or was never to. */
  boolean isAlive() {
    return thread.getState() == Thread.State.NEW || thread.isAlive();
  }

  /** Begins nothing any more; what runs is not waited for. */
  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Threads that do the same at the same time. */
final class ThreadTeam {
  /** How many. */
  static final int SIZE = 8;

  /** What each does. */
  interface Work {
    void run(int thread) throws Exception;
  }

  private final List<Thread> threads = new ArrayList<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  private ThreadTeam() {}

  /** Starts them. */
  static ThreadTeam start(Work work) {
    ThreadTeam team = new ThreadTeam();
    for (int i = 0; i < SIZE; i++) {
      int number = i;
      Thread thread = new Thread(() -> team.run(work, number), "team-" + i);
      thread.setDaemon(true); // one that hangs must not keep the process alive
      thread.start();
      team.threads.add(thread);
    }
    return team;
  }

  private void run(Work work, int number) {
    try {
      work.run(number);
    } catch (Exception | Error e) {
      failure.compareAndSet(null, e);
    }
  }

  /** Waits until all have ended; throws what the first that failed threw. */
  void join(Duration limit) throws Exception {
    long end = System.nanoTime() + limit.toNanos();
    int alive = 0;
    for (Thread thread : threads) {
      thread.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
      alive += thread.isAlive() ? 1 : 0;
    }
    Throwable thrown = failure.get();
    if (thrown != null) {
      throw new IllegalStateException("a thread failed: " + thrown, thrown);
    }
    if (alive > 0) {
      throw new Wrong(alive + " of " + SIZE + " threads hang");
    }
  }

  /** The {@code main} of a program of the campaign: exit code 1 and one line if it is not right. */
  static void main(Work work) {
    int code = 0;
    try {
      work.run(0);
    } catch (Exception | Error e) {
      System.err.println("wrong: " + e);
      code = 1;
    }
    Runtime.getRuntime().halt(code); // whatever hangs
  }
}

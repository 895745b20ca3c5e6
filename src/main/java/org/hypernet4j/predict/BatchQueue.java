// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Calls that wait, by key. They leave it in batches, the oldest first.
 *
 * <p>A batch need not be full, nor its calls wait as long as they may, if nobody else is expected:
 * when as many calls wait as were in work at a time in the recent batches. So a lone caller does
 * not wait at all, and eight who call again and again run together at once.
 */
final class BatchQueue {
  private static final int RECENT = 4;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<JoinRule.Key, Group> groups = new LinkedHashMap<>();
  private final String what;
  private final MicroBatcher.Settings settings;
  private final long maxWait;
  private final int[] recentPeaks = new int[RECENT];
  private int recent;
  private int rows;
  private int waiting; // calls
  private int unanswered; // calls that wait or run
  private boolean closed;

  private static final class Group {
    private final Deque<BatchedCall> calls = new ArrayDeque<>();
    private int rows;
  }

  /**
   * An empty queue.
   *
   * @param what it stands before, for messages
   */
  BatchQueue(String what, MicroBatcher.Settings settings) {
    this.what = what;
    this.settings = settings;
    maxWait = settings.maxWait().toNanos();
  }

  /**
   * Adds a call.
   *
   * @throws OverloadedException if too many rows wait
   * @throws IllegalStateException after {@link #close}
   */
  void add(BatchedCall call) {
    lock.lock();
    try {
      requireOpen();
      if (rows + call.rows() > settings.maxQueued()) {
        throw new OverloadedException(
            "%s is overloaded: %d rows wait, at most %d may"
                .formatted(what, rows, settings.maxQueued()));
      }
      Group group = groups.computeIfAbsent(call.key(), key -> new Group());
      group.calls.add(call);
      group.rows += call.rows();
      rows += call.rows();
      waiting++;
      unanswered++;
      recentPeaks[recent] = Math.max(recentPeaks[recent], unanswered);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Refuses if closing has begun. */
  void requireOpen() {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException(what + " is closed");
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes a call back, if it still waits. */
  boolean remove(BatchedCall call) {
    lock.lock();
    try {
      Group group = groups.get(call.key());
      if (group == null || !group.calls.removeIf(each -> each.answer() == call.answer())) {
        return false;
      }
      left(call.key(), group, 1, call.rows());
      unanswered--;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the next batch: calls that fill one, or the oldest that has waited long enough with
   * those that may join it.
   *
   * @return null when the queue is closed and empty
   */
  @Nullable List<BatchedCall> take() {
    lock.lock();
    try {
      while (true) {
        long now = System.nanoTime();
        long shortest = Long.MAX_VALUE;
        JoinRule.Key ready = null;
        long longest = Long.MIN_VALUE;
        for (Map.Entry<JoinRule.Key, Group> each : groups.entrySet()) {
          Group group = each.getValue();
          long waited = now - group.calls.element().arrived();
          if (!closed
              && waited < maxWait
              && waiting < expected()
              && group.rows < settings.maxBatch()) {
            shortest = Math.min(shortest, maxWait - waited);
          } else if (waited > longest) {
            longest = waited;
            ready = each.getKey();
          }
        }
        if (ready != null) {
          return poll(ready);
        }
        if (closed) {
          return null;
        }
        try {
          if (shortest == Long.MAX_VALUE) {
            changed.await();
          } else {
            long unused = changed.awaitNanos(shortest);
          }
        } catch (InterruptedException e) {
          // this thread ends when the queue is closed, and not before
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private List<BatchedCall> poll(JoinRule.Key key) {
    Group group = groups.getOrDefault(key, new Group());
    List<BatchedCall> batch = new ArrayList<>();
    int taken = 0;
    BatchedCall next = group.calls.peek();
    while (next != null && (batch.isEmpty() || taken + next.rows() <= settings.maxBatch())) {
      batch.add(group.calls.remove());
      taken += next.rows();
      next = group.calls.peek();
    }
    left(key, group, batch.size(), taken);
    changed.signal(); // another batch may be ready
    return batch;
  }

  private void left(JoinRule.Key key, Group group, int calls, int theirRows) {
    group.rows -= theirRows;
    rows -= theirRows;
    waiting -= calls;
    if (group.calls.isEmpty()) {
      groups.remove(key);
    }
  }

  private int expected() {
    int most = 0;
    for (int peak : recentPeaks) {
      most = Math.max(most, peak);
    }
    return most;
  }

  /** Calls of a batch are about to be answered. */
  void answered(int calls) {
    lock.lock();
    try {
      unanswered -= calls;
      recent = (recent + 1) % RECENT;
      recentPeaks[recent] = unanswered;
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more calls; those that wait are given out at once. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/** Applies merges to the ids of a word: always the first merge of the list, leftmost first. */
final class SubwordMerges {
  private final Map<Long, Integer> ranks;
  private final int[] results;

  /**
   * Takes the merges in their order.
   *
   * @param pairs left and right id of each merge, see {@link #pair}
   * @param results id of what each merge makes
   */
  SubwordMerges(long[] pairs, int[] results) {
    this.results = results.clone();
    ranks = new HashMap<>(2 * pairs.length);
    for (int rank = 0; rank < pairs.length; rank++) {
      ranks.put(pairs[rank], rank);
    }
  }

  /** Two ids as one number. */
  static long pair(int left, int right) {
    return (long) left << Integer.SIZE | right;
  }

  /**
   * The ids after all merges.
   *
   * <p>A queue of the possible merges keeps the time near linear: a "word" may be a line of a
   * million characters without a blank.
   */
  int[] apply(int[] characters) {
    int[] ids = characters.clone(); // -1 for what a merge took away
    int[] next = new int[ids.length];
    int[] previous = new int[ids.length];
    PriorityQueue<Long> queue = new PriorityQueue<>(); // rank and position as one number
    for (int i = 0; i < ids.length; i++) {
      next[i] = i + 1;
      previous[i] = i - 1;
      offer(queue, ids, i, i + 1);
    }
    int count = ids.length;
    for (Long entry = queue.poll(); entry != null; entry = queue.poll()) {
      int rank = (int) (entry >> Integer.SIZE);
      int at = entry.intValue();
      int right = next[at];
      if (ids[at] < 0 || right >= ids.length || rank(ids[at], ids[right]) != rank) {
        continue; // another merge was quicker
      }
      ids[at] = results[rank];
      ids[right] = -1;
      next[at] = next[right];
      if (next[at] < ids.length) {
        previous[next[at]] = at;
      }
      count--;
      offer(queue, ids, previous[at], at);
      offer(queue, ids, at, next[at]);
    }
    int[] merged = new int[count];
    for (int i = 0, to = 0; i < ids.length; i = next[i]) {
      merged[to++] = ids[i];
    }
    return merged;
  }

  private void offer(PriorityQueue<Long> queue, int[] ids, int left, int right) {
    int rank = left < 0 || right >= ids.length ? -1 : rank(ids[left], ids[right]);
    if (rank >= 0) {
      queue.add(pair(rank, left));
    }
  }

  private int rank(int left, int right) {
    return ranks.getOrDefault(pair(left, right), -1);
  }
}

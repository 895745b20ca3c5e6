// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The second half of {@link SubwordTrainer}: runs of characters, how often each pair of neighbours
 * stands in them, and the merging of the most frequent one.
 *
 * <p>A merge touches only the runs that hold the pair. The queue may hold a pair several times,
 * with counts that it once had; only the one with today's count is used.
 */
final class SubwordPairs {
  private static final int ANY = -1;

  private final List<String> pieces;
  private final List<String> merges = new ArrayList<>();
  private final Map<String, Integer> ids = new HashMap<>();
  private final int[][] runs;
  private final long[] counts;
  private final Map<Long, Pair> pairs = new HashMap<>();
  private final Set<Pair> changed = new HashSet<>();
  private final PriorityQueue<Candidate> queue;

  SubwordPairs(List<String> pieces, Map<String, Long> counted) {
    this.pieces = pieces;
    for (String piece : pieces) {
      ids.put(piece, ids.size());
    }
    queue = new PriorityQueue<>(this::compare);
    runs = new int[counted.size()][];
    counts = new long[runs.length];
    int run = 0;
    for (Map.Entry<String, Long> entry : counted.entrySet()) {
      runs[run] = entry.getKey().codePoints().map(c -> id(Character.toString(c))).toArray();
      counts[run] = entry.getValue();
      count(run, 1, ANY);
      run++;
    }
    enqueue();
  }

  /** Merges the most frequent pair until there are so many pieces, or nothing is left to merge. */
  Subwords mergeUntil(int size) {
    Set<Pair> known = new HashSet<>();
    while (pieces.size() < size) {
      Pair best = next();
      if (best == null) {
        break;
      }
      String left = pieces.get(best.left);
      String right = pieces.get(best.right);
      // a piece can be made in two ways, and then a pair that was merged before appears again
      if (known.add(best)) {
        merges.add(left + " " + right);
      }
      String whole = left + right;
      if (ids.putIfAbsent(whole, pieces.size()) == null) {
        pieces.add(whole);
      }
      merge(best, id(whole));
    }
    return Subwords.of(pieces, merges);
  }

  private int id(String piece) {
    Integer id = ids.get(piece);
    if (id == null) {
      throw new IllegalStateException("no piece " + piece);
    }
    return id;
  }

  /** The most frequent pair, or null when every run is one piece. */
  private @Nullable Pair next() {
    for (Candidate best = queue.poll(); best != null; best = queue.poll()) {
      if (best.count == best.pair.count) {
        return best.pair;
      }
    }
    return null;
  }

  private void merge(Pair pair, int whole) {
    int[] places = Arrays.copyOf(pair.places, pair.placed);
    pair.placed = 0;
    for (int run : places) {
      int[] before = runs[run];
      int[] after = new int[before.length];
      int length = 0;
      for (int i = 0; i < before.length; i++) {
        boolean found =
            before[i] == pair.left && i + 1 < before.length && before[i + 1] == pair.right;
        after[length++] = found ? whole : before[i];
        i += found ? 1 : 0;
      }
      if (length < before.length) {
        count(run, -1, whole);
        runs[run] = Arrays.copyOf(after, length);
        count(run, 1, whole);
      }
    }
    enqueue();
  }

  /**
   * Adds the pairs of a run to the counts, or takes them out.
   *
   * @param made the piece that is new in the run: pairs without it know the run already
   */
  private void count(int run, int sign, int made) {
    int[] symbols = runs[run];
    for (int i = 0; i + 1 < symbols.length; i++) {
      int left = symbols[i];
      int right = symbols[i + 1];
      Pair pair =
          pairs.computeIfAbsent(SubwordMerges.pair(left, right), key -> new Pair(left, right));
      pair.count += sign * counts[run];
      changed.add(pair);
      if (sign > 0 && (made == ANY || made == left || made == right)) {
        pair.place(run);
      }
    }
  }

  private void enqueue() {
    for (Pair pair : changed) {
      if (pair.count != pair.queued && pair.count > 0) {
        queue.add(new Candidate(pair.count, pair));
      }
      pair.queued = pair.count;
    }
    changed.clear();
  }

  private int compare(Candidate a, Candidate b) {
    int order = Long.compare(b.count, a.count);
    if (order == 0) {
      order = byCodePoints(pieces.get(a.pair.left), pieces.get(b.pair.left));
    }
    return order == 0 ? byCodePoints(pieces.get(a.pair.right), pieces.get(b.pair.right)) : order;
  }

  /** String's own order is that of UTF-16, where U+1F600 comes before U+FF01. */
  private static int byCodePoints(String a, String b) {
    return Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());
  }

  /** A pair of neighbours: how often it stands anywhere, and the runs where it stands or stood. */
  private static final class Pair {
    final int left;
    final int right;
    long count;
    long queued;
    int[] places = new int[2];
    int placed;

    Pair(int left, int right) {
      this.left = left;
      this.right = right;
    }

    void place(int run) {
      if (placed > 0 && places[placed - 1] == run) {
        return;
      }
      if (placed == places.length) {
        places = Arrays.copyOf(places, 2 * placed);
      }
      places[placed++] = run;
    }
  }

  /** A pair as it was when it had this count. */
  private record Candidate(long count, Pair pair) {}
}

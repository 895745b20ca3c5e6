// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.hypernet4j.pen.PenDrawing;

/**
 * Groups drawings of like length, so that little of a call is padding and its memory is bounded.
 */
final class LengthGroups {
  /** Drawings of a call at most. */
  static final int ROWS = 100;

  /** Points of a call at most, padding included, unless a single drawing has more. */
  private static final int POINTS = 20_000;

  private LengthGroups() {}

  /** The places of drawings that are computed together. */
  static List<List<Integer>> of(List<PenDrawing> drawings) {
    List<Integer> order =
        IntStream.range(0, drawings.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> drawings.get(i).points()))
            .toList();
    List<List<Integer>> groups = new ArrayList<>();
    int from = 0;
    for (int to = 1; to <= order.size(); to++) {
      boolean full =
          to == order.size()
              || to - from == ROWS
              || (long) (to - from + 1) * drawings.get(order.get(to)).points() > POINTS;
      if (full) {
        groups.add(order.subList(from, to));
        from = to;
      }
    }
    return groups;
  }
}

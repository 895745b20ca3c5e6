// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts what a reader leaves out, with the first few names of each kind. */
final class ReadingNotes {
  private static final int NAMES = 3;

  private final List<String> said = new ArrayList<>();
  private final Map<String, Count> counts = new LinkedHashMap<>();

  private static final class Count {
    private final List<String> names = new ArrayList<>();
    private long number;
  }

  /** Adds a sentence. */
  void say(String line) {
    said.add(line);
  }

  /** Counts one thing of a kind. */
  void count(String kind, String name) {
    count(kind, name, 1);
  }

  /**
   * Counts things of a kind.
   *
   * @param kind in the plural: {@code lines without a point}
   * @param name where they are
   * @param number how many; nothing happens at 0
   */
  void count(String kind, String name, long number) {
    if (number > 0) {
      Count count = counts.computeIfAbsent(kind, k -> new Count());
      count.number += number;
      if (count.names.size() < NAMES && !count.names.contains(name)) {
        count.names.add(name);
      }
    }
  }

  /** The sentences, then a line for each kind: {@code lines without a point: 2 (a, b)}. */
  List<String> lines() {
    List<String> lines = new ArrayList<>(said);
    counts.forEach(
        (kind, count) ->
            lines.add(
                kind
                    + ": "
                    + count.number
                    + " ("
                    + String.join(", ", count.names)
                    + (count.number > count.names.size() ? ", ..." : "")
                    + ")"));
    return List.copyOf(lines);
  }
}

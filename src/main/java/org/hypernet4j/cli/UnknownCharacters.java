// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.hypernet4j.data.Subwords;

/** Counts the characters of lines that a vocabulary of pieces does not have. */
final class UnknownCharacters {
  private static final int MOST_SHOWN = 10;

  private final Subwords subwords;
  private final Set<String> kinds = new TreeSet<>();
  private long count;

  UnknownCharacters(Subwords subwords) {
    this.subwords = subwords;
  }

  /** Counts those of a line whose ids are given. */
  void add(String line, int[] ids) {
    List<String> split = subwords.split(line);
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] == Subwords.UNKNOWN) {
        count++;
        kinds.add(split.get(i));
      }
    }
  }

  /** How many there were. */
  long count() {
    return count;
  }

  /** Prints a line about them, if there were any, among the remarks. */
  void note(Report report) {
    if (count > 0) {
      report
          .log()
          .println(
              "note: not in the vocabulary, so <unk>: %,d characters of %,d kinds: %s"
                  .formatted(count, kinds.size(), shown()));
    }
  }

  private String shown() {
    String first =
        kinds.stream()
            .limit(MOST_SHOWN)
            .map(c -> "U+%04X".formatted(c.codePointAt(0)))
            .collect(Collectors.joining(", "));
    return kinds.size() > MOST_SHOWN ? first + ", ..." : first;
  }
}

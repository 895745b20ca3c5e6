// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Byte-pair encoding as its definition reads: everything is counted anew before each merge, and a
 * word is cut by looking for the first merge of the list again and again. Lists of strings only.
 */
final class NaiveSubwords {
  private static final Pattern RUN =
      Pattern.compile("▁?[\\p{L}\\p{M}]+|▁?\\p{N}+|▁?[^\\p{L}\\p{M}\\p{N}▁]+");
  private static final Comparator<String> CODE_POINTS =
      (a, b) -> Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());

  final List<String> pieces = new ArrayList<>(List.of("<pad>", "<s>", "</s>", "<unk>"));
  final List<String> merges = new ArrayList<>();

  /** Trains on lines that need no normalising. */
  static NaiveSubwords train(List<String> lines, int size) {
    NaiveSubwords made = new NaiveSubwords();
    List<List<String>> runs = new ArrayList<>();
    TreeSet<String> characters = new TreeSet<>(CODE_POINTS);
    characters.add("▁");
    for (String line : lines) {
      for (String word : words(line)) {
        Matcher matcher = RUN.matcher("▁" + word);
        while (matcher.find()) {
          runs.add(characters(matcher.group()));
        }
        characters.addAll(characters(word));
      }
    }
    made.pieces.addAll(characters);
    LinkedHashSet<String> merges = new LinkedHashSet<>();
    while (made.pieces.size() < size) {
      List<String> best = best(runs);
      if (best.isEmpty()) {
        break;
      }
      String whole = best.get(0) + best.get(1);
      merges.add(best.get(0) + " " + best.get(1));
      if (!made.pieces.contains(whole)) {
        made.pieces.add(whole);
      }
      for (List<String> run : runs) {
        for (int i = 0; i + 1 < run.size(); i++) {
          if (run.subList(i, i + 2).equals(best)) {
            join(run, i);
          }
        }
      }
    }
    made.merges.addAll(merges);
    return made;
  }

  /** The pieces of a line; unknown characters as themselves. */
  List<String> split(String line) {
    Map<String, Integer> ranks = new HashMap<>();
    merges.forEach(merge -> ranks.put(merge, ranks.size()));
    List<String> split = new ArrayList<>();
    for (String word : words(line)) {
      List<String> parts = characters("▁" + word);
      while (true) {
        int at = -1;
        int first = Integer.MAX_VALUE;
        for (int i = 0; i + 1 < parts.size(); i++) {
          int rank = ranks.getOrDefault(parts.get(i) + " " + parts.get(i + 1), Integer.MAX_VALUE);
          if (rank < first) {
            first = rank;
            at = i;
          }
        }
        if (at < 0) {
          break;
        }
        join(parts, at);
      }
      split.addAll(parts);
    }
    return split;
  }

  private static List<String> best(List<List<String>> runs) {
    Map<List<String>, Integer> counts = new HashMap<>();
    for (List<String> run : runs) {
      for (int i = 0; i + 1 < run.size(); i++) {
        counts.merge(List.copyOf(run.subList(i, i + 2)), 1, Integer::sum);
      }
    }
    return counts.keySet().stream()
        .min(
            Comparator.<List<String>>comparingInt(pair -> -counts.getOrDefault(pair, 0))
                .thenComparing(pair -> pair.get(0), CODE_POINTS)
                .thenComparing(pair -> pair.get(1), CODE_POINTS))
        .orElse(List.of());
  }

  private static void join(List<String> parts, int at) {
    parts.set(at, parts.get(at) + parts.remove(at + 1));
  }

  private static List<String> words(String line) {
    return Arrays.stream(line.split(" +")).filter(word -> !word.isEmpty()).toList();
  }

  private static List<String> characters(String text) {
    return new ArrayList<>(text.codePoints().mapToObj(Character::toString).toList());
  }
}

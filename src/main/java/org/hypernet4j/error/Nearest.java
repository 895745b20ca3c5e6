// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.error;

import java.util.Collection;
import java.util.Locale;

/** Finds the name that was probably meant, for "did you mean" in a message. */
public final class Nearest {
  /** Longer words are cut: the time grows with the product of the lengths. */
  private static final int LONGEST = 200;

  private Nearest() {}

  /** The candidate with the smallest edit distance; letter case is ignored. */
  public static String of(String word, Collection<String> candidates) {
    String from = word.substring(0, Math.min(word.length(), LONGEST)).toLowerCase(Locale.ROOT);
    String best = "";
    int smallest = Integer.MAX_VALUE;
    for (String candidate : candidates) {
      int distance = distance(from, candidate.toLowerCase(Locale.ROOT));
      if (distance < smallest) {
        smallest = distance;
        best = candidate;
      }
    }
    return best;
  }

  /** Levenshtein distance, one row of the table at a time. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitution, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}

package org.hypernet4j.spec;

import com.google.gson.JsonElement;
import java.util.Collection;
import java.util.Locale;

/** The user's own words as they stand in a message: quoted, shortened, compared with ours. */
final class Words {
  private static final int LONGEST = 60;

  private Words() {}

  static String quote(String text) {
    return "'" + shorten(text) + "'";
  }

  /** A JSON value as it was written, shortened. */
  static String show(JsonElement value) {
    return shorten(value.toString());
  }

  private static String shorten(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 3) + "...";
  }

  /** The candidate with the smallest edit distance; letter case counts for nothing. */
  static String nearest(String word, Collection<String> candidates) {
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
  static int distance(String a, String b) {
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

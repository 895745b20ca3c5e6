// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.measure;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * BLEU of a set of translations (Papineni, Roukos, Ward, Zhu, "BLEU: a Method for Automatic
 * Evaluation of Machine Translation", 2002) as sacreBLEU computes it by default (Post, "A Call for
 * Clarity in Reporting BLEU Scores", 2018): one reference for each translation, the tokens of
 * {@code 13a}, exponential smoothing. Pass plain text: not pieces, not tokens, and not in lower
 * case.
 *
 * <p>It equals that of sacreBLEU 2.6.0 on the 100 corpora of this project's tests. Only figures of
 * equal {@link #signature} can be compared.
 *
 * @param score 0 to 100
 * @param counts n-grams of the translations that their references have, for n = 1 to 4; of an
 *     n-gram no more than the reference has
 * @param totals n-grams of the translations, for n = 1 to 4
 * @param brevityPenalty 1, or less if the translations are shorter than the references
 * @param systemLength tokens of the translations
 * @param referenceLength tokens of the references
 * @param lowerCase whether both were put in lower case first
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record Bleu(
    double score,
    long[] counts,
    long[] totals,
    double brevityPenalty,
    long systemLength,
    long referenceLength,
    boolean lowerCase) {
  /** {@link #signature} of a score in which capitals count. */
  public static final String CASED = signature(false);

  /** The longest n-gram. */
  public static final int ORDER = 4;

  private static final Pattern SYMBOL = Pattern.compile("([{-~\\[-` -&(-+:-@/])");
  private static final Pattern NO_DIGIT_BEFORE = Pattern.compile("([^0-9])([.,])");
  private static final Pattern NO_DIGIT_BEHIND = Pattern.compile("([.,])([^0-9])");
  private static final Pattern DASH_BEHIND_DIGIT = Pattern.compile("([0-9])(-)");

  /** What Python's {@code str.split} splits at. */
  private static final String SPACE =
      "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";

  private static final Pattern SPACES = Pattern.compile(SPACE);
  private static final Pattern LAST_SPACES = Pattern.compile(SPACE + "\\z");

  /**
   * Measures translations; capitals count.
   *
   * @param hypotheses the translations; one may be empty
   * @param references what each should be
   * @throws org.hypernet4j.error.UserError if there are none, or not as many references
   */
  public static Bleu of(List<String> hypotheses, List<String> references) {
    return of(hypotheses, references, false);
  }

  /**
   * Measures translations of which capitals do not count: a figure of its own, larger than the
   * usual one.
   *
   * @param hypotheses the translations; one may be empty
   * @param references what each should be
   * @throws org.hypernet4j.error.UserError if there are none, or not as many references
   */
  public static Bleu lowerCased(List<String> hypotheses, List<String> references) {
    return of(hypotheses, references, true);
  }

  /**
   * How the score was made, in sacreBLEU's words but without its version, as it was not sacreBLEU:
   * {@code nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp}.
   */
  public String signature() {
    return signature(lowerCase);
  }

  private static String signature(boolean lowerCase) {
    return "nrefs:1|case:%s|eff:no|tok:13a|smooth:exp".formatted(lowerCase ? "lc" : "mixed");
  }

  /**
   * The tokens of a text as NIST's {@code mteval-v13a} has them: punctuation apart, but not
   * apostrophes, nor points and commas between digits.
   */
  public static List<String> tokenize13a(String text) {
    String line = text.replace("<skipped>", "").replace("-\n", "").replace("\n", " ");
    line = line.replace("&quot;", "\"").replace("&amp;", "&");
    line = " " + line.replace("&lt;", "<").replace("&gt;", ">") + " ";
    line = SYMBOL.matcher(line).replaceAll(" $1 ");
    line = NO_DIGIT_BEFORE.matcher(line).replaceAll("$1 $2 ");
    line = NO_DIGIT_BEHIND.matcher(line).replaceAll(" $1 $2");
    line = DASH_BEHIND_DIGIT.matcher(line).replaceAll("$1 $2 ");
    List<String> tokens = new ArrayList<>();
    for (String token : SPACES.split(line, -1)) {
      if (!token.isEmpty()) {
        tokens.add(token);
      }
    }
    return tokens;
  }

  private static Bleu of(List<String> hypotheses, List<String> references, boolean lowerCase) {
    Checks.notEmpty("translations", hypotheses.size());
    Checks.sameLength("translations", hypotheses.size(), "references", references.size());
    long[] counts = new long[ORDER];
    long[] totals = new long[ORDER];
    long system = 0;
    long reference = 0;
    for (int i = 0; i < hypotheses.size(); i++) {
      List<String> said = tokens(hypotheses.get(i), lowerCase);
      List<String> wanted = tokens(references.get(i), lowerCase);
      system += said.size();
      reference += wanted.size();
      for (int n = 1; n <= ORDER; n++) {
        Map<List<String>, Integer> allowed = grams(wanted, n);
        for (Map.Entry<List<String>, Integer> gram : grams(said, n).entrySet()) {
          totals[n - 1] += gram.getValue();
          counts[n - 1] += Math.min(gram.getValue(), allowed.getOrDefault(gram.getKey(), 0));
        }
      }
    }
    double penalty =
        system >= reference ? 1 : system == 0 ? 0 : Math.exp(1 - (double) reference / system);
    double score = score(counts, totals, penalty);
    return new Bleu(score, counts, totals, penalty, system, reference, lowerCase);
  }

  private static double score(long[] counts, long[] totals, double penalty) {
    if (counts[0] == 0 || totals[ORDER - 1] == 0) {
      return 0; // no match of one token is none of more; without n-grams of an order it is 0, too
    }
    double sum = 0;
    double smooth = 1;
    for (int n = 0; n < ORDER; n++) {
      if (counts[n] == 0) {
        smooth *= 2;
      }
      double matched = counts[n] == 0 ? 1 / smooth : counts[n];
      sum += Math.log(100 * matched / totals[n]);
    }
    return penalty * Math.exp(sum / ORDER);
  }

  private static List<String> tokens(String text, boolean lowerCase) {
    String line = lowerCase ? text.toLowerCase(Locale.ROOT) : text;
    return tokenize13a(LAST_SPACES.matcher(line).replaceAll(""));
  }

  private static Map<List<String>, Integer> grams(List<String> tokens, int n) {
    Map<List<String>, Integer> counts = new HashMap<>();
    for (int i = 0; i + n <= tokens.size(); i++) {
      counts.merge(tokens.subList(i, i + n), 1, Integer::sum);
    }
    return counts;
  }
}

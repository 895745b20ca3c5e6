// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hypernet4j.data.SampleClauses.Pair;
import org.hypernet4j.error.UserError;
import org.hypernet4j.random.StatelessRandom;

/**
 * English sentences and their French translations that a small grammar of this project's own makes,
 * to try translation where real texts may not be passed on: people, animals and things, where they
 * are and what they do, with gender and number, elision, negation and questions; numbers, ages,
 * prices, times and dates. About 110 nouns, verbs and adjectives. Synthetic and much more regular
 * than people's sentences, and every English sentence has one translation only; figures on them
 * compare with nothing but other figures on them.
 *
 * <p>No sentence of either language is in two parts, and every word of validation and test occurs
 * at least twice in training.
 */
public final class SampleSentences {
  /** Sentences to learn from unless another number is asked for. */
  public static final int TRAIN = 2_000;

  /** Sentences of validation and of test unless another number is asked for. */
  public static final int HELD_OUT = 200;

  private static final int OCCURRENCES = 2;

  /** The grammar has far more sentences; attempts are bounded all the same. */
  private static final int MOST = 50_000;

  private SampleSentences() {}

  /** Parts of the usual sizes: 2,000 to learn from, 200 each for validation and test. */
  public static ParallelSplits splits(long seed) {
    return splits(seed, TRAIN, HELD_OUT, HELD_OUT);
  }

  /**
   * Makes the three parts.
   *
   * @param seed the only input that determines the sentences beside the numbers
   * @param train number of pairs to learn from, 500 to 50,000
   * @param validation number of pairs, 1 to {@code train}; the same for the test
   * @throws UserError if a number is not in its range
   */
  public static ParallelSplits splits(long seed, int train, int validation, int test) {
    require("training sentences", train, 500, MOST);
    require("validation sentences", validation, 1, train);
    require("test sentences", test, 1, train);
    Maker maker = new Maker(seed);
    Part training = new Part();
    while (training.size() < train) {
      training.add(maker.next());
    }
    Map<String, Integer> known = training.words();
    Part valid = new Part();
    Part tests = new Part();
    while (valid.size() < validation || tests.size() < test) {
      Pair pair = maker.next();
      if (words(pair).stream().allMatch(w -> known.getOrDefault(w, 0) >= OCCURRENCES)) {
        (valid.size() < validation ? valid : tests).add(pair);
      }
    }
    return new ParallelSplits(
        training.text("train"),
        valid.text("validation"),
        Map.of("test", tests.text("test")),
        List.of("synthetic: sentences of a built-in grammar, written by nobody"));
  }

  private static void require(String where, int number, int least, int most) {
    if (number < least || number > most) {
      throw UserError.in(where)
          .what("the built-in grammar does not make so many")
          .expected(least + " to " + most)
          .received(number)
          .build();
    }
  }

  /** The words of both sides, apart: a word of both languages counts for its own. */
  private static List<String> words(Pair pair) {
    List<String> words = new ArrayList<>();
    for (String word : pair.english().split("[ .,?]+", -1)) {
      words.add("en " + word);
    }
    for (String word : pair.french().split("[ .,?]+|(?<=')", -1)) {
      words.add("fr " + word);
    }
    return words;
  }

  /** Makes new sentences only. */
  private static final class Maker {
    private final SampleWords words = SampleWords.load();
    private final StatelessRandom random;
    private final Set<String> seen = new HashSet<>();
    private long number;

    Maker(long seed) {
      random = StatelessRandom.of(seed).fold("sentences");
    }

    Pair next() {
      while (true) {
        SampleDraws draws = new SampleDraws(random.fold(number++));
        Pair pair = new SampleGrammar(words, draws).sentence();
        // "his hat" and "her hat" are one in French
        if (!seen.contains("en " + pair.english()) && !seen.contains("fr " + pair.french())) {
          seen.add("en " + pair.english());
          seen.add("fr " + pair.french());
          return pair;
        }
      }
    }
  }

  private static final class Part {
    private final List<Pair> pairs = new ArrayList<>();

    void add(Pair pair) {
      pairs.add(pair);
    }

    int size() {
      return pairs.size();
    }

    Map<String, Integer> words() {
      Map<String, Integer> counts = new HashMap<>();
      pairs.forEach(
          pair -> SampleSentences.words(pair).forEach(w -> counts.merge(w, 1, Integer::sum)));
      return counts;
    }

    ParallelText text(String part) {
      return new ParallelText(
          "English " + part + " of sample sentences",
          "French " + part + " of sample sentences",
          pairs.stream().map(Pair::english).toList(),
          pairs.stream().map(Pair::french).toList());
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.translation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.data.ParallelPieces;
import org.hypernet4j.data.ParallelSplits;
import org.hypernet4j.data.ParallelText;
import org.hypernet4j.data.Subwords;
import org.hypernet4j.random.StatelessRandom;
import org.hypernet4j.spec.ExperimentSpec;

/**
 * Pseudo-random sentences of one length, so that every step of a benchmark costs the same: real
 * ones differ in length, and the time of a step goes with the longest of a batch. They have about
 * as many pieces as the mean sentence of Multi30k with 8,000 pieces, and any of the model's pieces.
 */
final class BenchmarkSentences {
  /** Pieces of a sentence and of a translation, its end not counted. */
  private static final int PIECES = 16;

  private static final int STEPS = 4;
  private static final int EVALUATED = 8;

  /** Stands for each sentence as text, which no benchmark reads. */
  private static final String TEXT = "a";

  private BenchmarkSentences() {}

  static TranslationData of(ExperimentSpec spec) {
    int pieces = TranslationTask.model(spec.model()).pieces();
    StatelessRandom random = StatelessRandom.of(spec.training().seed()).fold("benchmark");
    int count = STEPS * spec.training().batchSize();
    ParallelPieces all =
        new ParallelPieces(
            sentences(random.fold("source"), pieces, count),
            sentences(random.fold("target"), pieces, count),
            0);
    ParallelPieces few = first(all, Math.min(EVALUATED, count));
    ParallelText text = text(few.source().size());
    Map<String, ParallelPieces> tests = new LinkedHashMap<>(Map.of("test", few));
    return new TranslationData(
        Subwords.train(List.of(TEXT), Subwords.UNKNOWN + 3),
        new ParallelSplits(text(count), text, Map.of("test", text), List.of()),
        all,
        few,
        tests,
        List.of());
  }

  static String describe() {
    return "pseudo-random sentences of %d pieces, translations of %d and the end"
        .formatted(PIECES, PIECES);
  }

  private static ParallelText text(int count) {
    List<String> lines = Collections.nCopies(count, TEXT);
    return new ParallelText(lines, lines);
  }

  private static ParallelPieces first(ParallelPieces all, int count) {
    return new ParallelPieces(all.source().subList(0, count), all.target().subList(0, count), 0);
  }

  private static List<int[]> sentences(StatelessRandom random, int pieces, int count) {
    int least = Subwords.UNKNOWN + 1;
    List<int[]> sentences = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int[] ids = new int[PIECES];
      for (int t = 0; t < PIECES; t++) {
        ids[t] = least + random.below((long) i * PIECES + t, pieces - least);
      }
      sentences.add(ids);
    }
    return sentences;
  }
}

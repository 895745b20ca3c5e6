// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.translation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.hypernet4j.data.Subwords;
import org.hypernet4j.data.TranslationBatch;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.NpyArray;

/** Reads what the signatures of a translation model answer. */
final class TranslatorAnswers {
  private final Subwords subwords;
  private final int[] ids;
  private final int[] lengths;
  private final float[] scores;
  private final float[] logProbs;
  private final float[] alignments;
  private final int beams;
  private final int time;
  private final int sourceTime;

  /**
   * Takes an answer apart.
   *
   * @param rows lines that were translated
   * @param beams translations of each
   * @param scored whether the translations have scores beside their log-probabilities
   * @throws UserError if an output is missing or has another shape
   */
  TranslatorAnswers(
      Subwords subwords,
      Map<String, NpyArray> answer,
      int rows,
      int sourceTime,
      int beams,
      boolean scored) {
    this.subwords = subwords;
    this.beams = beams;
    this.sourceTime = sourceTime;
    ids = of(answer, TranslationSignatures.IDS).ints();
    lengths = of(answer, TranslationSignatures.LENGTHS).ints();
    logProbs = of(answer, TranslationSignatures.LOG_PROBS).floats();
    scores = scored ? of(answer, TranslationSignatures.SCORES).floats() : logProbs;
    alignments = of(answer, TranslationSignatures.ALIGNMENTS).floats();
    int all = rows * beams;
    time = ids.length / all;
    if (ids.length != all * time
        || lengths.length != all
        || logProbs.length != all
        || scores.length != all
        || alignments.length != (long) rows * time * sourceTime
        || Arrays.stream(lengths).anyMatch(length -> length < 0 || length > time)
        || Arrays.stream(ids).anyMatch(id -> id < 0)) {
      throw UserError.in("translation model")
          .what("its answer is not that of a search")
          .expected("ids of %d lines, %d translations each".formatted(rows, beams))
          .received(
              "ids %s, lengths %s"
                  .formatted(
                      Arrays.toString(of(answer, TranslationSignatures.IDS).shape()),
                      Arrays.toString(of(answer, TranslationSignatures.LENGTHS).shape())))
          .next("export the model again with this library")
          .build();
    }
  }

  private static NpyArray of(Map<String, NpyArray> answer, String name) {
    NpyArray array = answer.get(name);
    if (array == null) {
      throw UserError.in("translation model")
          .what("its answer lacks '" + name + "'")
          .received(answer.keySet())
          .next("export the model again with this library")
          .build();
    }
    return array;
  }

  /** The translations of a row, best first. */
  List<Translation> of(int row, int sourcePieces, int nbest) {
    List<Translation> all = new ArrayList<>();
    for (int beam = 0; beam < nbest; beam++) {
      int at = row * beams + beam;
      int length = lengths[at];
      boolean ended = length > 0 && ids[at * time + length - 1] == TranslationBatch.END;
      int[] written = Arrays.copyOfRange(ids, at * time, at * time + (ended ? length - 1 : length));
      all.add(
          new Translation(
              WrittenPieces.text(subwords, written),
              WrittenPieces.pieces(subwords, written),
              scores[at],
              logProbs[at],
              ended,
              beam == 0 ? alignment(row, length, sourcePieces) : List.of()));
    }
    return all;
  }

  private List<float[]> alignment(int row, int length, int sourcePieces) {
    List<float[]> steps = new ArrayList<>();
    for (int t = 0; t < length; t++) {
      int from = (row * time + t) * sourceTime;
      steps.add(Arrays.copyOfRange(alignments, from, from + sourcePieces));
    }
    return steps;
  }
}

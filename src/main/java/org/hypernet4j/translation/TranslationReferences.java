// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.translation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.data.Subwords;
import org.hypernet4j.data.TranslationBatch;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.random.StatelessRandom;
import org.tensorflow.Session;

/** Reference cases of a translation model, for all of its signatures. */
final class TranslationReferences {
  private static final int ROWS = 3;
  private static final int SOURCE = 7;
  private static final int TARGET = 6;

  private final Session session;
  private final List<ServingSignature> signatures;
  private final int pieces;

  private TranslationReferences(Session session, List<ServingSignature> signatures, int pieces) {
    this.session = session;
    this.signatures = signatures;
    this.pieces = pieces;
  }

  /**
   * Records the reference cases. The sentences are random pieces, which show any difference and
   * need no data.
   *
   * @param session a session whose graph holds the signatures
   */
  static List<ReferenceCase> record(
      Session session, List<ServingSignature> signatures, Subwords subwords) {
    return new TranslationReferences(session, signatures, subwords.size()).cases();
  }

  private List<ReferenceCase> cases() {
    Map<String, NpyArray> source = Map.of(TranslationSignatures.SOURCE_IDS, source());
    Map<String, NpyArray> both = new LinkedHashMap<>(source);
    both.put(TranslationSignatures.TARGET_IDS, target());
    ReferenceCase encoded = of(TranslationSignatures.ENCODE, source);
    // what one case returns goes into the next: zeros would hide parts that are mixed up
    Map<String, NpyArray> step = new LinkedHashMap<>(encoded.outputs());
    step.put(TranslationSignatures.TOKEN, row("token", ROWS));
    return List.of(
        of(ServingSignature.DEFAULT_KEY, source),
        of(TranslationSignatures.GREEDY, source),
        of(TranslationSignatures.SCORE, both),
        encoded,
        of(TranslationSignatures.STEP, step));
  }

  private ReferenceCase of(String key, Map<String, NpyArray> inputs) {
    return ReferenceCase.record(session, TranslationSignatures.find(signatures, key), inputs);
  }

  /** Sentences of full length, of one piece less in every row. */
  private NpyArray source() {
    int[] ids = ids("source", ROWS * SOURCE);
    for (int row = 0; row < ROWS; row++) {
      for (int t = SOURCE - row; t < SOURCE; t++) {
        ids[row * SOURCE + t] = TranslationBatch.PAD;
      }
    }
    return NpyArray.of(ids, ROWS, SOURCE);
  }

  private NpyArray target() {
    int[] ids = ids("target", ROWS * TARGET);
    for (int row = 0; row < ROWS; row++) {
      int end = TARGET - 1 - row;
      ids[row * TARGET + end] = TranslationBatch.END;
      for (int t = end + 1; t < TARGET; t++) {
        ids[row * TARGET + t] = TranslationBatch.PAD;
      }
    }
    return NpyArray.of(ids, ROWS, TARGET);
  }

  private NpyArray row(String name, int length) {
    return NpyArray.of(ids(name, length), length);
  }

  /** Random pieces of text. */
  private int[] ids(String name, int count) {
    StatelessRandom random = StatelessRandom.of(1).fold(name);
    int[] ids = new int[count];
    int first = Subwords.UNKNOWN + 1;
    for (int i = 0; i < count; i++) {
      ids[i] = first + random.below(i, Math.max(1, pieces - first));
    }
    return ids;
  }
}

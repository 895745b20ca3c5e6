// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import static org.hypernet4j.language.LanguageModelSignatures.IDS;
import static org.hypernet4j.language.LanguageModelSignatures.INITIAL_STATE;
import static org.hypernet4j.language.LanguageModelSignatures.SAMPLE;
import static org.hypernet4j.language.LanguageModelSignatures.SEQUENCE;
import static org.hypernet4j.language.LanguageModelSignatures.STEP;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.random.StatelessRandom;
import org.tensorflow.Session;

/** Reference cases of a language model, for all of its signatures. */
public final class LanguageModelReferences {
  private static final int TIME = 12;

  private final Session session;
  private final List<ServingSignature> signatures;
  private final Vocabulary vocabulary;

  private LanguageModelReferences(
      Session session, List<ServingSignature> signatures, Vocabulary vocabulary) {
    this.session = session;
    this.signatures = signatures;
    this.vocabulary = vocabulary;
  }

  /**
   * Records the reference cases. The texts are random symbols, which show any difference and need
   * no data.
   *
   * @param session a session whose graph holds the signatures
   * @param signatures the signatures of {@link LanguageModelSignatures#build}
   * @param vocabulary the vocabulary whose symbols are read
   */
  public static List<ReferenceCase> record(
      Session session, List<ServingSignature> signatures, Vocabulary vocabulary) {
    return new LanguageModelReferences(session, signatures, vocabulary).cases();
  }

  private List<ReferenceCase> cases() {
    ReferenceCase whole = of(ServingSignature.DEFAULT_KEY, Map.of(IDS, ids(3, TIME)));
    // the state of one case goes into the next: zeros would hide parts that are mixed up
    Map<String, NpyArray> second = stateOf(whole);
    second.put(IDS, ids(3, TIME));
    second.put("lengths", ints(TIME, 1, 5));
    ReferenceCase sequence = of(SEQUENCE, second);
    Map<String, NpyArray> third = stateOf(sequence);
    third.put(IDS, ids(3));
    return List.of(
        whole,
        of(ServingSignature.DEFAULT_KEY, Map.of(IDS, ids(1, 1))),
        sequence,
        of(STEP, third),
        of(INITIAL_STATE, Map.of(IDS, ids(3))),
        of(
            SAMPLE,
            Map.of(
                "prompt", ids(3, 4),
                "prompt_lengths", ints(4, 0, 2),
                "count", ints(8, 8, 3),
                "temperature", NpyArray.of(new float[] {1f, 0.5f, 0f}, 3),
                "top_k", ints(0, 3, 0),
                "seed", NpyArray.of(new long[] {1, 2, 3}, 3))));
  }

  private ReferenceCase of(String key, Map<String, NpyArray> inputs) {
    return ReferenceCase.record(session, LanguageModelSignatures.find(signatures, key), inputs);
  }

  private static Map<String, NpyArray> stateOf(ReferenceCase before) {
    Map<String, NpyArray> state = new LinkedHashMap<>(before.outputs());
    state.keySet().removeIf(alias -> !LanguageModelSignatures.isState(alias));
    return state;
  }

  private NpyArray ids(long... shape) {
    int[] values = new int[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = StatelessRandom.of(values.length).below(i, vocabulary.size());
    }
    return NpyArray.of(values, shape);
  }

  private static NpyArray ints(int... values) {
    return NpyArray.of(values, values.length);
  }
}

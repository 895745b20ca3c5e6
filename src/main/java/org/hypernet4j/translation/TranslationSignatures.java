// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.translation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.data.TranslationBatch;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.spec.BeamSpec;
import org.hypernet4j.zoo.BeamSearch;
import org.hypernet4j.zoo.DecoderStep;
import org.hypernet4j.zoo.IdAxes;
import org.hypernet4j.zoo.TranslationModel;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * The signatures of an exported translation model. All tensors are batch-major, rows independent.
 * Ids are those of the vocabulary beside the model: padding 0, start 1, end 2, unknown 3. A source
 * is as long as it has ids before the padding at its end; one without any is an error.
 *
 * <ul>
 *   <li>{@code serving_default}, the search: {@code source_ids [B, S]} -&gt; {@code ids [B, K, T]},
 *       {@code lengths}, {@code scores}, {@code log_probs [B, K]}, best first; {@code alignments
 *       [B, T, S]} of the best. The end is in ids and lengths
 *   <li>{@code greedy}: {@code source_ids} -&gt; {@code ids [B, T]}, {@code lengths}, {@code
 *       log_probs [B]}, {@code alignments}
 *   <li>{@code score}: {@code source_ids}, {@code target_ids [B, T]}, the end included -&gt; {@code
 *       token_log_probs [B, T]}, 0 behind the end, {@code lengths [B]}, {@code alignments}
 *   <li>{@code encode}: {@code source_ids} -&gt; {@code memory [B, S, D]}, {@code keys [B, S, A]},
 *       {@code source_lengths [B]}, the state before the first step
 *   <li>{@code step}: {@code token [B]}, what {@code encode} has returned, state -&gt; {@code
 *       log_probs [B, V]}, {@code alignment [B, S]}, next state
 * </ul>
 *
 * <p>The parts of the state are named {@code state_<part>}, a slash as an underscore.
 */
final class TranslationSignatures {
  static final String GREEDY = "greedy";
  static final String SCORE = "score";
  static final String ENCODE = "encode";
  static final String STEP = "step";
  static final String SOURCE_IDS = "source_ids";
  static final String TARGET_IDS = "target_ids";
  static final String IDS = "ids";
  static final String LENGTHS = "lengths";
  static final String SCORES = "scores";
  static final String LOG_PROBS = "log_probs";
  static final String ALIGNMENTS = "alignments";
  private static final String MEMORY = "memory";
  private static final String KEYS = "keys";
  private static final String SOURCE_LENGTHS = "source_lengths";
  static final String TOKEN = "token";
  private static final String STATE = "state_";

  private final ParameterScope scope;
  private final TranslationModel model;
  private final TranslationSearch search;

  private TranslationSignatures(
      ParameterScope scope, TranslationModel model, TranslationSearch search) {
    this.scope = scope;
    this.model = model;
    this.search = search;
  }

  /** The name of a part of the state in requests and responses: {@code state_layer0_context}. */
  static String stateName(StatePart part) {
    return STATE + part.name().replace('/', '_');
  }

  /** The signature of a key. */
  static ServingSignature find(List<ServingSignature> signatures, String key) {
    return signatures.stream()
        .filter(signature -> signature.key().equals(key))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no signature '" + key + "'"));
  }

  /**
   * Builds the ops of all signatures.
   *
   * @param root of the parameters; each signature gets a scope of its own below {@code serve}
   */
  static List<ServingSignature> build(ParameterScope root, TranslationModel model, BeamSpec beam) {
    TranslationSignatures signatures =
        new TranslationSignatures(root.child("serve"), model, new TranslationSearch(model, beam));
    return List.of(
        signatures.beam(),
        signatures.greedy(),
        signatures.score(),
        signatures.encode(),
        signatures.step());
  }

  private ServingSignature beam() {
    Ops tf = scope.child(ServingSignature.DEFAULT_KEY).tf();
    Operand<TInt32> source = input(tf, SOURCE_IDS, TInt32.class, -1, -1);
    BeamSearch.Beams beams = search.beams(tf, encoded(tf, source));
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put(IDS, beams.ids());
    outputs.put(LENGTHS, beams.lengths());
    outputs.put(SCORES, beams.scores());
    outputs.put(LOG_PROBS, beams.logProbs());
    outputs.put(ALIGNMENTS, beams.alignments());
    return new ServingSignature(ServingSignature.DEFAULT_KEY, Map.of(SOURCE_IDS, source), outputs);
  }

  private ServingSignature greedy() {
    Ops tf = scope.child(GREEDY).tf();
    Operand<TInt32> source = input(tf, SOURCE_IDS, TInt32.class, -1, -1);
    BeamSearch.Greedy greedy = search.greedy(tf, encoded(tf, source));
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put(IDS, greedy.ids());
    outputs.put(LENGTHS, greedy.lengths());
    outputs.put(LOG_PROBS, greedy.logProbs());
    outputs.put(ALIGNMENTS, greedy.alignments());
    return new ServingSignature(GREEDY, Map.of(SOURCE_IDS, source), outputs);
  }

  private ServingSignature score() {
    Ops tf = scope.child(SCORE).tf();
    Operand<TInt32> source = input(tf, SOURCE_IDS, TInt32.class, -1, -1);
    Operand<TInt32> given = input(tf, TARGET_IDS, TInt32.class, -1, -1);
    TranslationModel.Encoded encoded = encoded(tf, source);
    Operand<TInt32> target = known(tf, given);
    Operand<TInt32> lengths = lengths(tf, target);
    Operand<TInt32> batch = size(tf, target, 0);
    Operand<TInt32> time = size(tf, target, 1);
    Operand<TInt32> start =
        tf.fill(tf.stack(List.of(batch, tf.constant(1))), tf.constant(TranslationBatch.START));
    Operand<TInt32> shifted =
        tf.slice(
            tf.concat(List.of(start, target), tf.constant(1)),
            tf.constant(new int[] {0, 0}),
            tf.stack(List.of(batch, time)));
    TranslationModel.Written written = model.write(tf, encoded, shifted, lengths, null);
    Operand<TFloat32> logProbs =
        tf.nn.logSoftmax(
            model.logits(
                tf,
                tf.reshape(
                    written.outputs(),
                    tf.constant(new int[] {-1, (int) written.outputs().shape().get(2)}))));
    Operand<TInt32> ids = tf.reshape(IdAxes.exchanged(tf, target), tf.constant(new int[] {-1}));
    Operand<TFloat32> each =
        tf.linalg.transpose(
            tf.reshape(
                tf.gather(logProbs, ids, tf.constant(1), Gather.batchDims(1L)),
                tf.stack(List.of(time, batch))),
            tf.constant(new int[] {1, 0}));
    Operand<TInt32> places = tf.range(tf.constant(0), time, tf.constant(1));
    var counts = tf.math.less(places, tf.expandDims(lengths, tf.constant(1)));
    Operand<TFloat32> alignments = model.alignments(tf, encoded, written.queries());
    Map<String, Operand<?>> inputs = new LinkedHashMap<>();
    inputs.put(SOURCE_IDS, source);
    inputs.put(TARGET_IDS, given);
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put("token_log_probs", tf.select(counts, each, tf.constant(0f)));
    outputs.put(LENGTHS, lengths);
    outputs.put(
        ALIGNMENTS, tf.select(tf.expandDims(counts, tf.constant(2)), alignments, tf.constant(0f)));
    return new ServingSignature(SCORE, inputs, outputs);
  }

  private ServingSignature encode() {
    Ops tf = scope.child(ENCODE).tf();
    Operand<TInt32> source = input(tf, SOURCE_IDS, TInt32.class, -1, -1);
    TranslationModel.Encoded encoded = encoded(tf, source);
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put(MEMORY, encoded.memory().memory());
    outputs.put(KEYS, encoded.memory().keys());
    outputs.put(SOURCE_LENGTHS, encoded.lengths());
    putState(outputs, encoded.state());
    return new ServingSignature(ENCODE, Map.of(SOURCE_IDS, source), outputs);
  }

  private ServingSignature step() {
    Ops tf = scope.child(STEP).tf();
    Operand<TInt32> token = input(tf, TOKEN, TInt32.class, -1);
    Operand<TFloat32> memory = input(tf, MEMORY, TFloat32.class, -1, -1, model.memorySize());
    Operand<TFloat32> keys = input(tf, KEYS, TFloat32.class, -1, -1, model.keySize());
    Operand<TInt32> lengths = input(tf, SOURCE_LENGTHS, TInt32.class, -1);
    List<Operand<TFloat32>> state = new ArrayList<>();
    for (StatePart part : model.stateParts()) {
      state.add(input(tf, stateName(part), TFloat32.class, -1, part.size()));
    }
    DecoderStep.Result next =
        model.step(tf, model.memory(tf, memory, keys, lengths), known(tf, token), state);
    Map<String, Operand<?>> inputs = new LinkedHashMap<>();
    inputs.put(TOKEN, token);
    inputs.put(MEMORY, memory);
    inputs.put(KEYS, keys);
    inputs.put(SOURCE_LENGTHS, lengths);
    putState(inputs, state);
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put(LOG_PROBS, tf.nn.logSoftmax(next.logits()));
    outputs.put("alignment", next.alignments());
    putState(outputs, next.state());
    return new ServingSignature(STEP, inputs, outputs);
  }

  private TranslationModel.Encoded encoded(Ops tf, Operand<TInt32> source) {
    Operand<TInt32> ids = known(tf, source);
    return model.encode(tf, ids, lengths(tf, ids), null);
  }

  /** The number of ids before the padding at the end of each row. */
  private static Operand<TInt32> lengths(Ops tf, Operand<TInt32> ids) {
    Operand<TInt32> places =
        tf.range(tf.constant(1), tf.math.add(size(tf, ids, 1), tf.constant(1)), tf.constant(1));
    Operand<TInt32> counted =
        tf.select(tf.math.notEqual(ids, tf.constant(TranslationBatch.PAD)), places, tf.constant(0));
    // a row without ids has no largest place: 0 stands for it
    Operand<TInt32> none =
        tf.fill(tf.stack(List.of(size(tf, ids, 0), tf.constant(1))), tf.constant(0));
    return tf.reduceMax(tf.concat(List.of(none, counted), tf.constant(1)), tf.constant(1));
  }

  /** The ids unchanged; one that the model does not have is an error. */
  private Operand<TInt32> known(Ops tf, Operand<TInt32> ids) {
    return tf.gather(
        tf.range(tf.constant(0), tf.constant(model.pieces()), tf.constant(1)), ids, tf.constant(0));
  }

  private static Operand<TInt32> size(Ops tf, Operand<?> tensor, int axis) {
    return tf.gather(tf.shape(tensor), tf.constant(axis), tf.constant(0));
  }

  private static <T extends TType> Operand<T> input(
      Ops tf, String name, Class<T> type, long... shape) {
    return tf.withName(name).placeholder(type, Placeholder.shape(Shape.of(shape)));
  }

  private void putState(Map<String, Operand<?>> operands, List<? extends Operand<TFloat32>> state) {
    for (int i = 0; i < state.size(); i++) {
      operands.put(stateName(model.stateParts().get(i)), state.get(i));
    }
  }
}

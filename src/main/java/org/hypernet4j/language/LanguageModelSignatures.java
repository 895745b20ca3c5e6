// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.unroll.SequenceMask;
import org.hypernet4j.zoo.IdAxes;
import org.hypernet4j.zoo.LanguageModel;
import org.hypernet4j.zoo.SampleLoop;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * The signatures of a served language model; B is the batch, T the time, V the model's symbols.
 * Every part of the state is a tensor {@code [B, size]} with one name, {@link #stateName}, as an
 * input and as an output, so that the state of a response can be sent back unchanged.
 *
 * <ul>
 *   <li>{@code serving_default}: {@code ids [B, T]} -&gt; {@code logits [B, T, V]}, state after the
 *       last id
 *   <li>{@code sequence}: {@code ids [B, T]}, {@code lengths [B]}, state -&gt; {@code logits [B, T,
 *       V]}, state after each row's own length; logits after that have no meaning
 *   <li>{@code step}: {@code ids [B]}, state -&gt; {@code logits [B, V]}, next state
 *   <li>{@code initial_state}: {@code ids [B]}, of which only the length matters -&gt; state
 *   <li>{@code sample}: {@code prompt [B, P]}, {@code prompt_lengths}, {@code count}, {@code
 *       temperature}, {@code top_k}, {@code seed}, all {@code [B]} -&gt; {@code ids [B, largest
 *       count]}, see {@link SampleLoop}
 * </ul>
 */
public final class LanguageModelSignatures {
  /** One symbol for each stream. */
  public static final String STEP = "step";

  static final String SEQUENCE = "sequence";
  static final String INITIAL_STATE = "initial_state";
  static final String SAMPLE = "sample";
  private static final String STATE = "state_";
  static final String IDS = "ids";
  static final String LOGITS = "logits";

  private final LanguageModel model;
  private final ParameterScope scope;

  private LanguageModelSignatures(ParameterScope scope, LanguageModel model) {
    this.scope = scope;
    this.model = model;
  }

  /** The name of a part of the state in requests and responses: {@code state_main_c}. */
  public static String stateName(StatePart part) {
    return STATE + part.name().replace('/', '_');
  }

  /** The signature of a key. */
  static ServingSignature find(List<ServingSignature> signatures, String key) {
    return signatures.stream()
        .filter(signature -> signature.key().equals(key))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no signature '" + key + "'"));
  }

  /** Whether an input or output is a part of the state. */
  static boolean isState(String alias) {
    return alias.startsWith(STATE);
  }

  /**
   * Builds the ops of all signatures.
   *
   * @param root of the parameters; each signature gets a scope of its own below {@code serve}
   * @param vocabulary symbols that it does not have are never drawn
   */
  public static List<ServingSignature> build(
      ParameterScope root, LanguageModel model, Vocabulary vocabulary) {
    LanguageModelSignatures signatures = new LanguageModelSignatures(root.child("serve"), model);
    return List.of(
        signatures.whole(),
        signatures.sequence(),
        signatures.step(),
        signatures.initialState(),
        signatures.sample(vocabulary));
  }

  private ServingSignature whole() {
    Ops tf = scope.child(ServingSignature.DEFAULT_KEY).tf();
    Operand<TInt32> ids = input(tf, IDS, TInt32.class, -1, -1);
    Operand<TInt32> batch = tf.gather(tf.shape(ids), tf.constant(0), tf.constant(0));
    LanguageModel.Scores scores =
        model.logits(tf, timeMajor(tf, known(tf, ids)), model.zeroState(tf, batch), null, null);
    return new ServingSignature(
        ServingSignature.DEFAULT_KEY, Map.of(IDS, ids), outputs(batchMajor(tf, scores), scores));
  }

  private ServingSignature sequence() {
    Ops tf = scope.child(SEQUENCE).tf();
    Operand<TInt32> ids = input(tf, IDS, TInt32.class, -1, -1);
    Operand<TInt32> lengths = input(tf, "lengths", TInt32.class, -1);
    List<Operand<TFloat32>> state = state(tf);
    Operand<TInt32> steps = timeMajor(tf, ids);
    SequenceMask mask = SequenceMask.of(tf, SEQUENCE, lengths, steps);
    Operand<TInt32> counted = tf.select(mask.steps(), steps, tf.constant(0));
    LanguageModel.Scores scores = model.logits(tf, known(tf, counted), state, mask.lengths(), null);
    Map<String, Operand<?>> inputs = new LinkedHashMap<>();
    inputs.put(IDS, ids);
    inputs.put("lengths", lengths);
    putState(inputs, state);
    return new ServingSignature(SEQUENCE, inputs, outputs(batchMajor(tf, scores), scores));
  }

  private ServingSignature step() {
    Ops tf = scope.child(STEP).tf();
    Operand<TInt32> ids = input(tf, IDS, TInt32.class, -1);
    List<Operand<TFloat32>> state = state(tf);
    LanguageModel.Scores scores = model.stepOfSameBatch(tf, ids, state);
    Map<String, Operand<?>> inputs = new LinkedHashMap<>();
    inputs.put(IDS, ids);
    putState(inputs, state);
    return new ServingSignature(STEP, inputs, outputs(scores.logits(), scores));
  }

  private ServingSignature initialState() {
    Ops tf = scope.child(INITIAL_STATE).tf();
    Operand<TInt32> ids = input(tf, IDS, TInt32.class, -1);
    Operand<TInt32> batch = tf.gather(tf.shape(ids), tf.constant(0), tf.constant(0));
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    putState(outputs, model.zeroState(tf, batch));
    return new ServingSignature(INITIAL_STATE, Map.of(IDS, ids), outputs);
  }

  private ServingSignature sample(Vocabulary vocabulary) {
    Ops tf = scope.child(SAMPLE).tf();
    SampleLoop.Request request =
        new SampleLoop.Request(
            input(tf, "prompt", TInt32.class, -1, -1),
            input(tf, "prompt_lengths", TInt32.class, -1),
            input(tf, "count", TInt32.class, -1),
            input(tf, "temperature", TFloat32.class, -1),
            input(tf, "top_k", TInt32.class, -1),
            input(tf, "seed", TInt64.class, -1));
    Map<String, Operand<?>> inputs = new LinkedHashMap<>();
    inputs.put("prompt", request.prompt());
    inputs.put("prompt_lengths", request.lengths());
    inputs.put("count", request.count());
    inputs.put("temperature", request.temperature());
    inputs.put("top_k", request.topK());
    inputs.put("seed", request.seed());
    return new ServingSignature(
        SAMPLE,
        inputs,
        Map.of(
            IDS,
            SampleLoop.build(
                tf, model, vocabulary.size(), TextGenerator.startOf(vocabulary), request)));
  }

  private static <T extends TType> Operand<T> input(
      Ops tf, String name, Class<T> type, long... shape) {
    return tf.withName(name).placeholder(type, Placeholder.shape(Shape.of(shape)));
  }

  private List<Operand<TFloat32>> state(Ops tf) {
    List<Operand<TFloat32>> state = new ArrayList<>();
    model
        .stateParts()
        .forEach(part -> state.add(input(tf, stateName(part), TFloat32.class, -1, part.size())));
    return state;
  }

  private void putState(Map<String, Operand<?>> operands, List<Operand<TFloat32>> state) {
    for (int i = 0; i < state.size(); i++) {
      operands.put(stateName(model.stateParts().get(i)), state.get(i));
    }
  }

  private Map<String, Operand<?>> outputs(Operand<TFloat32> logits, LanguageModel.Scores scores) {
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put(LOGITS, logits);
    putState(outputs, scores.state());
    return outputs;
  }

  /**
   * The ids unchanged; an id that the model does not have is an error, where one-hot would accept
   * it.
   */
  private Operand<TInt32> known(Ops tf, Operand<TInt32> ids) {
    return tf.gather(
        tf.range(tf.constant(0), tf.constant(model.symbols()), tf.constant(1)),
        ids,
        tf.constant(0));
  }

  private static Operand<TInt32> timeMajor(Ops tf, Operand<TInt32> ids) {
    return IdAxes.exchanged(tf, ids);
  }

  private static Operand<TFloat32> batchMajor(Ops tf, LanguageModel.Scores scores) {
    return tf.linalg.transpose(scores.logits(), tf.constant(new int[] {1, 0, 2}));
  }
}

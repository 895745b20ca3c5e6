// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pareto;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.build.SpecNetworks;
import org.hypernet4j.conditioned.Functions;
import org.hypernet4j.conditioned.NetworkRows;
import org.hypernet4j.data.TwoDigits;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.hyper.Condition;
import org.hypernet4j.nn.ConditionedNetwork;
import org.hypernet4j.nn.TargetNetwork;
import org.hypernet4j.nn.Weights;
import org.hypernet4j.spec.ParetoModelSpec;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.ReduceAll;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * A network with two heads, all of whose weights are made from a preference between the losses of
 * the two.
 */
final class ParetoModel {
  /** Height and width of a picture. */
  static final int SIDE = 28 + TwoDigits.OFFSET;

  /** Classes of a digit. */
  static final int CLASSES = 10;

  /** The function that has one preference for all images. */
  static final String ONE = "one";

  /** The function that makes the weights for a preference. */
  static final String WEIGHTS = "weights";

  static final String IMAGE = "image";
  static final String PREFERENCE = "preference";
  static final String LOGITS = "logits";

  private final ParameterStore store;
  private final ParetoModelSpec spec;
  private final NetworkRows rows;
  private final ConditionedNetwork family;

  /** Creates the parameters below the store's root. */
  ParetoModel(ParameterStore store, ParetoModelSpec spec) {
    this.store = store;
    this.spec = spec;
    this.rows = new NetworkRows(spec.network(), network(spec));
    this.family =
        SpecNetworks.conditioned(
            store.root(),
            rows.network(),
            spec.generator(),
            spec.weights() == null ? 2 : spec.weights().size());
  }

  /** The network of any preference: 2 x 10 scores of a picture. */
  static TargetNetwork network(ParetoModelSpec spec) {
    return SpecNetworks.ofImages(spec.network(), SIDE, 1, 2 * CLASSES);
  }

  /** Several of the networks at once, in a training step. */
  NetworkRows rows() {
    return rows;
  }

  /**
   * The weights for preferences.
   *
   * @param preferences {@code [2]} for one network, {@code [rows, 2]} for several
   */
  Weights weights(Ops tf, Operand<TFloat32> preferences) {
    return family.weights(tf, condition(tf, preferences));
  }

  /**
   * What the generator reads: the preference, in a scale at which generated weights begin with the
   * right variance; or for separate networks the one whose own preference is nearest.
   */
  private Condition condition(Ops tf, Operand<TFloat32> preferences) {
    List<Double> fixed = spec.weights();
    if (fixed == null) {
      // the second moment of a uniform weight is 1/3
      return Condition.of(tf.math.mul(preferences, tf.constant((float) Math.sqrt(3))));
    }
    boolean several = preferences.shape().numDimensions() == 2;
    Operand<TFloat32> first =
        several
            ? tf.slice(preferences, tf.constant(new int[] {0, 0}), tf.constant(new int[] {-1, 1}))
            : tf.slice(preferences, tf.constant(new int[] {0}), tf.constant(new int[] {1}));
    float[] own = new float[fixed.size()];
    for (int i = 0; i < own.length; i++) {
      own[i] = fixed.get(i).floatValue();
    }
    Operand<TInt32> nearest =
        tf.math.argMin(
            tf.math.abs(tf.math.sub(first, tf.constant(own))),
            tf.constant(several ? 1 : 0),
            TInt32.class);
    Operand<TFloat32> chosen =
        tf.oneHot(nearest, tf.constant(own.length), tf.constant(1f), tf.constant(0f));
    long[] sizes =
        several ? new long[] {preferences.shape().get(0), own.length} : new long[] {own.length};
    return Condition.of(tf.reshape(chosen, tf.constant(sizes)));
  }

  /** What the model computes. */
  Functions functions() {
    return new Functions(List.of(served()), List.of(one(), made()));
  }

  /** A preference for each picture. */
  private ServingSignature served() {
    Ops tf = store.root().child("serve").child(ServingSignature.DEFAULT_KEY).tf();
    Operand<TFloat32> image = image(tf);
    Operand<TFloat32> preference = input(tf, PREFERENCE, -1, 2);
    Operand<TFloat32> sum = tf.reduceSum(preference, tf.constant(1));
    Operand<TBool> good =
        tf.math.logicalAnd(
            tf.reduceAll(
                tf.math.greaterEqual(preference, tf.constant(0f)),
                tf.constant(1),
                new ReduceAll.Options[0]),
            tf.math.lessEqual(
                tf.math.abs(tf.math.sub(sum, tf.constant(1f))),
                tf.constant((float) Preferences.TOLERANCE)));
    // NaN must not get into products, in which it would be 0 x NaN
    Operand<TFloat32> usable =
        tf.select(tf.expandDims(good, tf.constant(1)), preference, tf.constant(0.5f));
    Map<String, Operand<?>> inputs = new LinkedHashMap<>();
    inputs.put(IMAGE, image);
    inputs.put(PREFERENCE, preference);
    return new ServingSignature(
        ServingSignature.DEFAULT_KEY,
        inputs,
        outputs(tf, rows.network().apply(tf, weights(tf, usable), image), good));
  }

  private ServingSignature one() {
    Ops tf = store.root().child("serve").child(ONE).tf();
    Operand<TFloat32> image = image(tf);
    Operand<TFloat32> preference = input(tf, PREFERENCE, 2);
    Map<String, Operand<?>> inputs = new LinkedHashMap<>();
    inputs.put(IMAGE, image);
    inputs.put(PREFERENCE, preference);
    return new ServingSignature(
        ONE, inputs, outputs(tf, rows.network().apply(tf, weights(tf, preference), image), null));
  }

  private ServingSignature made() {
    Ops tf = store.root().child("serve").child(WEIGHTS).tf();
    Operand<TFloat32> preference = input(tf, PREFERENCE, 2);
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    weights(tf, preference)
        .tensors(tf)
        .forEach((name, weight) -> outputs.put(alias(name), tf.identity(weight)));
    return new ServingSignature(WEIGHTS, Map.of(PREFERENCE, preference), outputs);
  }

  /** A weight's name as that of an output: {@code dense0_kernel}. */
  static String alias(String weight) {
    return weight.replace('/', '_');
  }

  /** The ordinary network of one preference, without a generator. */
  static List<ServingSignature> plain(ParameterStore store, ParetoModelSpec spec) {
    TargetNetwork network = network(spec);
    Weights own = Weights.parameters(store.root(), network.weights());
    Ops tf = store.root().child("serve").tf();
    Operand<TFloat32> image = image(tf);
    return List.of(
        new ServingSignature(
            ServingSignature.DEFAULT_KEY,
            Map.of(IMAGE, image),
            outputs(tf, network.apply(tf, own, image), null)));
  }

  /**
   * Scores, probabilities and classes of both digits.
   *
   * @param scores {@code [batch, 20]}
   * @param good whether a row has an answer, or null if all have
   */
  private static Map<String, Operand<?>> outputs(
      Ops tf, Operand<TFloat32> scores, @Nullable Operand<TBool> good) {
    Operand<TFloat32> logits = tf.reshape(scores, tf.constant(new long[] {-1, 2, CLASSES}));
    Operand<TInt64> classes = tf.math.argMax(logits, tf.constant(2));
    if (good != null) {
      logits =
          tf.select(
              tf.reshape(good, tf.constant(new long[] {-1, 1, 1})), logits, tf.constant(Float.NaN));
      classes =
          tf.select(tf.reshape(good, tf.constant(new long[] {-1, 1})), classes, tf.constant(-1L));
    }
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put(LOGITS, tf.identity(logits));
    outputs.put("probabilities", tf.nn.softmax(logits));
    outputs.put("class", tf.identity(classes));
    return outputs;
  }

  private static Operand<TFloat32> image(Ops tf) {
    return input(tf, IMAGE, -1, SIDE, SIDE, 1);
  }

  private static Operand<TFloat32> input(Ops tf, String name, long... shape) {
    return tf.withName(name).placeholder(TFloat32.class, Placeholder.shape(Shape.of(shape)));
  }
}

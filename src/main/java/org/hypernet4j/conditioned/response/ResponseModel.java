// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.response;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.build.SpecNetworks;
import org.hypernet4j.conditioned.Functions;
import org.hypernet4j.conditioned.NetworkRows;
import org.hypernet4j.data.Mnist;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.Role;
import org.hypernet4j.hyper.Condition;
import org.hypernet4j.nn.ConditionedNetwork;
import org.hypernet4j.nn.TargetNetwork;
import org.hypernet4j.nn.Weights;
import org.hypernet4j.spec.BestResponseModelSpec;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * A network all of whose weights are made from the strength of the weight decay, and the strength
 * found so far. Strengths are log10 of lambda everywhere.
 */
final class ResponseModel {
  /** The function that has one strength for all images. */
  static final String ONE = "one";

  /** The function that makes the weights for a strength, and half the sum of their squares. */
  static final String WEIGHTS = "weights";

  /** The function of the strength that the training has found. */
  static final String FOUND = "found";

  static final String IMAGE = "image";
  static final String STRENGTH = "log10_l2";
  static final String LOGITS = "logits";
  static final String HALF_SQUARES = "half_squares";

  private final ParameterStore store;
  private final BestResponseModelSpec spec;
  private final NetworkRows rows;
  private final ConditionedNetwork family;
  private final @Nullable Parameter position;

  /** Creates the parameters below the store's root. */
  ResponseModel(ParameterStore store, BestResponseModelSpec spec) {
    this.store = store;
    this.spec = spec;
    this.rows = new NetworkRows(spec.network(), network(spec));
    this.family =
        SpecNetworks.conditioned(
            store.root(), rows.network(), spec.generator(), spec.separate() ? spec.points() : 1);
    // in the generator's own units, in which the whole range has the deviation 1
    this.position =
        spec.separate()
            ? null
            : store
                .root()
                .child("strength")
                .parameter(
                    "position",
                    Shape.of(1),
                    Initializers.constant((float) ((spec.start() - centre()) / scale())),
                    Role.EMBEDDING);
  }

  /** The network of any strength. */
  static TargetNetwork network(BestResponseModelSpec spec) {
    return SpecNetworks.ofImages(spec.network(), Mnist.SIDE, 1, Mnist.CLASSES);
  }

  private double centre() {
    return (spec.lowest() + spec.highest()) / 2;
  }

  /** The deviation of a strength that is uniform over the range. */
  private double scale() {
    return (spec.highest() - spec.lowest()) / Math.sqrt(12);
  }

  /** Several of the networks at once, in a training step. */
  NetworkRows rows() {
    return rows;
  }

  /** The parameter of the strength that is searched; null for separate networks. */
  @Nullable Parameter position() {
    return position;
  }

  /** The strength found so far, {@code [1]}; it stays in the range. */
  Operand<TFloat32> found(Ops tf) {
    return within(
        tf,
        tf.math.add(
            tf.math.mul(
                Objects.requireNonNull(position, "separate networks").value(),
                tf.constant((float) scale())),
            tf.constant((float) centre())));
  }

  /** Moves strengths out of the range to its ends. */
  Operand<TFloat32> within(Ops tf, Operand<TFloat32> strengths) {
    return tf.clipByValue(
        strengths, tf.constant((float) spec.lowest()), tf.constant((float) spec.highest()));
  }

  /**
   * The weights for several strengths.
   *
   * @param strengths {@code [rows]}
   * @return with a row for each
   */
  Weights each(Ops tf, Operand<TFloat32> strengths) {
    long size = spec.separate() ? spec.points() : 1;
    Operand<TFloat32> condition =
        spec.separate()
            ? nearest(tf, strengths)
            : tf.math.div(
                tf.math.sub(strengths, tf.constant((float) centre())),
                tf.constant((float) scale()));
    return family.weights(
        tf,
        Condition.of(
            tf.reshape(condition, tf.constant(new long[] {strengths.shape().get(0), size}))));
  }

  /** The weights for one strength, {@code [1]}. */
  Weights one(Ops tf, Operand<TFloat32> strength) {
    Map<String, Operand<TFloat32>> own = new LinkedHashMap<>();
    Map<String, Operand<TFloat32>> made = each(tf, strength).tensors(tf);
    rows.network()
        .weights()
        .shapes()
        .forEach(
            (name, weight) ->
                own.put(
                    name,
                    tf.reshape(
                        Objects.requireNonNull(made.get(name), name),
                        tf.constant(weight.shape().asArray()))));
    return Weights.of(own);
  }

  /** One-hot rows: the network whose own strength is nearest. */
  private Operand<TFloat32> nearest(Ops tf, Operand<TFloat32> strengths) {
    float[] own = new float[spec.points()];
    for (int i = 0; i < own.length; i++) {
      own[i] = (float) spec.point(i);
    }
    Operand<TInt32> index =
        tf.math.argMin(
            tf.math.abs(tf.math.sub(tf.expandDims(strengths, tf.constant(1)), tf.constant(own))),
            tf.constant(1),
            TInt32.class);
    return tf.oneHot(index, tf.constant(own.length), tf.constant(1f), tf.constant(0f));
  }

  /** What the model computes. */
  Functions functions() {
    List<ServingSignature> served = new ArrayList<>(List.of(served()));
    if (position != null) {
      served.add(foundOne());
    }
    return new Functions(served, List.of(one(), made()));
  }

  /** A strength for each image. */
  private ServingSignature served() {
    Ops tf = store.root().child("serve").child(ServingSignature.DEFAULT_KEY).tf();
    Operand<TFloat32> image = image(tf);
    Operand<TFloat32> strength = input(tf, STRENGTH, -1);
    Operand<TBool> good =
        tf.math.logicalAnd(
            tf.math.greaterEqual(
                strength, tf.constant((float) (spec.lowest() - Strengths.TOLERANCE))),
            tf.math.lessEqual(
                strength, tf.constant((float) (spec.highest() + Strengths.TOLERANCE))));
    // NaN must not get into products, in which it would be 0 x NaN
    Operand<TFloat32> usable = tf.select(good, strength, tf.constant((float) spec.start()));
    Map<String, Operand<?>> inputs = new LinkedHashMap<>();
    inputs.put(IMAGE, image);
    inputs.put(STRENGTH, strength);
    return new ServingSignature(
        ServingSignature.DEFAULT_KEY,
        inputs,
        outputs(tf, rows.network().apply(tf, each(tf, usable), image), good));
  }

  private ServingSignature foundOne() {
    Ops tf = store.root().child("serve").child(FOUND).tf();
    Operand<TFloat32> image = image(tf);
    Operand<TFloat32> strength = found(tf);
    Operand<TFloat32> logits = rows.network().apply(tf, one(tf, strength), image);
    Map<String, Operand<?>> outputs = outputs(tf, logits, null);
    Operand<TInt32> batch =
        tf.slice(tf.shape(logits), tf.constant(new int[] {0}), tf.constant(new int[] {1}));
    outputs.put(STRENGTH, tf.broadcastTo(strength, batch));
    return new ServingSignature(FOUND, Map.of(IMAGE, image), outputs);
  }

  private ServingSignature one() {
    Ops tf = store.root().child("serve").child(ONE).tf();
    Operand<TFloat32> image = image(tf);
    Operand<TFloat32> strength = input(tf, STRENGTH, 1);
    Map<String, Operand<?>> inputs = new LinkedHashMap<>();
    inputs.put(IMAGE, image);
    inputs.put(STRENGTH, strength);
    return new ServingSignature(
        ONE, inputs, outputs(tf, rows.network().apply(tf, one(tf, strength), image), null));
  }

  private ServingSignature made() {
    Ops tf = store.root().child("serve").child(WEIGHTS).tf();
    Operand<TFloat32> strength = input(tf, STRENGTH, 1);
    Weights weights = one(tf, strength);
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    weights.tensors(tf).forEach((name, weight) -> outputs.put(alias(name), tf.identity(weight)));
    outputs.put(HALF_SQUARES, rows.halfSquares(tf, weights));
    return new ServingSignature(WEIGHTS, Map.of(STRENGTH, strength), outputs);
  }

  /** A weight's name as that of an output: {@code dense0_kernel}. */
  static String alias(String weight) {
    return weight.replace('/', '_');
  }

  /** The ordinary network of one strength, without a generator. */
  static List<ServingSignature> plain(ParameterStore store, BestResponseModelSpec spec) {
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
   * Scores, probabilities and classes.
   *
   * @param scores {@code [batch, 10]}
   * @param good whether a row has an answer, or null if all have
   */
  private static Map<String, Operand<?>> outputs(
      Ops tf, Operand<TFloat32> scores, @Nullable Operand<TBool> good) {
    Operand<TFloat32> logits = scores;
    Operand<TInt64> classes = tf.math.argMax(logits, tf.constant(1));
    if (good != null) {
      logits = tf.select(tf.expandDims(good, tf.constant(1)), logits, tf.constant(Float.NaN));
      classes = tf.select(good, classes, tf.constant(-1L));
    }
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put(LOGITS, tf.identity(logits));
    outputs.put("probabilities", tf.nn.softmax(logits));
    outputs.put("class", tf.identity(classes));
    return outputs;
  }

  private static Operand<TFloat32> image(Ops tf) {
    return input(tf, IMAGE, -1, Mnist.SIDE, Mnist.SIDE, 1);
  }

  private static Operand<TFloat32> input(Ops tf, String name, long... shape) {
    return tf.withName(name).placeholder(TFloat32.class, Placeholder.shape(Shape.of(shape)));
  }
}

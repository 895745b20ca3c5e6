// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.images;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.build.SpecNetworks;
import org.hypernet4j.conditioned.Functions;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.hyper.Condition;
import org.hypernet4j.hyper.SharedNetwork;
import org.hypernet4j.nn.ConditionedNetwork;
import org.hypernet4j.nn.Weights;
import org.hypernet4j.spec.SineImagesSpec;
import org.hypernet4j.zoo.MlpNetwork;
import org.hypernet4j.zoo.SineNetwork;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.TFloat32;

/** The encoder of images, and the hypernetwork that makes a network of sines from a code. */
final class SineImagesModel {
  static final String ENCODE = "encode";
  static final String DECODE = "decode";
  static final String RECONSTRUCT = "reconstruct";
  static final String IMAGE = "image";
  static final String CODE = "code";
  static final String COORDINATES = "coordinates";
  static final String VALUES = "values";
  static final String WEIGHTS = "weights";

  private final int side;
  private final MlpNetwork encoder;
  private final Weights encoderWeights;
  private final SineNetwork sines;
  private final ConditionedNetwork images;

  /**
   * Creates the parameters, {@code encoder/...}, {@code generator/...} and those that other
   * generators have.
   *
   * @param side height and width of an image
   */
  SineImagesModel(ParameterScope scope, SineImagesSpec spec, int side) {
    this.side = side;
    encoder = new MlpNetwork(side * side, spec.encoder(), spec.codeSize());
    encoderWeights =
        Weights.of(SharedNetwork.parameters(scope.child("encoder"), encoder.weights()));
    sines = new SineNetwork(2, spec.hidden(), 1, (float) spec.frequency());
    images = SpecNetworks.conditioned(scope, sines, spec.generator(), spec.codeSize());
  }

  /** The network that is an image. */
  SineNetwork sines() {
    return sines;
  }

  /** Codes, {@code [batch, side, side, 1] -> [batch, codeSize]}. */
  Operand<TFloat32> encode(Ops tf, Operand<TFloat32> pictures) {
    long pixels = (long) side * side;
    Operand<TFloat32> flat = tf.reshape(pictures, tf.constant(new long[] {-1, pixels}));
    return encoder.apply(tf, encoderWeights, flat);
  }

  /** The weights of the networks of codes. */
  Weights weights(Ops tf, Operand<TFloat32> codes) {
    return images.weights(tf, Condition.of(codes));
  }

  /**
   * Grey values.
   *
   * @param weights of {@code batch} networks
   * @param coordinates {@code [batch, points, 2]}: row and column, each from -1 to 1
   * @return {@code [batch, points]}
   */
  Operand<TFloat32> values(Ops tf, Weights weights, Operand<TFloat32> coordinates) {
    Operand<TFloat32> values = sines.apply(tf, weights, coordinates);
    long batch = coordinates.shape().get(0);
    long points = coordinates.shape().get(1);
    if (batch < 0 && points < 0) {
      return tf.squeeze(values, Squeeze.axis(List.of(2L)));
    }
    return tf.reshape(values, tf.constant(new long[] {batch, points}));
  }

  /** The coordinates of all pixels for each of some codes, {@code [batch, side side, 2]}. */
  Operand<TFloat32> pixels(Ops tf, Operand<TFloat32> codes) {
    Operand<TFloat32> zeros =
        tf.zerosLike(
            tf.slice(codes, tf.constant(new int[] {0, 0}), tf.constant(new int[] {-1, 1})));
    return tf.math.add(
        tf.reshape(zeros, tf.constant(new long[] {-1, 1, 1})),
        tf.reshape(
            tf.constant(PixelGrid.coordinates(side)),
            tf.constant(new long[] {1, (long) side * side, 2})));
  }

  /** What the model computes. */
  Functions functions(ParameterScope scope) {
    Ops tf = scope.child("inference").tf();
    Operand<TFloat32> picture = placeholder(tf.withSubScope("picture"), IMAGE, -1, side, side, 1);
    Operand<TFloat32> places = placeholder(tf.withSubScope("places"), COORDINATES, -1, -1, 2);
    Operand<TFloat32> code =
        placeholder(tf.withSubScope("codes"), CODE, -1, images.hypernetwork().conditionSize());
    Operand<TFloat32> encoded = encode(tf, picture);
    Operand<TFloat32> drawn = values(tf, weights(tf, encoded), places);
    Operand<TFloat32> decoded = values(tf, weights(tf, code), places);
    Operand<TFloat32> whole = values(tf, weights(tf, encoded), pixels(tf, encoded));
    return new Functions(
        List.of(
            new ServingSignature(
                ServingSignature.DEFAULT_KEY,
                Map.of(IMAGE, picture, COORDINATES, places),
                Map.of(VALUES, drawn)),
            new ServingSignature(ENCODE, Map.of(IMAGE, picture), Map.of(CODE, encoded)),
            new ServingSignature(
                DECODE, Map.of(CODE, code, COORDINATES, places), Map.of(VALUES, decoded))),
        List.of(
            new ServingSignature(RECONSTRUCT, Map.of(IMAGE, picture), Map.of(VALUES, whole)),
            new ServingSignature(WEIGHTS, Map.of(CODE, code), made(tf, code))));
  }

  private Map<String, Operand<?>> made(Ops tf, Operand<TFloat32> code) {
    Map<String, Operand<?>> made = new LinkedHashMap<>();
    weights(tf, code).tensors(tf).forEach((name, weight) -> made.put(alias(name), weight));
    return made;
  }

  /** The name of a weight among the outputs of a function. */
  static String alias(String name) {
    return name.replace('/', '_');
  }

  private static Operand<TFloat32> placeholder(Ops tf, String name, long... sizes) {
    return tf.withName(name).placeholder(TFloat32.class, Placeholder.shape(Shape.of(sizes)));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.rotation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.conditioned.Functions;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.nn.TargetNetwork;
import org.hypernet4j.nn.Weights;
import org.hypernet4j.spec.RotatedImages;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/** What networks for turned images compute, by name. */
final class RotationFunctions {
  /** One descriptor for a batch: {@code image}, {@code descriptor [2]} to {@code logits}. */
  static final String ONE = "one";

  /** The weights for one descriptor, by {@link #alias}. */
  static final String WEIGHTS = "weights";

  /** The trained network alone: {@code image} to {@code logits}. */
  static final String BASE = "base";

  static final String IMAGE = "image";
  static final String DESCRIPTOR = "descriptor";
  static final String LOGITS = "logits";

  private RotationFunctions() {}

  /** The name of a weight as an output. */
  static String alias(String weight) {
    return weight.replace('/', '_');
  }

  /**
   * Adds the functions to a graph.
   *
   * @param base the weights of a trained network that the model changes; empty if there is none
   */
  static Functions build(Ops tf, RotatedNetwork net, List<Weights> base) {
    List<ServingSignature> inner = new ArrayList<>();
    Ops one = tf.withSubScope(ONE);
    Placeholder<TFloat32> images = images(one);
    Placeholder<TFloat32> descriptor =
        one.withName(DESCRIPTOR)
            .placeholder(TFloat32.class, Placeholder.shape(Shape.of(Descriptor.SIZE)));
    Weights weights = net.weights(one, descriptor);
    inner.add(
        new ServingSignature(
            ONE,
            Map.of(IMAGE, images, DESCRIPTOR, descriptor),
            Map.of(LOGITS, net.logits(one, weights, images))));
    Map<String, Operand<?>> tensors = new LinkedHashMap<>();
    weights.tensors(one).forEach((name, tensor) -> tensors.put(alias(name), tensor));
    inner.add(new ServingSignature(WEIGHTS, Map.of(DESCRIPTOR, descriptor), tensors));
    for (Weights alone : base) {
      Ops its = tf.withSubScope(BASE);
      Placeholder<TFloat32> seen = images(its);
      inner.add(
          new ServingSignature(
              BASE, Map.of(IMAGE, seen), Map.of(LOGITS, net.logits(its, alone, seen))));
    }
    return new Functions(List.of(serving(tf, net)), inner);
  }

  private static Placeholder<TFloat32> images(Ops tf) {
    return tf.withName(IMAGE)
        .placeholder(
            TFloat32.class,
            Placeholder.shape(Shape.of(-1, RotatedImages.SIZE, RotatedImages.SIZE, 1)));
  }

  /**
   * A descriptor for each image. A row whose descriptor is no cosine and sine has no network: NaN,
   * and the class -1.
   */
  private static ServingSignature serving(Ops tf, RotatedNetwork net) {
    Placeholder<TFloat32> images = images(tf);
    Placeholder<TFloat32> descriptors =
        tf.withName(DESCRIPTOR)
            .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, Descriptor.SIZE)));
    Operand<TFloat32> length = tf.reduceSum(tf.math.square(descriptors), tf.constant(1));
    Operand<TBool> near = // false for NaN
        tf.math.lessEqual(
            tf.math.abs(tf.math.sub(length, tf.constant(1f))), tf.constant(Descriptor.TOLERANCE));
    // one row for each image, no more and no fewer
    Operand<TInt32> count =
        tf.slice(tf.shape(images), tf.constant(new int[] {0}), tf.constant(new int[] {1}));
    Operand<TBool> row = tf.reshape(near, count);
    Operand<TBool> column = tf.expandDims(row, tf.constant(1));
    // replaced before the product: zero times NaN is NaN
    Operand<TFloat32> sound = tf.select(column, descriptors, tf.constant(new float[][] {{1f, 0f}}));
    sound = tf.reshape(sound, tf.constant(new long[] {-1, Descriptor.SIZE}));
    Operand<TFloat32> logits = net.logits(tf, net.weights(tf, sound), images);
    Operand<TFloat32> none = tf.constant(Float.NaN);
    Operand<TInt64> best = tf.math.argMax(logits, tf.constant(1));
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put(LOGITS, tf.withName(LOGITS).select(column, logits, none));
    outputs.put(
        "probabilities", tf.withName("probabilities").select(column, tf.nn.softmax(logits), none));
    outputs.put("class", tf.withName("class").select(row, best, tf.constant(-1L)));
    Map<String, Operand<?>> inputs = new LinkedHashMap<>();
    inputs.put(IMAGE, images);
    inputs.put(DESCRIPTOR, descriptors);
    return new ServingSignature(ServingSignature.DEFAULT_KEY, inputs, outputs);
  }

  /** The functions of one network: {@code image} to what a classifier gives. */
  static List<ServingSignature> plain(Ops tf, TargetNetwork net, Weights weights) {
    Placeholder<TFloat32> images = images(tf);
    Operand<TFloat32> logits = net.apply(tf, weights, images);
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put(LOGITS, logits);
    outputs.put("probabilities", tf.withName("probabilities").nn.softmax(logits));
    outputs.put("class", tf.withName("class").math.argMax(logits, tf.constant(1)));
    return List.of(
        new ServingSignature(ServingSignature.DEFAULT_KEY, Map.of(IMAGE, images), outputs));
  }
}

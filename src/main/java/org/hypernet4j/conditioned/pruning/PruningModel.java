// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pruning;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.hypernet4j.build.SpecNetworks;
import org.hypernet4j.conditioned.Functions;
import org.hypernet4j.data.Mnist;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.hyper.Condition;
import org.hypernet4j.nn.ConditionedNetwork;
import org.hypernet4j.nn.Weights;
import org.hypernet4j.spec.PruningSpec;
import org.hypernet4j.zoo.ConvNetwork;
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
 * A net of two convolutions whose weights a hypernetwork makes from its widths, divided by the full
 * ones. The weights are made for the full widths and cropped: the kernels and biases of the
 * channels that a convolution loses are 0. A channel without weights is 0 behind the ReLU and the
 * pool, and adds nothing to the next layer, so that the net is the one whose tensors are really
 * smaller.
 */
final class PruningModel {
  static final String IMAGE = "image";
  static final String WIDTHS = "widths";
  static final String LOGITS = "logits";
  static final String PROBABILITIES = "probabilities";
  static final String CLASS = "class";

  /** One pair of widths for a batch. */
  static final String ONE_PAIR = "one_pair";

  /** The weights for one pair of widths, cropped. */
  static final String WEIGHTS = "weights";

  private final List<Integer> filters;
  private final ConditionedNetwork family;

  /**
   * Creates the parameters of the hypernetwork; with the generator 'plain' those of the net itself.
   */
  PruningModel(ParameterScope scope, PruningSpec spec) {
    filters = spec.filters();
    family =
        SpecNetworks.conditioned(
            scope, net(filters, spec.kernelSize()), spec.generator(), filters.size());
  }

  /** The net with so many channels. */
  static ConvNetwork net(List<Integer> channels, int kernelSize) {
    return new ConvNetwork(Mnist.SIDE, 1, channels, kernelSize, List.of(), Mnist.CLASSES);
  }

  /**
   * The weights for some widths.
   *
   * @param widths {@code [2]}, or {@code [rows, 2]} for a net in each row
   */
  Weights weights(Ops tf, Operand<TInt32> widths) {
    Operand<TFloat32> full =
        tf.constant(new float[] {filters.get(0).floatValue(), filters.get(1).floatValue()});
    Operand<TFloat32> shares = tf.math.div(tf.dtypes.cast(widths, TFloat32.class), full);
    return weights(tf, shares, widths);
  }

  /**
   * The weights that are made from one condition, cropped to some widths.
   *
   * @param shares what the hypernetwork reads, of the shape of the widths
   * @param widths {@code [2]}, or {@code [rows, 2]}
   */
  Weights weights(Ops tf, Operand<TFloat32> shares, Operand<TInt32> widths) {
    return cropped(tf, family.weights(tf, Condition.of(shares)), widths);
  }

  /**
   * Weights in which all are 0 that a net as small as its widths does not have.
   *
   * @param widths {@code [2]}, or {@code [rows, 2]}
   */
  private Weights cropped(Ops tf, Weights weights, Operand<TInt32> widths) {
    Map<String, Operand<TFloat32>> all = new LinkedHashMap<>();
    Operand<TFloat32> first = kept(tf, widths, 0);
    Operand<TFloat32> second = kept(tf, widths, 1);
    all.put("conv0/kernel", tf.math.mul(weights.get(tf, "conv0/kernel"), along(tf, first, 4, 3)));
    all.put("conv0/bias", tf.math.mul(weights.get(tf, "conv0/bias"), first));
    Operand<TFloat32> outputs =
        tf.math.mul(weights.get(tf, "conv1/kernel"), along(tf, second, 4, 3));
    all.put("conv1/kernel", tf.math.mul(outputs, along(tf, first, 4, 2)));
    all.put("conv1/bias", tf.math.mul(weights.get(tf, "conv1/bias"), second));
    all.put("dense0/kernel", dense(tf, weights.get(tf, "dense0/kernel"), second));
    all.put("dense0/bias", weights.get(tf, "dense0/bias"));
    return Weights.of(all);
  }

  /** The dense kernel, whose rows are (position, channel), with the channels that are kept. */
  private Operand<TFloat32> dense(Ops tf, Operand<TFloat32> kernel, Operand<TFloat32> kept) {
    int channels = filters.get(1);
    int axes = kernel.shape().numDimensions();
    long inputs = kernel.shape().get(axes - 2);
    long[] apart = {inputs / channels, channels, Mnist.CLASSES};
    long[] flat = {inputs, Mnist.CLASSES};
    Operand<TFloat32> byChannel = tf.reshape(kernel, tf.constant(rows(axes == 3, apart)));
    boolean own = axes == 3 || kept.shape().numDimensions() == 2;
    return tf.reshape(tf.math.mul(byChannel, along(tf, kept, 3, 1)), tf.constant(rows(own, flat)));
  }

  private static long[] rows(boolean own, long... sizes) {
    return own ? LongStream.concat(LongStream.of(-1), LongStream.of(sizes)).toArray() : sizes;
  }

  /** Numbers along one axis of a weight: {@code [n]}, or {@code [rows, n]} for weights of rows. */
  private static Operand<TFloat32> along(Ops tf, Operand<TFloat32> kept, int axes, int axis) {
    boolean own = kept.shape().numDimensions() == 2;
    long[] sizes = new long[axes];
    Arrays.fill(sizes, 1);
    sizes[axis] = kept.shape().get(own ? 1 : 0);
    return tf.reshape(kept, tf.constant(rows(own, sizes)));
  }

  /** 1 for each channel of a convolution that is kept, else 0: {@code [n]} or {@code [rows, n]}. */
  private Operand<TFloat32> kept(Ops tf, Operand<TInt32> widths, int convolution) {
    int[] channels = new int[filters.get(convolution)];
    for (int c = 0; c < channels.length; c++) {
      channels[c] = c;
    }
    boolean rows = widths.shape().numDimensions() == 2;
    Operand<TInt32> count =
        tf.slice(
            widths,
            tf.constant(rows ? new int[] {0, convolution} : new int[] {convolution}),
            tf.constant(rows ? new int[] {-1, 1} : new int[] {1}));
    return tf.dtypes.cast(tf.math.less(tf.constant(channels), count), TFloat32.class);
  }

  /**
   * Class scores.
   *
   * @param weights of one net, or of a net for each image
   * @param images {@code [batch, 28, 28, 1]}, pixels in [0, 1]
   * @return {@code [batch, 10]}
   */
  Operand<TFloat32> logits(Ops tf, Weights weights, Operand<TFloat32> images) {
    return family.network().apply(tf, weights, images);
  }

  /** What the model computes. */
  Functions functions(ParameterScope scope) {
    Ops tf = scope.child("inference").tf();
    Ops own = tf.withSubScope("each");
    Operand<TFloat32> image = image(own);
    Operand<TInt32> widths =
        own.withName(WIDTHS)
            .placeholder(TInt32.class, Placeholder.shape(Shape.of(-1, filters.size())));
    Ops batch = tf.withSubScope("batch");
    Operand<TFloat32> images = image(batch);
    Operand<TInt32> pair =
        batch
            .withName(WIDTHS)
            .placeholder(TInt32.class, Placeholder.shape(Shape.of(filters.size())));
    Weights one = weights(tf, pair);
    return new Functions(
        List.of(each(tf, image, widths)),
        List.of(
            new ServingSignature(
                ONE_PAIR,
                Map.of(IMAGE, images, WIDTHS, pair),
                Map.of(LOGITS, logits(tf, one, images))),
            new ServingSignature(WEIGHTS, Map.of(WIDTHS, pair), made(tf, one))));
  }

  /** A net for each image. Widths that are none give NaN, and the class -1, in their row alone. */
  private ServingSignature each(Ops tf, Operand<TFloat32> image, Operand<TInt32> widths) {
    Operand<TInt32> least = tf.constant(1);
    Operand<TInt32> most = tf.constant(new int[] {filters.get(0), filters.get(1)});
    Operand<TBool> fits =
        tf.math.logicalAnd(tf.math.greaterEqual(widths, least), tf.math.lessEqual(widths, most));
    Operand<TBool> valid = tf.reduceAll(fits, tf.constant(1), ReduceAll.keepDims(true));
    Operand<TInt32> safe = tf.select(fits, widths, tf.constant(new int[] {1, 1}));
    Operand<TFloat32> computed = logits(tf, weights(tf, safe), image);
    Operand<TFloat32> logits = tf.select(valid, computed, tf.constant(Float.NaN));
    Operand<TInt64> best = tf.math.argMax(computed, tf.constant(1));
    Operand<TInt64> classes =
        tf.select(tf.reshape(valid, tf.constant(new int[] {-1})), best, tf.constant(-1L));
    Map<String, Operand<?>> outputs = outputs(tf, logits, classes);
    return new ServingSignature(
        ServingSignature.DEFAULT_KEY, Map.of(IMAGE, image, WIDTHS, widths), outputs);
  }

  /** What a classifier answers. */
  static Map<String, Operand<?>> outputs(
      Ops tf, Operand<TFloat32> logits, Operand<TInt64> classes) {
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put(LOGITS, logits);
    outputs.put(PROBABILITIES, tf.nn.softmax(logits));
    outputs.put(CLASS, classes);
    return outputs;
  }

  private static Map<String, Operand<?>> made(Ops tf, Weights weights) {
    Map<String, Operand<?>> made = new LinkedHashMap<>();
    weights.tensors(tf).forEach((name, weight) -> made.put(alias(name), weight));
    return made;
  }

  /** The name of a weight among the outputs of a function. */
  static String alias(String name) {
    return name.replace('/', '_');
  }

  static Operand<TFloat32> image(Ops tf) {
    return tf.withName(IMAGE)
        .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, Mnist.SIDE, Mnist.SIDE, 1)));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.graph.Initializer;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.graph.internal.SharedSizes;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Dense layers with ReLUs between them, in weight normalisation (Salimans and Kingma, NIPS 2016),
 * whose scale factors come from outside: {@code y_j = g_j x v_j / ||v_j|| + b_j}. Other scale
 * factors are another network, at the cost of one number a unit: what a Bayesian hypernetwork draws
 * (Krueger et al. 2017). All draws share the products with v.
 *
 * <p>The numbers of a draw are g of the first layer, of the second, ..; with {@code shifts} then b
 * likewise. Parameters: {@code dense<l>/v [in, out]} and, without {@code shifts}, {@code
 * dense<l>/bias [out]}.
 */
public final class ScaledMlp {
  private static final String WHERE = "scaled network";
  private static final String LAYER = "dense";
  private static final float SMALLEST = 1e-12f;

  private final int inputs;
  private final List<Integer> sizes;
  private final boolean shifts;
  private final List<Parameter> v = new ArrayList<>();
  private final List<Parameter> biases = new ArrayList<>();

  /**
   * Creates the parameters.
   *
   * @param inputs numbers of an example
   * @param hiddenSizes units of the hidden layers
   * @param outputs numbers that are computed
   * @param shifts whether the biases come from outside too
   */
  public ScaledMlp(
      ParameterScope scope, int inputs, List<Integer> hiddenSizes, int outputs, boolean shifts) {
    // for the checks of sizes
    MlpNetwork plain = new MlpNetwork(inputs, hiddenSizes, outputs);
    this.inputs = inputs;
    this.sizes = new ArrayList<>(plain.hiddenSizes());
    this.sizes.add(outputs);
    this.shifts = shifts;
    int from = inputs;
    for (int l = 0; l < sizes.size(); l++) {
      ParameterScope layer = scope.child(LAYER + l);
      Shape shape = Shape.of(from, sizes.get(l));
      v.add(layer.parameter("v", shape, Initializers.heNormal(), Role.KERNEL));
      if (!shifts) {
        Shape bias = Shape.of(sizes.get(l));
        biases.add(layer.parameter("bias", bias, Initializers.zeros(), Role.BIAS));
      }
      from = sizes.get(l);
    }
  }

  /** The numbers of one draw. */
  public int size() {
    return size(sizes, shifts);
  }

  /** The numbers of one draw of a network with these layers. */
  public static int size(List<Integer> layers, boolean shifts) {
    int units = layers.stream().mapToInt(Integer::intValue).sum();
    return shifts ? 2 * units : units;
  }

  /** A value for all scale factors, and 0 for all shifts: {@code [size()]}. */
  public Initializer values(float scaleFactor) {
    int units = size(sizes, false);
    return (tf, shape, seed) -> {
      Operand<TFloat32> factors = tf.fill(tf.constant(new int[] {units}), tf.constant(scaleFactor));
      return shifts
          ? tf.concat(
              List.of(factors, tf.zeros(tf.constant(new int[] {units}), TFloat32.class)),
              tf.constant(0))
          : factors;
    };
  }

  /**
   * Every draw reads all examples.
   *
   * @param x {@code [n, inputs]}
   * @param draws {@code [R, size()]}
   * @return {@code [R, n, outputs]}
   */
  public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x, Operand<TFloat32> draws) {
    Shapes.require(WHERE, "the draws", draws, -1, size());
    return layers(tf, x, tf.expandDims(draws, tf.constant(1)), 0);
  }

  /**
   * Every example has draws of its own.
   *
   * @param x {@code [n, inputs]}
   * @param draws {@code [n, R, size()]}
   * @return {@code [n, R, outputs]}
   */
  public Operand<TFloat32> applyEach(Ops tf, Operand<TFloat32> x, Operand<TFloat32> draws) {
    // a product would silently repeat the draws of a single example
    Operand<TFloat32> own =
        SharedSizes.require(
            tf,
            WHERE,
            "the draws",
            draws,
            1,
            () -> tf.slice(tf.shape(x), tf.constant(new int[] {0}), tf.constant(new int[] {1})),
            x.shape().get(0),
            -1,
            size());
    return layers(tf, x, own, 1);
  }

  /**
   * Runs the layers.
   *
   * @param draws three axes, as those of the result
   * @param axis of the result where the examples have 1: that of the draws
   */
  private Operand<TFloat32> layers(Ops tf, Operand<TFloat32> x, Operand<TFloat32> draws, int axis) {
    Shapes.require(WHERE, "x", x, -1, inputs);
    int units = size(sizes, false);
    Operand<TFloat32> h = x;
    int at = 0;
    for (int l = 0; l < sizes.size(); l++) {
      int out = sizes.get(l);
      Operand<TFloat32> product = product(tf, h, direction(tf, l), out);
      if (l == 0) {
        product = tf.expandDims(product, tf.constant(axis));
      }
      Operand<TFloat32> shift = shifts ? part(tf, draws, units + at, out) : biases.get(l).value();
      h = tf.math.add(tf.math.mul(product, part(tf, draws, at, out)), shift);
      h = l == sizes.size() - 1 ? h : tf.nn.relu(h);
      at += out;
    }
    return h;
  }

  private static Operand<TFloat32> part(Ops tf, Operand<TFloat32> draws, int from, int count) {
    return tf.slice(
        draws, tf.constant(new int[] {0, 0, from}), tf.constant(new int[] {-1, -1, count}));
  }

  /** {@code h W} for h with two or three axes. */
  private static Operand<TFloat32> product(
      Ops tf, Operand<TFloat32> h, Operand<TFloat32> w, long out) {
    if (h.shape().numDimensions() == 2) {
      return tf.linalg.matMul(h, w);
    }
    Operand<TFloat32> flat =
        tf.linalg.matMul(tf.reshape(h, tf.constant(new long[] {-1, w.shape().get(0)})), w);
    long rows = h.shape().get(0);
    long columns = h.shape().get(1);
    if (rows > 0 || columns > 0) { // so that the shapes of all that follows are known
      return tf.reshape(
          flat, tf.constant(rows > 0 ? new long[] {rows, -1, out} : new long[] {-1, columns, out}));
    }
    Operand<TInt32> leading =
        tf.slice(tf.shape(h), tf.constant(new int[] {0}), tf.constant(new int[] {2}));
    return tf.reshape(
        flat, tf.concat(List.of(leading, tf.constant(new int[] {(int) out})), tf.constant(0)));
  }

  /** v / ||v||, each column of length 1. */
  private Operand<TFloat32> direction(Ops tf, int layer) {
    Operand<TFloat32> all = v.get(layer).value();
    Operand<TFloat32> squares =
        tf.reduceSum(tf.math.square(all), tf.constant(0), ReduceSum.keepDims(true));
    return tf.math.mul(all, tf.math.rsqrt(tf.math.maximum(squares, tf.constant(SMALLEST))));
  }

  /**
   * One draw as the weights of an ordinary network, {@link MlpNetwork}.
   *
   * @param draw {@code [size()]}
   * @return by the names of {@link MlpNetwork#weights}
   */
  public Map<String, Operand<TFloat32>> weights(Ops tf, Operand<TFloat32> draw) {
    Shapes.require(WHERE, "the draw", draw, size());
    Map<String, Operand<TFloat32>> weights = new LinkedHashMap<>();
    int units = size(sizes, false);
    int at = 0;
    for (int l = 0; l < sizes.size(); l++) {
      int out = sizes.get(l);
      Operand<TFloat32> factors =
          tf.slice(draw, tf.constant(new int[] {at}), tf.constant(new int[] {out}));
      weights.put(LAYER + l + "/kernel", tf.math.mul(direction(tf, l), factors));
      weights.put(
          LAYER + l + "/bias",
          shifts
              ? tf.slice(draw, tf.constant(new int[] {units + at}), tf.constant(new int[] {out}))
              : biases.get(l).value());
      at += out;
    }
    return weights;
  }
}

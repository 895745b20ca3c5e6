// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.Nearest;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Precision;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.hyper.LowRankChange;
import org.hypernet4j.hyper.SharedNetwork;
import org.hypernet4j.hyper.WeightTable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The weights of a {@link TargetNetwork} and the layers that use them. A weight is one for all
 * examples, {@code [shape]}, or one for each row, {@code [rows, shape]}.
 */
public final class Weights {
  private final Map<String, Operand<TFloat32>> tensors;
  private final Map<String, LowRankChange> changes;

  private Weights(Map<String, Operand<TFloat32>> tensors, Map<String, LowRankChange> changes) {
    this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    this.changes = Collections.unmodifiableMap(new LinkedHashMap<>(changes));
  }

  /** Weights from tensors: generated ones, for example. */
  public static Weights of(Map<String, Operand<TFloat32>> tensors) {
    return new Weights(tensors, Map.of());
  }

  /**
   * Weights that are ordinary parameters with the names of the table, {@code hidden/kernel};
   * kernels are subject to weight decay, biases are not.
   */
  public static Weights parameters(ParameterScope scope, WeightTable table) {
    return of(SharedNetwork.parameters(scope, table));
  }

  /**
   * The same weights with changes of low rank to some kernels.
   *
   * @param more by the name of the kernel
   */
  public Weights changed(Map<String, LowRankChange> more) {
    Map<String, LowRankChange> all = new LinkedHashMap<>(changes);
    more.forEach(
        (name, change) -> {
          raw(name);
          if (all.put(name, change) != null) {
            throw UserError.in("weight '" + name + "'").what("is changed twice").build();
          }
        });
    return new Weights(tensors, all);
  }

  /** The names, in network order. */
  public List<String> names() {
    return List.copyOf(tensors.keySet());
  }

  /**
   * A weight, with its change if it has one.
   *
   * @throws UserError if there is none of that name
   */
  public Operand<TFloat32> get(Ops tf, String name) {
    Operand<TFloat32> weight = raw(name);
    LowRankChange change = changes.get(name);
    if (change == null) {
      return weight;
    }
    Operand<TFloat32> product =
        change.a().shape().numDimensions() == 2
            ? tf.linalg.matMul(change.a(), change.b())
            : tf.train.batchMatMul(change.a(), change.b(), TFloat32.class);
    long[] own = weight.shape().asArray();
    long[] sizes = own;
    if (change.a().shape().numDimensions() == 3 && own.length < 5) {
      sizes = new long[own.length + 1];
      sizes[0] = change.a().shape().get(0);
      System.arraycopy(own, 0, sizes, 1, own.length);
    }
    return tf.math.add(
        weight, tf.math.mul(tf.reshape(product, tf.constant(sizes)), tf.constant(change.scale())));
  }

  /** All weights by name, with their changes. */
  public Map<String, Operand<TFloat32>> tensors(Ops tf) {
    Map<String, Operand<TFloat32>> all = new LinkedHashMap<>();
    tensors.keySet().forEach(name -> all.put(name, get(tf, name)));
    return all;
  }

  /**
   * A fully connected layer, {@code x W + b} with {@code <layer>/kernel} and {@code <layer>/bias}.
   *
   * @param x {@code [batch, in]}; weights with rows then have one row for each example. Or {@code
   *     [rows, batch, in]}: every row of the weights reads its own batch
   * @return {@code [batch, out]} or {@code [rows, batch, out]}
   */
  public Operand<TFloat32> dense(Ops tf, String layer, Operand<TFloat32> x) {
    String where = "dense layer '" + layer + "'";
    int axes = x.shape().numDimensions();
    if (axes != 2 && axes != 3) {
      throw UserError.in(where)
          .what("x has the wrong shape")
          .expected("[batch, in] or [rows, batch, in]")
          .received(Shapes.describe(x.shape()))
          .build();
    }
    String name = layer + "/kernel";
    Operand<TFloat32> y = product(tf, where, x, raw(name));
    LowRankChange change = changes.get(name);
    if (change != null) {
      Operand<TFloat32> thin = product(tf, where, product(tf, where, x, change.a()), change.b());
      y = tf.math.add(y, tf.math.mul(thin, tf.constant(change.scale())));
    }
    return tf.math.add(y, bias(tf, where, layer, axes, y.shape().get(axes - 1)));
  }

  private Operand<TFloat32> bias(Ops tf, String where, String layer, int axes, long out) {
    Operand<TFloat32> bias = raw(layer + "/bias");
    if (bias.shape().numDimensions() == 1) {
      return Shapes.require(where, "the bias", bias, out);
    }
    Shapes.require(where, "the bias", bias, -1, out);
    return axes == 2 ? bias : tf.expandDims(bias, tf.constant(1));
  }

  /** {@code x W} for every combination of axes. */
  private static Operand<TFloat32> product(
      Ops tf, String where, Operand<TFloat32> x, Operand<TFloat32> w) {
    int rows = w.shape().numDimensions() - 2;
    if (x.shape().numDimensions() == 2) {
      Shapes.require(where, "x", x, -1, w.shape().get(rows));
      return rows == 0 ? Precision.of(tf).matMul(tf, x, w) : PerExampleDense.apply(tf, x, w);
    }
    long in = w.shape().get(rows);
    Shapes.require(where, "x", x, -1, -1, in);
    if (rows == 1) {
      Shapes.require(where, "the kernel", w, x.shape().get(0), in, -1);
      return tf.train.batchMatMul(x, w, TFloat32.class);
    }
    Operand<TFloat32> flat =
        Precision.of(tf).matMul(tf, tf.reshape(x, tf.constant(new long[] {-1, in})), w);
    Operand<TInt32> leading =
        tf.slice(tf.shape(x), tf.constant(new int[] {0}), tf.constant(new int[] {2}));
    Operand<TInt32> sizes =
        tf.concat(
            List.of(leading, tf.constant(new int[] {(int) w.shape().get(1)})), tf.constant(0));
    return tf.reshape(flat, sizes);
  }

  /**
   * A convolution with a bias, zero padding to equal size ("SAME"), with {@code <layer>/kernel} and
   * {@code <layer>/bias}.
   *
   * @param x {@code [batch, height, width, in]}; weights with rows have one row for each example
   * @param stride step in both directions
   * @return {@code [batch, ceil(height / stride), ceil(width / stride), out]}
   */
  public Operand<TFloat32> conv2d(Ops tf, String layer, Operand<TFloat32> x, int stride) {
    String where = "convolution '" + layer + "'";
    String name = layer + "/kernel";
    Operand<TFloat32> kernel = get(tf, name);
    boolean own = kernel.shape().numDimensions() == 5;
    Operand<TFloat32> y =
        own ? PerExampleConv2d.apply(tf, x, kernel, stride) : Conv2d.apply(tf, x, kernel, stride);
    Operand<TFloat32> bias = raw(layer + "/bias");
    long out = y.shape().get(3);
    if (bias.shape().numDimensions() == 1) {
      return tf.nn.biasAdd(y, Shapes.require(where, "the bias", bias, out));
    }
    Shapes.require(where, "the bias", bias, -1, out);
    return tf.math.add(y, tf.reshape(bias, tf.constant(new long[] {-1, 1, 1, out})));
  }

  private Operand<TFloat32> raw(String name) {
    Operand<TFloat32> weight = tensors.get(name);
    if (weight == null) {
      throw UserError.in("weight '" + name + "'")
          .what("the network reads a weight that was not given")
          .expected("one of " + tensors.keySet())
          .received(name)
          .next(
              tensors.isEmpty()
                  ? "add it to the table of the network"
                  : "did you mean '" + Nearest.of(name, tensors.keySet()) + "'?")
          .build();
    }
    return weight;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.hypernet4j.error.Nearest;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.graph.internal.SharedSizes;
import org.hypernet4j.hyper.LowRankChange;
import org.hypernet4j.hyper.SharedNetwork;
import org.hypernet4j.hyper.WeightTable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The weights of a {@link TargetNetwork} and the layers that use them. A weight is one for all
 * examples, {@code [shape]}, or one for each row, {@code [rows, shape]}.
 */
public final class Weights {
  private static final String KERNEL = "/kernel";
  private static final String BIAS = "/bias";

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
   * @throws UserError if there is no such kernel, it has other sizes, or it is changed already
   */
  public Weights changed(Map<String, LowRankChange> more) {
    Map<String, LowRankChange> all = new LinkedHashMap<>(changes);
    more.forEach(
        (name, change) -> {
          requireFits(name, raw(name).shape(), change);
          if (all.put(name, change) != null) {
            throw UserError.in("weight '" + name + "'").what("is changed twice").build();
          }
        });
    return new Weights(tensors, all);
  }

  private static void requireFits(String name, Shape weight, LowRankChange change) {
    int axes = weight.numDimensions();
    boolean fits = axes >= 2 && axes <= 5 && !name.endsWith(BIAS);
    if (fits) {
      long[] kernel = kernel(weight);
      long columns = kernel[kernel.length - 1];
      long rows = Arrays.stream(kernel).limit(kernel.length - 1L).reduce(1, (x, y) -> x * y);
      fits =
          Arrays.stream(kernel).allMatch(size -> size > 0)
              && rows == change.a().shape().get(change.hasRows() ? 1 : 0)
              && columns == change.b().shape().get(change.hasRows() ? 2 : 1);
    }
    if (!fits) {
      throw UserError.in("weight '" + name + "'")
          .what("the change of low rank does not fit")
          .expected("a kernel of m x n weights, A [m, r] and B [r, n]")
          .received(
              "a weight %s, A %s, B %s"
                  .formatted(
                      Shapes.describe(weight),
                      Shapes.describe(change.a().shape()),
                      Shapes.describe(change.b().shape())))
          .build();
    }
  }

  /** The sizes of a kernel without the axis of rows. */
  private static long[] kernel(Shape weight) {
    long[] sizes = weight.asArray();
    return sizes.length % 2 == 0 ? sizes : Arrays.copyOfRange(sizes, 1, sizes.length);
  }

  /** The names, in network order. */
  public List<String> names() {
    return List.copyOf(tensors.keySet());
  }

  /**
   * A weight, with its change if it has one.
   *
   * @return {@code [shape]}, or {@code [rows, shape]} if the weight or its change has rows
   * @throws UserError if there is none of that name
   */
  public Operand<TFloat32> get(Ops tf, String name) {
    Operand<TFloat32> weight = raw(name);
    LowRankChange change = changes.get(name);
    if (change == null) {
      return weight;
    }
    Operand<TFloat32> product =
        change.hasRows()
            ? tf.train.batchMatMul(change.a(), change.b(), TFloat32.class)
            : tf.linalg.matMul(change.a(), change.b());
    long[] sizes = kernel(weight.shape());
    if (change.hasRows()) {
      long[] own = sizes;
      sizes =
          LongStream.concat(LongStream.of(product.shape().get(0)), LongStream.of(own)).toArray();
    }
    Operand<TFloat32> added =
        tf.math.mul(tf.reshape(product, tf.constant(sizes)), tf.constant(change.scale()));
    if (change.hasRows() && weight.shape().numDimensions() == sizes.length) {
      sizes[0] = weight.shape().get(0);
      added =
          SharedSizes.require(
              tf,
              "weight '" + name + "'",
              "the change",
              added,
              1,
              () -> DenseProduct.leading(tf, weight, 1),
              sizes);
    }
    return tf.math.add(weight, added);
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
    String name = layer + KERNEL;
    Operand<TFloat32> y = DenseProduct.apply(tf, where, x, raw(name));
    LowRankChange change = changes.get(name);
    if (change != null) {
      Operand<TFloat32> thin = DenseProduct.apply(tf, where, x, change.a());
      Operand<TFloat32> wide = DenseProduct.apply(tf, where, thin, change.b());
      y = tf.math.add(y, tf.math.mul(wide, tf.constant(change.scale())));
    }
    Operand<TFloat32> bias = bias(tf, where, layer, x, y.shape().get(axes - 1));
    boolean own = bias.shape().numDimensions() == 2;
    return tf.math.add(y, own && axes == 3 ? tf.expandDims(bias, tf.constant(1)) : bias);
  }

  /** The bias of a layer, {@code [out]}, or {@code [rows, out]} with a row for each of x. */
  private Operand<TFloat32> bias(
      Ops tf, String where, String layer, Operand<TFloat32> x, long out) {
    Operand<TFloat32> bias = raw(layer + BIAS);
    return bias.shape().numDimensions() == 1
        ? Shapes.require(where, "the bias", bias, out)
        : SharedSizes.require(
            tf,
            where,
            "the bias",
            bias,
            1,
            () -> DenseProduct.leading(tf, x, 1),
            x.shape().get(0),
            out);
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
    Operand<TFloat32> kernel = get(tf, layer + KERNEL);
    int axes = kernel.shape().numDimensions();
    if ((axes != 4 && axes != 5) || kernel.shape().get(axes - 1) < 1) {
      throw UserError.in(where)
          .what("the kernel has the wrong shape")
          .expected("[height, width, in, out] or [rows, height, width, in, out], out known")
          .received(Shapes.describe(kernel.shape()))
          .build();
    }
    Operand<TFloat32> y =
        axes == 5
            ? PerExampleConv2d.apply(tf, x, kernel, stride)
            : Conv2d.apply(tf, x, kernel, stride);
    long out = kernel.shape().get(axes - 1);
    Operand<TFloat32> bias = bias(tf, where, layer, x, out);
    return bias.shape().numDimensions() == 1
        ? tf.nn.biasAdd(y, bias)
        : tf.math.add(y, tf.reshape(bias, tf.constant(new long[] {-1, 1, 1, out})));
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

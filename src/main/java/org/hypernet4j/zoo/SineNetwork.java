// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializer;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.hyper.KernelShape;
import org.hypernet4j.hyper.WeightShape;
import org.hypernet4j.hyper.WeightTable;
import org.hypernet4j.nn.TargetNetwork;
import org.hypernet4j.nn.Weights;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * An image, or any function of coordinates, as a network of sines (Sitzmann, Martel, Bergman,
 * Lindell and Wetzstein, "Implicit neural representations with periodic activation functions",
 * NeurIPS 2020).
 *
 * <pre>
 * h_0 = coordinates,   h_l = sin(w_0 (h_(l-1) W_l + b_l)),   value = h_L W + b
 * </pre>
 *
 * <p>As ordinary parameters kernels start uniform in plus and minus 1 / n_0 for the first layer and
 * {@code sqrt(6 / n_l) / w_0} for the others, biases in plus and minus {@code 1 / sqrt(n_l)}, where
 * n_l is the number of inputs of the layer. Weights: {@code sine0/kernel}, {@code sine0/bias}, ..,
 * {@code output/kernel}, {@code output/bias}.
 *
 * @param inputs numbers of a coordinate, 2 for images
 * @param hiddenSizes n_1 .. n_L, at least one
 * @param outputs values at a coordinate, 1 for grey images
 * @param frequency w_0
 */
public record SineNetwork(int inputs, List<Integer> hiddenSizes, int outputs, float frequency)
    implements TargetNetwork {
  /** The frequency of the paper. */
  public static final float FREQUENCY = 30;

  private static final String OUTPUT = "output";

  /** Checks the sizes. */
  public SineNetwork {
    hiddenSizes = List.copyOf(hiddenSizes);
    if (inputs < 1
        || outputs < 1
        || hiddenSizes.isEmpty()
        || hiddenSizes.stream().anyMatch(size -> size < 1)
        || !(frequency > 0 && frequency < Float.POSITIVE_INFINITY)) {
      throw UserError.in("network of sines")
          .what("sizes and frequency must be positive, and there must be a layer of sines")
          .received(
              "inputs %d, hidden %s, outputs %d, frequency %s"
                  .formatted(inputs, hiddenSizes, outputs, frequency))
          .build();
    }
  }

  @Override
  public WeightTable weights() {
    WeightTable table = WeightTable.empty();
    int from = inputs;
    for (int i = 0; i < hiddenSizes.size(); i++) {
      double bound = i == 0 ? 1.0 / from : Math.sqrt(6.0 / from) / frequency;
      table = layer(table, name(i), from, hiddenSizes.get(i), bound);
      from = hiddenSizes.get(i);
    }
    return layer(table, OUTPUT, from, outputs, Math.sqrt(6.0 / from) / frequency);
  }

  private static WeightTable layer(WeightTable table, String layer, int in, int out, double bound) {
    KernelShape kernel = KernelShape.dense(in, out);
    return table
        .with(layer + "/kernel", WeightShape.dense(in, out).startingWith(uniform(bound)))
        .with(layer + "/bias", WeightShape.bias(kernel).startingWith(uniform(1 / Math.sqrt(in))));
  }

  private static Initializer uniform(double bound) {
    return Initializers.uniform((float) -bound, (float) bound);
  }

  private static String name(int layer) {
    return "sine" + layer;
  }

  /**
   * {@inheritDoc}
   *
   * @param x coordinates, {@code [points, inputs]}, or {@code [rows, points, inputs]} for weights
   *     with rows
   * @return {@code [points, outputs]} or {@code [rows, points, outputs]}
   */
  @Override
  public Operand<TFloat32> apply(Ops tf, Weights weights, Operand<TFloat32> x) {
    Operand<TFloat32> h = x;
    for (int i = 0; i < hiddenSizes.size(); i++) {
      h = tf.math.sin(tf.math.mul(weights.dense(tf, name(i), h), tf.constant(frequency)));
    }
    return weights.dense(tf, OUTPUT, h);
  }
}

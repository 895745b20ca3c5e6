// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.hyper.WeightTable;
import org.hypernet4j.nn.Conv2d;
import org.hypernet4j.nn.TargetNetwork;
import org.hypernet4j.nn.Weights;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Convolutions, each with a ReLU and a 2 x 2 max-pool after it, then dense layers with ReLUs
 * between them. Weights: {@code conv0/kernel [f, f, in, out]}, {@code conv0/bias}, .., {@code
 * dense0/kernel}, {@code dense0/bias}, .., the last of which makes the outputs.
 *
 * @param imageSize height and width of an image
 * @param channels values of a pixel
 * @param filters output channels of each convolution, at least one
 * @param kernelSize height and width of each kernel
 * @param hiddenSizes units of the dense layers before the last
 * @param outputs numbers that are computed
 */
public record ConvNetwork(
    int imageSize,
    int channels,
    List<Integer> filters,
    int kernelSize,
    List<Integer> hiddenSizes,
    int outputs)
    implements TargetNetwork {
  private static final String CONV = "conv";
  private static final String DENSE = "dense";

  /** Checks the sizes. */
  public ConvNetwork {
    filters = List.copyOf(filters);
    hiddenSizes = List.copyOf(hiddenSizes);
    boolean positive =
        imageSize > 0
            && channels > 0
            && kernelSize > 0
            && outputs > 0
            && filters.stream().allMatch(size -> size > 0)
            && hiddenSizes.stream().allMatch(size -> size > 0);
    // a shift by 32 would be one by 0
    if (!positive
        || filters.isEmpty()
        || filters.size() >= Integer.SIZE
        || imageSize >> filters.size() < 1) {
      throw UserError.in("convolutional network")
          .what("sizes must be positive, and something must be left after the poolings")
          .received(
              "images of %d, %d channels, filters %s of %d, hidden %s, outputs %d"
                  .formatted(imageSize, channels, filters, kernelSize, hiddenSizes, outputs))
          .build();
    }
    long side = imageSize >> filters.size();
    Shapes.requireBelowLimit(
        "convolutional network",
        "what the dense layers read",
        side,
        side,
        filters.get(filters.size() - 1));
  }

  @Override
  public WeightTable weights() {
    WeightTable table = WeightTable.empty();
    int from = channels;
    for (int i = 0; i < filters.size(); i++) {
      table = table.conv2d(CONV + i, kernelSize, from, filters.get(i));
      from = filters.get(i);
    }
    from = Math.toIntExact(flat());
    for (int i = 0; i < hiddenSizes.size(); i++) {
      table = table.dense(DENSE + i, from, hiddenSizes.get(i));
      from = hiddenSizes.get(i);
    }
    return table.dense(DENSE + hiddenSizes.size(), from, outputs);
  }

  private long flat() {
    long side = imageSize >> filters.size();
    return side * side * filters.get(filters.size() - 1);
  }

  /**
   * {@inheritDoc}
   *
   * @param x {@code [batch, imageSize, imageSize, channels]}
   * @return {@code [batch, outputs]}, without a ReLU
   */
  @Override
  public Operand<TFloat32> apply(Ops tf, Weights weights, Operand<TFloat32> x) {
    Shapes.require("convolutional network", "x", x, -1, imageSize, imageSize, channels);
    Operand<TFloat32> h = x;
    for (int i = 0; i < filters.size(); i++) {
      // the pool first: both keep order, and a quarter of the values is left for the ReLU
      h = tf.nn.relu(Conv2d.maxPool2(tf, weights.conv2d(tf, CONV + i, h, 1)));
    }
    h = tf.reshape(h, tf.constant(new long[] {-1, flat()}));
    for (int i = 0; i < hiddenSizes.size(); i++) {
      h = tf.nn.relu(weights.dense(tf, DENSE + i, h));
    }
    return weights.dense(tf, DENSE + hiddenSizes.size(), h);
  }
}

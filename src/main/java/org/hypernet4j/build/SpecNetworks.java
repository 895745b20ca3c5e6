// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.build;

import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.hyper.Hypernetwork;
import org.hypernet4j.hyper.WeightTable;
import org.hypernet4j.nn.ConditionedNetwork;
import org.hypernet4j.nn.TargetNetwork;
import org.hypernet4j.spec.GeneratorSpec;
import org.hypernet4j.spec.NetworkSpec;
import org.hypernet4j.zoo.ConvNetwork;
import org.hypernet4j.zoo.MlpNetwork;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Networks with a condition as specification files describe them. */
public final class SpecNetworks {
  private SpecNetworks() {}

  /**
   * A network that reads images.
   *
   * @param imageSize height and width
   * @param channels values of a pixel
   * @param outputs numbers that it computes, class scores for example
   * @return of images {@code [batch, imageSize, imageSize, channels]}, or {@code [rows, batch,
   *     imageSize, imageSize, channels]} for dense networks
   */
  public static TargetNetwork ofImages(NetworkSpec spec, int imageSize, int channels, int outputs) {
    if (spec instanceof NetworkSpec.Mlp mlp) {
      int pixels = Math.multiplyExact(Math.multiplyExact(imageSize, imageSize), channels);
      MlpNetwork dense = new MlpNetwork(pixels, mlp.hidden(), outputs);
      return TargetNetwork.of(
          dense.weights(), (tf, weights, x) -> dense.apply(tf, weights, flat(tf, x, pixels)));
    } else if (spec instanceof NetworkSpec.Conv conv) {
      return new ConvNetwork(
          imageSize, channels, conv.filters(), conv.kernelSize(), conv.hidden(), outputs);
    }
    throw new IllegalArgumentException("Unknown network " + spec);
  }

  private static Operand<TFloat32> flat(Ops tf, Operand<TFloat32> images, int pixels) {
    if (images.shape().numDimensions() != 5) {
      return tf.reshape(images, tf.constant(new long[] {-1, pixels}));
    }
    return tf.reshape(
        images, tf.constant(new long[] {images.shape().get(0), images.shape().get(1), pixels}));
  }

  /** A network and what makes its weights from a condition, with its parameters. */
  public static ConditionedNetwork conditioned(
      ParameterScope scope, TargetNetwork network, GeneratorSpec spec, int conditionSize) {
    return new ConditionedNetwork(
        network, hypernetwork(scope, network.weights(), spec, conditionSize));
  }

  /** What makes a network's weights from a condition, with its parameters. */
  public static Hypernetwork hypernetwork(
      ParameterScope scope, WeightTable table, GeneratorSpec spec, int conditionSize) {
    return SpecGenerators.conditional(spec, table, conditionSize)
        .conditioned(scope, table, conditionSize);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.rotation;

import java.util.function.BiFunction;
import org.hypernet4j.build.SpecNetworks;
import org.hypernet4j.conditioned.NetworkRows;
import org.hypernet4j.hyper.WeightTable;
import org.hypernet4j.nn.TargetNetwork;
import org.hypernet4j.nn.Weights;
import org.hypernet4j.spec.NetworkSpec;
import org.hypernet4j.spec.RotatedImages;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A network for turned images and what makes its weights from descriptors.
 *
 * @param rows the network
 * @param source makes weights from one descriptor {@code [2]}, or from {@code [rows, 2]}; those
 *     that do not depend on it have no rows
 */
record RotatedNetwork(NetworkRows rows, BiFunction<Ops, Operand<TFloat32>, Weights> source) {
  static RotatedNetwork of(NetworkSpec spec, BiFunction<Ops, Operand<TFloat32>, Weights> source) {
    return new RotatedNetwork(rows(spec), source);
  }

  /** The network that a specification describes, without what makes its weights. */
  static NetworkRows rows(NetworkSpec spec) {
    TargetNetwork network =
        SpecNetworks.ofImages(spec, RotatedImages.SIZE, 1, RotatedImages.CLASSES);
    return new NetworkRows(spec, network);
  }

  /** The weights that a network reads. */
  static WeightTable table(NetworkSpec spec) {
    return rows(spec).network().weights();
  }

  Weights weights(Ops tf, Operand<TFloat32> descriptors) {
    return source.apply(tf, descriptors);
  }

  /**
   * The network for a batch.
   *
   * @param images {@code [batch, height, width, 1]}
   * @return logits {@code [batch, classes]}
   */
  Operand<TFloat32> logits(Ops tf, Weights weights, Operand<TFloat32> images) {
    return rows.network().apply(tf, weights, images);
  }
}

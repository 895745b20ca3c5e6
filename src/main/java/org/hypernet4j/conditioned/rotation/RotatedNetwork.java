// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.rotation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.hypernet4j.build.SpecNetworks;
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
 * @param network reads images {@code [batch, height, width, 1]}
 * @param readsRows whether it also reads {@code [rows, batch, height, width, 1]}, every row with
 *     weights of its own
 * @param source makes weights from one descriptor {@code [2]}, or from {@code [rows, 2]}; those
 *     that do not depend on it have no rows
 */
record RotatedNetwork(
    TargetNetwork network, boolean readsRows, BiFunction<Ops, Operand<TFloat32>, Weights> source) {

  static RotatedNetwork of(NetworkSpec spec, BiFunction<Ops, Operand<TFloat32>, Weights> source) {
    return new RotatedNetwork(network(spec), spec instanceof NetworkSpec.Mlp, source);
  }

  static TargetNetwork network(NetworkSpec spec) {
    return SpecNetworks.ofImages(spec, RotatedImages.SIZE, 1, RotatedImages.CLASSES);
  }

  /** The weights that the network reads. */
  WeightTable table() {
    return network.weights();
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
    return network.apply(tf, weights, images);
  }

  /**
   * A batch for each of several networks.
   *
   * @param weights those of {@code rows} networks, or of one
   * @param images {@code [rows, batch, height, width, 1]}, both known
   * @return logits {@code [rows, batch, classes]}
   */
  Operand<TFloat32> rows(Ops tf, Weights weights, Operand<TFloat32> images) {
    if (readsRows) {
      return network.apply(tf, weights, images);
    }
    // a convolution reads one kernel at a time
    long rows = images.shape().get(0);
    List<Operand<TFloat32>> batches = parts(tf, images, rows);
    Map<String, List<Operand<TFloat32>>> own = new LinkedHashMap<>();
    Map<String, Operand<TFloat32>> shared = new LinkedHashMap<>();
    weights
        .tensors(tf)
        .forEach(
            (name, tensor) -> {
              int axes = Objects.requireNonNull(table().shapes().get(name)).shape().numDimensions();
              if (tensor.shape().numDimensions() == axes) {
                shared.put(name, tensor);
              } else {
                own.put(name, parts(tf, tensor, rows));
              }
            });
    List<Operand<TFloat32>> logits = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      Map<String, Operand<TFloat32>> all = new LinkedHashMap<>(shared);
      int r = row;
      own.forEach((name, tensors) -> all.put(name, tensors.get(r)));
      logits.add(network.apply(tf, Weights.of(all), batches.get(row)));
    }
    return tf.stack(logits);
  }

  private static List<Operand<TFloat32>> parts(Ops tf, Operand<TFloat32> tensor, long rows) {
    List<Operand<TFloat32>> parts = new ArrayList<>();
    tf.unstack(tensor, rows).output().forEach(parts::add);
    return parts;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.examples;

import java.util.List;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.hypernet4j.hyper.Condition;
import org.hypernet4j.hyper.HeadKernels;
import org.hypernet4j.hyper.TargetVariance;
import org.hypernet4j.hyper.WeightTable;
import org.hypernet4j.nn.Weights;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** An example of docs/not-covered.md: weights for the nodes of an architecture. */
final class ArchitectureGraph {
  private ArchitectureGraph() {}

  // example begins
  /**
   * Weights for every node of an architecture, which know what the nodes around them do.
   *
   * @param kinds {@code [nodes][features]}: what each node computes, one-hot, and its size
   * @param edges {@code [nodes][nodes]}: 1 / k from each of the k nodes that a node reads
   * @param node the weights of one node at the largest size; smaller nodes crop them
   */
  static Weights weights(ParameterScope scope, float[][] kinds, float[][] edges, WeightTable node) {
    Ops tf = scope.tf();
    Operand<TFloat32> h = tf.constant(kinds);
    for (int round = 0; round < 3; round++) { // a node learns of others three edges away
      Operand<TFloat32> around = tf.linalg.matMul(tf.constant(edges), h);
      Operand<TFloat32> read = tf.concat(List.of(h, around), tf.constant(1));
      long from = read.shape().get(1);
      Operand<TFloat32> w =
          scope
              .child("round" + round)
              .value("kernel", Shape.of(from, 16), Initializers.heNormal(), Role.GENERATOR);
      h = tf.nn.relu(tf.linalg.matMul(read, w));
    }
    return Weights.of(
        HeadKernels.of(List.of(32), TargetVariance.KAIMING_IN)
            .conditioned(scope.child("nodes"), node, 16)
            .generate(tf, Condition.of(h))); // [nodes, shape] each
  }
  // example ends
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.examples;

import java.util.List;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.hyper.Condition;
import org.hypernet4j.hyper.HeadKernels;
import org.hypernet4j.hyper.TargetVariance;
import org.hypernet4j.nn.ConditionedNetwork;
import org.hypernet4j.nn.Network;
import org.hypernet4j.nn.Weights;
import org.hypernet4j.zoo.MlpNetwork;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** An example of docs/not-covered.md: outcomes under a treatment. */
final class TreatmentHeads {
  private TreatmentHeads() {}

  // example begins
  /**
   * The outcome of a person under a treatment: what all treatments share is a plain network, and
   * the head that reads it is made from the treatment, so that doses in between have heads too.
   *
   * @param features of a person; x is {@code [batch, features + 1]}, the dose last
   */
  static Network network(ParameterScope scope, int features) {
    MlpNetwork shared = new MlpNetwork(features, List.of(32), 16);
    Weights own = Weights.parameters(scope.child("shared"), shared.weights());
    ConditionedNetwork heads =
        new ConditionedNetwork(
            scope.child("heads"),
            new MlpNetwork(16, List.of(16), 1),
            HeadKernels.of(List.of(16), TargetVariance.KAIMING_IN),
            1);
    return (tf, x, step) -> {
      Operand<TFloat32> person =
          tf.slice(x, tf.constant(new int[] {0, 0}), tf.constant(new int[] {-1, features}));
      Operand<TFloat32> dose =
          tf.slice(x, tf.constant(new int[] {0, features}), tf.constant(new int[] {-1, 1}));
      return heads.apply(tf, Condition.of(dose), tf.nn.relu(shared.apply(tf, own, person)));
    };
  }
  // example ends
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Gradients;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class WeightDecayTest {
  @Test
  void isHalfLambdaTimesTheSumOfSquares() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> kernel = tf.constant(new float[][] {{1, 2}, {3, 4}});
      Operand<TFloat32> vector = tf.constant(new float[] {-5});
      Operand<TFloat32> loss = WeightDecay.loss(tf, List.of(kernel, vector), 0.1f);
      Operand<TFloat32> gradient = Gradients.byTensors(loss, List.of(kernel)).get(0);
      try (Result result = session.runner().fetch(loss).fetch(gradient).run()) {
        // 0.1 / 2 * (1 + 4 + 9 + 16 + 25)
        assertThat(((TFloat32) result.get(0)).getFloat()).isCloseTo(2.75f, within(1e-6f));
        // 0.1 w
        assertThat(((TFloat32) result.get(1)).getFloat(1, 0)).isCloseTo(0.3f, within(1e-7f));
      }
    }
  }

  @Test
  void refusesNothingAndNonsense() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      assertThatThrownBy(() -> WeightDecay.loss(tf, List.of(), 1f))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("there is nothing to regularise");
      for (float bad : new float[] {-1, Float.NaN, Float.POSITIVE_INFINITY}) {
        assertThatThrownBy(() -> WeightDecay.loss(tf, List.of(tf.constant(1f)), bad))
            .isInstanceOf(UserError.class)
            .hasMessageContaining("lambda cannot be used");
      }
    }
  }
}

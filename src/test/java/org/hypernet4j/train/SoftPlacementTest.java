// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.tensorflow.DeviceSpec;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** An op that was put on a device that no machine has. */
class SoftPlacementTest {
  private static float squared(boolean softPlacement) {
    SessionOptions options = new SessionOptions(1, false, false, null, softPlacement);
    DeviceSpec far =
        DeviceSpec.newBuilder().deviceType(DeviceSpec.DeviceType.GPU).deviceIndex(77).build();
    try (Graph graph = new Graph();
        Session session = new Session(graph, options.toProto())) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> square = tf.withDevice(far).math.square(tf.constant(3f));
      try (Result result = session.runner().fetch(square).run()) {
        return ((TFloat32) result.get(0)).getFloat();
      }
    }
  }

  @Test
  void softItRunsElsewhere() {
    assertThat(squared(true)).isEqualTo(9f);
  }

  @Test
  void hardItIsRefused() {
    assertThatThrownBy(() -> squared(false)).hasMessageContaining("device:GPU:77");
  }
}

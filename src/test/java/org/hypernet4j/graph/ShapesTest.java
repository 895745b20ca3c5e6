package org.hypernet4j.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

class ShapesTest {
  @Test
  void acceptsWhatFitsOrMayFit() {
    assertThatCode(
            () -> {
              Shapes.require("s", "x", Shape.of(2, 3), 2, 3);
              Shapes.require("s", "x", Shape.of(-1, 3), 2, 3);
              Shapes.require("s", "x", Shape.of(2, 3), -1, 3);
              Shapes.require("s", "x", Shape.unknown(), 2, 3);
              Shapes.require("s", "x", Shape.scalar());
            })
        .doesNotThrowAnyException();
    try (TestGraph g = new TestGraph()) {
      Operand<TFloat32> x = g.tf.constant(new float[] {1, 2});
      assertThat(Shapes.require("s", "x", x, 2)).isSameAs(x);
    }
  }

  @Test
  void saysWhatWasExpectedAndReceived() {
    assertThatThrownBy(() -> Shapes.require("conv1", "x", Shape.of(-1, 28, 28), -1, 28, 28, 1))
        .isInstanceOf(UserError.class)
        .hasMessage("conv1: x has the wrong shape; expected [?, 28, 28, 1], received [?, 28, 28].");
    assertThatThrownBy(() -> Shapes.require("s", "x", Shape.of(2, 4), 2, 3))
        .isInstanceOf(UserError.class);
    assertThatThrownBy(() -> Shapes.require("s", "x", Shape.of(1)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected [], received [1]");
  }
}

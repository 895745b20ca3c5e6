// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.TestGraph;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Shapes that ended the process or were a NullPointerException. */
final class ShapesTest {
  private static final List<Shape> IMPOSSIBLE =
      List.of(
          Shape.of(1L << 32, 1L << 32), // 2^64 numbers: 0 in 64 bits
          Shape.of(1L << 62, 4),
          Shape.of(0, 1L << 32),
          Shape.of(1L << 31),
          Shape.of(-2, -3),
          Shape.of(2, Shape.UNKNOWN_SIZE),
          Shape.of(new long[255]),
          Shape.unknown());

  @Test
  void countsWhatATensorHolds() {
    assertThat(Shapes.requireTensor("x", "the value", Shape.scalar())).isEqualTo(1);
    assertThat(Shapes.requireTensor("x", "the value", Shape.of(3, 4))).isEqualTo(12);
    assertThat(Shapes.requireTensor("x", "the value", Shape.of(3, 0, 4))).isZero();
    assertThat(Shapes.requireTensor("x", "the value", Shape.of((1L << 31) - 1)))
        .isEqualTo(2147483647L);
    assertThat(Shapes.requireTensor("x", "the value", Shape.of(new long[254]))).isZero();
  }

  @Test
  void impossibleShapesAreRefusedWhereverTheyComeIn() {
    try (TestGraph g = new TestGraph()) {
      Placeholder<TFloat32> x = g.tf.placeholder(TFloat32.class);
      for (Shape shape : IMPOSSIBLE) {
        assertThatThrownBy(() -> new Feeds().floats(x, shape).close())
            .isInstanceOf(UserError.class)
            .hasMessageStartingWith("input 'Placeholder': the value cannot have this shape");
        assertThatThrownBy(
                () -> g.store.root().parameter("w", shape, Initializers.zeros(), Role.KERNEL))
            .isInstanceOf(UserError.class)
            .hasMessageStartingWith("w: a parameter cannot have this shape");
        assertThatThrownBy(() -> Initializers.glorotUniform().call(g.tf, shape, 1L))
            .isInstanceOf(UserError.class)
            .hasMessageContaining("cannot have this shape");
      }
    }
  }

  @Test
  void anEmptyBatchIsRefusedBeforeAConvolutionAndTakenElsewhere() {
    try (TestGraph g = new TestGraph()) {
      Ops tf = g.tf;
      Placeholder<TFloat32> image =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, -1, -1, 1)));
      Placeholder<TFloat32> other = tf.placeholder(TFloat32.class);
      tf.nn.conv2d(
          tf.math.neg(image), tf.constant(new float[1][1][1][1]), List.of(1L, 1L, 1L, 1L), "SAME");
      tf.math.neg(other);
      for (Shape empty : List.of(Shape.of(0, 8, 8, 1), Shape.of(2, 0, 0, 1))) {
        assertThatThrownBy(() -> new Feeds().floats(image, empty).close())
            .isInstanceOf(UserError.class)
            .hasMessageContaining("an empty batch or image cannot go through Conv2D 'Conv2d'");
        new Feeds().floats(other, empty).close();
      }
      new Feeds().floats(image, Shape.of(1, 1, 1, 1), 1f).close();
    }
  }

  @Test
  void aDerivativeOfAnotherGraphOrShapeIsRefused() {
    try (TestGraph g = new TestGraph();
        TestGraph other = new TestGraph()) {
      Parameter w = g.parameter("w", 4);
      var y = g.tf.math.square(w.value());
      int before = g.operations();
      assertThatThrownBy(
              () ->
                  Gradients.product(
                      List.of(y), List.of(other.tf.constant(new float[4])), List.of(w.value())))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("belongs to another graph");
      assertThatThrownBy(
              () ->
                  Gradients.product(
                      List.of(y), List.of(g.tf.constant(new float[3])), List.of(w.value())))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("wrong shape");
      assertThatThrownBy(() -> Gradients.product(List.of(y), List.of(), List.of(w.value())))
          .isInstanceOf(UserError.class);
      // the graph is as it was, but for the constant that was refused
      assertThat(g.operations()).isEqualTo(before + 1);
    }
  }
}

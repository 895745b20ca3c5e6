// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.graph.Gradients;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Expected numbers worked out by hand. */
class CustomGradientsTest {
  /** {@code y = 3 x}, with a derivative of 7 so that one sees whose it is, and none by w. */
  private record Sevenfold(Operand<TFloat32> x, Operand<TFloat32> w) implements CustomGradient {
    @Override
    public List<Operand<TFloat32>> inputs() {
      return List.of(x, w);
    }

    @Override
    public List<Operand<TFloat32>> forward(Ops tf) {
      return List.of(tf.math.mul(x, tf.constant(3f)));
    }

    @Override
    public List<@Nullable Operand<TFloat32>> backward(
        Ops tf, List<Operand<TFloat32>> results, Operand<TFloat32> byValue) {
      return Arrays.asList(tf.math.mul(byValue, tf.constant(7f)), null);
    }

    @Override
    public boolean worthKeeping() {
      return true;
    }
  }

  private static Operand<TFloat32> attach(TestGraph g, Operand<TFloat32> x, Operand<TFloat32> w) {
    CustomGradient piece = new Sevenfold(x, w);
    return CustomGradients.attach(g.tf, piece, piece.forward(g.tf));
  }

  /**
   * {@code z = 2 x; y = piece(z); loss = sum(y y + 5 y + z)} at x = (1, -2): y = (6, -12), dy =
   * (17, -19), dz = 7 dy + 1 = (120, -132), dx = 2 dz.
   */
  @Test
  void addUpWhatArrivesFromSeveralSidesBeforeTheyAreAsked() {
    try (TestGraph g = new TestGraph()) {
      Operand<TFloat32> x = g.tf.constant(new float[][] {{1, -2}});
      Operand<TFloat32> z = g.tf.math.mul(x, g.tf.constant(2f));
      Operand<TFloat32> y = attach(g, z, g.tf.constant(1f));
      Operand<TFloat32> loss =
          g.sum(
              g.tf.math.addN(List.of(g.tf.math.mul(y, y), g.tf.math.mul(y, g.tf.constant(5f)), z)));
      Operand<TFloat32> gradient = Gradients.byTensors(loss, List.of(x)).get(0);
      assertThat(g.fetch(y)).containsExactly(6, -12);
      assertThat(g.fetch(gradient)).containsExactly(240, -264);
    }
  }

  /** The values are read from elsewhere: y = (100, 200), so that dx = 7 * 2 y. */
  @Test
  void takeValuesThatWereComputedElsewhere() {
    try (TestGraph g = new TestGraph()) {
      Operand<TFloat32> x = g.tf.constant(new float[][] {{1, -2}});
      Operand<TFloat32> kept = g.tf.constant(new float[][] {{100, 200}});
      Operand<TFloat32> y =
          CustomGradients.attach(g.tf, new Sevenfold(x, g.tf.constant(1f)), List.of(kept));
      Operand<TFloat32> loss = g.sum(g.tf.math.mul(y, y));
      List<Operand<TFloat32>> gradients = Gradients.byTensors(loss, List.of(x));
      assertThat(g.fetch(gradients.get(0))).containsExactly(1400, 2800);
    }
  }

  @Test
  void standForNoneByZeros() {
    try (TestGraph g = new TestGraph()) {
      Operand<TFloat32> w = g.tf.constant(new float[] {1, 2, 3});
      Operand<TFloat32> y = attach(g, g.tf.constant(new float[][] {{1, -2}}), w);
      assertThat(g.fetch(Gradients.byTensors(g.sum(y), List.of(w)).get(0)))
          .containsExactly(0, 0, 0);
    }
  }

  @Test
  void failAsAnErrorAndNotInNativeCode() {
    try (TestGraph g = new TestGraph()) {
      Operand<TFloat32> x = g.tf.constant(new float[][] {{1, -2}});
      CustomGradient broken =
          new CustomGradient() {
            @Override
            public List<Operand<TFloat32>> inputs() {
              return List.of(x);
            }

            @Override
            public List<Operand<TFloat32>> forward(Ops tf) {
              return List.of(tf.identity(x));
            }

            @Override
            public List<@Nullable Operand<TFloat32>> backward(
                Ops tf, List<Operand<TFloat32>> results, Operand<TFloat32> byValue) {
              throw new IllegalStateException("no idea");
            }

            @Override
            public boolean worthKeeping() {
              return false;
            }
          };
      Operand<TFloat32> y = CustomGradients.attach(g.tf, broken, broken.forward(g.tf));
      assertThatThrownBy(() -> Gradients.byTensors(g.sum(y), List.of(x)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("no idea");
    }
  }
}

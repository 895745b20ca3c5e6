// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.graph.Gradients;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

class GradientRegistryTest {
  /** Ops of one input that TensorFlow cannot differentiate. */
  private static final List<String> OPS =
      List.of(
          "BesselI0",
          "BesselI1",
          "BesselI0e",
          "BesselI1e",
          "BesselJ0",
          "BesselJ1",
          "BesselK0",
          "BesselK1",
          "BesselY0",
          "BesselY1",
          "Dawsn",
          "Expint",
          "FresnelCos",
          "Spence");

  @Test
  void keepsTheGradientThatIsThere() {
    assertThat(GradientRegistry.hasGradient("MatMul")).isTrue();
    assertThat(GradientRegistry.hasGradient("ResourceGather")).isTrue();
    assertThat(GradientRegistry.hasGradient("TensorListStack")).isFalse();
    assertThat(GradientRegistry.register("MatMul", (tf, op, dy) -> List.of())).isFalse();
    assertThat(GradientRegistry.register("ResourceGather", (tf, op, dy) -> List.of())).isFalse();
  }

  /** The eleventh would crash the JVM if each had a native callback of its own. */
  @Test
  void moreThanTenWorkInOneProcess() {
    assertThat(OPS).hasSizeGreaterThan(10);
    int factor = 2;
    for (String type : OPS) {
      float scale = factor++;
      assertThat(
              GradientRegistry.register(
                  type,
                  (tf, op, dy) ->
                      List.of(tf.math.mul(dy.get(0).expect(TFloat32.class), tf.constant(scale)))))
          .as(type)
          .isTrue();
    }
    try (TestGraph g = new TestGraph()) {
      Operand<TFloat32> x = g.tf.constant(0.5f);
      float expected = 2;
      for (String type : OPS) {
        Operand<TFloat32> y = g.op(type, type, x).output(0);
        assertThat(g.fetch(Gradients.byTensors(y, List.of(x))).get(0))
            .as(type)
            .containsExactly(expected++);
      }
    }
  }

  /** An exception must not unwind native frames: the graph stays usable, the next one works. */
  @Test
  void aGradientThatFailsIsReportedWithItsOp() {
    GradientRegistry.register(
        "Betainc",
        (tf, op, dy) -> {
          throw new IllegalStateException("not today");
        });
    GradientRegistry.register("Zeta", (tf, op, dy) -> List.of(dy.get(0)));
    try (TestGraph g = new TestGraph()) {
      Operand<TFloat32> x = g.tf.constant(0.5f);
      Operand<TFloat32> bad = g.tf.withName("bad").math.betainc(x, x, x);
      assertThatThrownBy(() -> Gradients.byTensors(bad, List.of(x)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("the registered gradient of 'bad' (Betainc) failed")
          .hasMessageContaining("not today")
          .hasRootCauseMessage("not today");
      Operand<TFloat32> zeta = g.tf.math.zeta(x, x);
      assertThatThrownBy(() -> Gradients.byTensors(zeta, List.of(x)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("one operand for each of 2 inputs");
      assertThat(g.fetch(Gradients.byTensors(g.tf.math.square(x), List.of(x))).get(0))
          .containsExactly(1f);
    }
  }

  /** An error that unwound native frames would end the process. */
  @Test
  void anErrorIsReportedAsAnExceptionIs() {
    assertThat(GradientRegistry.register("FresnelSin", (tf, op, dy) -> endless(op.name())))
        .isTrue();
    assertThat(
            GradientRegistry.register(
                "Digamma",
                (tf, op, dy) -> {
                  throw new AssertionError("an assertion of the formula");
                }))
        .isTrue();
    try (TestGraph g = new TestGraph()) {
      Operand<TFloat32> x = g.tf.constant(0.5f);
      Operand<TFloat32> deep = g.op("FresnelSin", "deep", x).output(0);
      assertThatThrownBy(() -> Gradients.byTensors(deep, List.of(x)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("the registered gradient of 'deep' (FresnelSin) failed")
          .hasRootCauseInstanceOf(StackOverflowError.class);
      Operand<TFloat32> wrong = g.op("Digamma", "wrong", x).output(0);
      assertThatThrownBy(() -> Gradients.byTensors(wrong, List.of(x)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("'wrong' (Digamma)")
          .hasMessageContaining("an assertion of the formula");
      assertThat(g.fetch(Gradients.byTensors(g.tf.math.square(x), List.of(x))).get(0))
          .containsExactly(1f);
    }
  }

  @SuppressWarnings("InfiniteRecursion")
  private static List<Operand<?>> endless(String name) {
    return endless(name);
  }

  /** Native code would take the pointer of the one and add the other to a sum of float32. */
  @Test
  void operandsOfAnotherGraphOrTypeAreRefused() {
    try (TestGraph other = new TestGraph();
        TestGraph g = new TestGraph()) {
      Operand<TFloat32> foreign = other.tf.constant(1f);
      assertThat(GradientRegistry.register("Igamma", (tf, op, dy) -> List.of(dy.get(0), foreign)))
          .isTrue();
      assertThat(
              GradientRegistry.register(
                  "Igammac",
                  (tf, op, dy) ->
                      List.of(
                          tf.dtypes.cast(dy.get(0).expect(TFloat32.class), TFloat64.class),
                          dy.get(0))))
          .isTrue();
      Operand<TFloat32> x = g.tf.constant(0.5f);
      Operand<TFloat32> abroad = g.op("Igamma", "abroad", x, x).output(0);
      assertThatThrownBy(() -> Gradients.byTensors(abroad, List.of(x)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("'abroad' (Igamma)")
          .hasMessageContaining("input 1 is not in the graph of the op");
      Operand<TFloat32> wide = g.op("Igammac", "wide", x, x).output(0);
      assertThatThrownBy(() -> Gradients.byTensors(wide, List.of(x)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("'wide' (Igammac)")
          .hasMessageContaining("input 0 is of type DT_DOUBLE, the input is of type DT_FLOAT");
    }
  }

  /** The loss uses the second output only, whose gradient TensorFlow itself takes as zero. */
  @Test
  void anOutputThatNothingUsesHasZeroGradient() {
    try (TestGraph g = new TestGraph()) {
      Operand<TFloat32> x = g.tf.constant(new float[][] {{1, 2}});
      Operand<TFloat32> loss =
          g.sum(
              g.tf
                  .nn
                  .sparseSoftmaxCrossEntropyWithLogits(x, g.tf.constant(new int[] {0}))
                  .backprop());
      assertThat(g.fetch(Gradients.byTensors(loss, List.of(x))).get(0))
          .containsExactly(new float[2], within(0f));
    }
  }
}

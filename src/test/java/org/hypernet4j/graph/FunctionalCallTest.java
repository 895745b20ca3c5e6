// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.TestGraph;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class FunctionalCallTest {
  private static final float[] A = {0.4f, -0.7f, 1.1f, 0.2f, 0.9f, -0.3f};
  private static final float[] B = {0.5f, -0.2f};
  private static final float[] MOVE_A = {0.1f, 0.05f, -0.2f, 0.3f, -0.1f, 0.02f};
  private static final float[] MOVE_B = {-0.4f, 0.25f};
  private static final double[] X = {0.3, -1.2, 0.8};

  /** {@code sum tanh(x A + b)^2}, with x [1, 3], A [3, 2], b [2]. */
  private static Operand<TFloat32> loss(TestGraph g, Parameter a, Parameter b) {
    Operand<TFloat32> x = g.tf.constant(new float[][] {{(float) X[0], (float) X[1], (float) X[2]}});
    return g.sum(
        g.tf.math.square(
            g.tf.math.tanh(g.tf.math.add(g.tf.linalg.matMul(x, a.value()), b.value()))));
  }

  /** The same in double. */
  private static double loss(double[] a, double[] b) {
    double sum = 0;
    for (int k = 0; k < 2; k++) {
      double product = b[k];
      for (int i = 0; i < 3; i++) {
        product += (float) X[i] * a[2 * i + k];
      }
      sum += Math.tanh(product) * Math.tanh(product);
    }
    return sum;
  }

  private static double[] sum(float[] x, float[] y) {
    double[] result = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      result[i] = (double) x[i] + y[i];
    }
    return result;
  }

  private static double difference(double[] a, double[] b, double[] moved, int i) {
    double h = 1e-5;
    double at = moved[i];
    moved[i] = at + h;
    double up = loss(a, b);
    moved[i] = at - h;
    double down = loss(a, b);
    moved[i] = at;
    return (up - down) / (2 * h);
  }

  /** The gradient at a + move, b + move against central differences in double, by both ways. */
  @Test
  void aGradientAtOtherValuesIsThatOfFiniteDifferences() {
    try (TestGraph g = new TestGraph()) {
      Parameter a = g.parameter("a", 3, 2);
      Parameter b = g.parameter("b", 2);
      Operand<TFloat32> ahead =
          g.tf.math.add(a.value(), g.tf.reshape(g.tf.constant(MOVE_A), g.tf.constant(a.shape())));
      Operand<TFloat32> bAhead = g.tf.math.add(b.value(), g.tf.constant(MOVE_B));
      Operand<TFloat32> moved =
          g.store.withValues(Map.of(a, ahead, b, bAhead), () -> loss(g, a, b));
      Operand<TFloat32> here = loss(g, a, b);
      List<Operand<TFloat32>> byTensors = Gradients.byTensors(moved, List.of(ahead, bAhead));
      Map<Parameter, Operand<TFloat32>> byParameters = Gradients.of(moved, List.of(a, b));
      g.store.initialize(g.session);
      ParameterValues.assign(g.session, g.store, Map.of("a", A, "b", B));
      double[] atA = sum(A, MOVE_A);
      double[] atB = sum(B, MOVE_B);
      assertThat((double) g.fetch(moved)[0]).isCloseTo(loss(atA, atB), within(1e-6));
      assertThat((double) g.fetch(here)[0])
          .isCloseTo(loss(sum(A, new float[6]), sum(B, new float[2])), within(1e-6));
      float[] gradientA = g.fetch(byTensors.get(0));
      for (int i = 0; i < A.length; i++) {
        assertThat((double) gradientA[i]).isCloseTo(difference(atA, atB, atA, i), within(2e-6));
      }
      float[] gradientB = g.fetch(byTensors.get(1));
      for (int i = 0; i < B.length; i++) {
        assertThat((double) gradientB[i]).isCloseTo(difference(atA, atB, atB, i), within(2e-6));
      }
      assertThat(g.fetch(Objects.requireNonNull(byParameters.get(a)))).containsExactly(gradientA);
      assertThat(g.fetch(Objects.requireNonNull(byParameters.get(b)))).containsExactly(gradientB);
    }
  }

  @Test
  void theInnerCallHidesTheOuterAndBothEnd() {
    try (TestGraph g = new TestGraph()) {
      Parameter a = g.parameter("a", 2);
      Operand<TFloat32> variable = a.value();
      Operand<TFloat32> one = g.tf.constant(new float[] {1, 1});
      Operand<TFloat32> two = g.tf.constant(new float[] {2, 2});
      assertThat(g.store.inFunctionalCall()).isFalse();
      g.store.withValues(
          Map.of(a, one),
          () -> {
            assertThat(g.store.inFunctionalCall()).isTrue();
            g.store.withValues(
                Map.of(a, two),
                () -> {
                  assertThat(a.value()).isSameAs(two);
                  return a;
                });
            // the outer one is not read: the inner one counts for it
            return a;
          });
      g.store.withValues(
          Map.of(a, one),
          () -> {
            g.store.withValues(Map.of(a, two), a::value);
            assertThat(a.value()).isSameAs(one);
            return a;
          });
      assertThat(a.value()).isSameAs(variable);
      assertThat(g.store.inFunctionalCall()).isFalse();
      assertThat(g.store.withValues(Map.of(), () -> 7)).isEqualTo(7);
    }
  }

  @Test
  void anExceptionRestoresTheParameters() {
    try (TestGraph g = new TestGraph()) {
      Parameter a = g.parameter("a", 2);
      Operand<TFloat32> variable = a.value();
      Operand<TFloat32> one = g.tf.constant(new float[] {1, 1});
      assertThatThrownBy(
              () ->
                  g.store.withValues(
                      Map.of(a, one),
                      () -> {
                        throw new IllegalStateException("stop");
                      }))
          .hasMessage("stop");
      assertThat(a.value()).isSameAs(variable);
      assertThat(g.store.inFunctionalCall()).isFalse();
    }
  }

  /** The session's values are read and assigned as ever while a call is built. */
  @Test
  void valuesOfTheSessionAreThoseOfTheVariable() {
    try (TestGraph g = new TestGraph()) {
      Parameter a = g.parameter("a", 2);
      g.store.initialize(g.session);
      Operand<TFloat32> one = g.tf.constant(new float[] {1, 1});
      g.store.withValues(
          Map.of(a, one),
          () -> {
            ParameterValues.assign(g.session, g.store, Map.of("a", new float[] {5, 6}));
            assertThat(ParameterValues.read(g.session, a)).containsExactly(5, 6);
            return a.value();
          });
    }
  }

  /** A layer that has kept the value would silently compute with the variable. */
  @Test
  void aValueThatNothingReadsIsAnError() {
    try (TestGraph g = new TestGraph()) {
      Parameter a = g.parameter("a", 2);
      Parameter b = g.parameter("b", 2);
      Operand<TFloat32> kept = b.value();
      Operand<TFloat32> one = g.tf.constant(new float[] {1, 1});
      assertThatThrownBy(
              () ->
                  g.store.withValues(Map.of(a, one, b, one), () -> g.tf.math.add(a.value(), kept)))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "functional call: nothing that it builds reads b; expected reads through"
                  + " Parameter.value() while the call is built, received none. Give the layer the"
                  + " Parameter: one that keeps the value from its constructor would compute with"
                  + " the variable; or leave the parameter out of the call.");
      assertThat(b.value()).isSameAs(kept);
    }
  }

  @Test
  void whatDoesNotFitIsAnErrorAndChangesNothing() {
    try (TestGraph g = new TestGraph();
        TestGraph other = new TestGraph()) {
      Parameter a = g.parameter("a", 2);
      Parameter b = g.parameter("b", 2);
      Parameter slot =
          g.store.root().fixedParameter("m", Shape.of(2), Initializers.zeros(), Role.SLOT);
      Operand<TFloat32> variable = a.value();
      Operand<TFloat32> fits = g.tf.constant(new float[] {1, 1});
      Ops elsewhere = other.tf;
      List<Map<Parameter, Operand<TFloat32>>> wrong =
          List.of(
              Map.of(a, fits, b, g.tf.constant(new float[3])),
              Map.of(a, fits, b, elsewhere.constant(new float[2])),
              Map.of(a, fits, slot, fits),
              Map.of(a, fits, other.parameter("a", 2), fits));
      List<String> messages =
          List.of(
              "b: the value for a functional call has the wrong shape; expected [2], received [3].",
              "b: the value for a functional call belongs to another graph",
              "not a parameter of the model; expected parameters of this store, without state of"
                  + " the training, received m",
              "not a parameter of the model; expected parameters of this store, without state of"
                  + " the training, received a");
      for (int i = 0; i < wrong.size(); i++) {
        Map<Parameter, Operand<TFloat32>> values = wrong.get(i);
        assertThatThrownBy(() -> g.store.withValues(values, () -> a.value()))
            .isInstanceOf(UserError.class)
            .hasMessageContaining(messages.get(i));
        assertThat(a.value()).isSameAs(variable);
      }
    }
  }
}

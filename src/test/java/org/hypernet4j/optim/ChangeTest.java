// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The change that an optimizer announces, beside the one that it makes. */
class ChangeTest {
  private static final GradientClip NONE = GradientClip.none();

  private enum Kind {
    DESCENT((store, rate) -> new GradientDescent(store, rate, NONE)),
    DESCENT_CLIPPED((store, rate) -> new GradientDescent(store, rate, GradientClip.value(0.5f))),
    HEAVY_BALL((store, rate) -> new Momentum(store, rate, NONE, 0.9f, false)),
    NESTEROV((store, rate) -> new Momentum(store, rate, GradientClip.globalNorm(1f), 0.8f, true)),
    RMS_PROP((store, rate) -> new RmsProp(store, rate, NONE)),
    RMS_PROP_MOMENTUM((store, rate) -> new RmsProp(store, rate, NONE, 0.95f, 0.5f, 0.01f)),
    ADAM((store, rate) -> new Adam(store, rate, NONE)),
    ADAM_CLIPPED(
        (store, rate) -> new Adam(store, rate, GradientClip.globalNorm(0.7f), 0.8f, 0.99f, 0.01f));

    @SuppressWarnings("ImmutableEnumChecker") // lambdas without state
    final BiFunction<ParameterStore, Operand<TFloat32>, ParameterOptimizer> create;

    Kind(BiFunction<ParameterStore, Operand<TFloat32>, ParameterOptimizer> create) {
      this.create = create;
    }
  }

  private static float[] x(int t) {
    return new float[] {(float) Math.sin(t), t % 3 == 0 ? 0 : 1f / t, -0.3f * t};
  }

  private static float[] y(int t) {
    return new float[] {(float) Math.cos(t), 0.1f * t, 2, -1};
  }

  /**
   * The parameter after the update is the one before plus the change, but for the last bit of the
   * parameter and the last two of the change, whose operations the update does in another order.
   */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void isWhatTheUpdateAdds(Kind kind) {
    try (LinearModel model = new LinearModel(kind.create, true)) {
      assertThat(model.changes.keySet()).containsExactly(model.a, model.b);
      for (int t = 1; t <= 8; t++) {
        float rate = 0.05f / t;
        float[] a = model.value("net/a");
        float[] b = model.value("net/b");
        List<float[]> changes = model.stepWithChanges(x(t), y(t), rate);
        assertSum(model.value("net/a"), a, changes.get(0), t);
        assertSum(model.value("net/b"), b, changes.get(1), t);
      }
    }
  }

  private static void assertSum(float[] after, float[] before, float[] change, int step) {
    for (int i = 0; i < after.length; i++) {
      double slack =
          Math.ulp(Math.max(Math.abs(before[i]), Math.abs(after[i]))) + 4 * Math.ulp(change[i]);
      assertThat((double) after[i])
          .as("entry %d in step %d", i, step)
          .isCloseTo((double) before[i] + change[i], within(slack));
    }
  }

  /** Adam by its formula in double, with the powers counted; the parameter itself has no part. */
  @Test
  void isThatOfAdamInDouble() {
    double beta1 = 0.9f;
    double beta2 = 0.999f;
    double[] m = new double[3];
    double[] v = new double[3];
    try (LinearModel model = new LinearModel(Kind.ADAM.create, true)) {
      for (int t = 1; t <= 8; t++) {
        float rate = 0.05f / t;
        float[] change = model.stepWithChanges(x(t), y(t), rate).get(0);
        for (int i = 0; i < 3; i++) {
          double g = x(t)[i];
          m[i] = beta1 * m[i] + (1 - beta1) * g;
          v[i] = beta2 * v[i] + (1 - beta2) * g * g;
          double corrected = rate * Math.sqrt(1 - Math.pow(beta2, t)) / (1 - Math.pow(beta1, t));
          double expected = -corrected * m[i] / (Math.sqrt(v[i]) + 1e-8f);
          assertThat((double) change[i])
              .as("entry %d in step %d", i, t)
              .isCloseTo(expected, within(3e-5 * Math.abs(expected) + 1e-12));
        }
      }
    }
  }

  /** Asking changes nothing: the run goes on as one that never asked, to the last bit. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void leavesNoTrace(Kind kind) {
    try (LinearModel asked = new LinearModel(kind.create, true);
        LinearModel plain = new LinearModel(kind.create)) {
      for (int t = 1; t <= 5; t++) {
        asked.changes(x(t + 7), y(t + 5), 0.3f);
        asked.changes(x(t), y(t), 0.1f);
        asked.stepWithChanges(x(t), y(t), 0.1f);
        plain.step(x(t), y(t), 0.1f);
      }
      assertThat(asked.state()).usingRecursiveComparison().isEqualTo(plain.state());
    }
  }

  /** As the update: squares that overflow make everything NaN, rather than stop the optimizer. */
  @Test
  void isNotANumberWhereSquaresOverflow() {
    try (LinearModel model = new LinearModel(Kind.ADAM.create, true)) {
      float[] huge = {1e25f, 1, 1};
      assertThat(model.changes(huge, y(1), 0.1f).get(0)).containsOnly(Float.NaN);
    }
  }

  /** No gradient flows through it: d/da of a * change is the change itself. */
  @Test
  void isAConstantForGradients() {
    try (LinearModel model = new LinearModel(Kind.DESCENT.create, true)) {
      Ops tf = model.store.root().tf();
      Operand<TFloat32> change = model.changes.get(model.a);
      Operand<TFloat32> product =
          tf.reduceSum(tf.math.mul(model.a.value(), change), tf.constant(new int[] {0}));
      assertThat(Gradients.of(product, List.of(model.a)).get(model.a)).isNotNull();
      assertThatThrownBy(
              () ->
                  Gradients.byTensors(
                      tf.reduceSum(change, tf.constant(new int[] {0})), List.of(model.x)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("no gradient reaches");
    }
  }

  @Test
  void isAskedForBeforeTheUpdate() {
    try (LinearModel model = new LinearModel(Kind.DESCENT.create)) {
      GradientDescent late = new GradientDescent(model.store, model.rate, NONE);
      Map<Parameter, Operand<TFloat32>> gradients = Map.of(model.a, model.x);
      late.apply(gradients);
      assertThatThrownBy(() -> late.change(gradients))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "optimizer gradient_descent: the change is asked for after the update, which may"
                  + " come first in a step then; expected change before apply and minimize,"
                  + " received change after one of them.");
      assertThatThrownBy(() -> late.change(Map.of(model.still, model.x)))
          .hasMessageContaining("not a trainable parameter of the store; received net/still");
      assertThatThrownBy(() -> late.change(Map.of(model.a, model.y)))
          .hasMessageContaining("net/a: the gradient has the wrong shape");
      assertThatThrownBy(() -> late.change(Map.of())).hasMessageContaining("nothing to train");
    }
  }

  @Test
  void anOptimizerDoesNotWorkInAFunctionalCall() {
    try (LinearModel model = new LinearModel(Kind.DESCENT.create)) {
      GradientDescent other = new GradientDescent(model.store, model.rate, NONE);
      assertThatThrownBy(
              () ->
                  model.store.withValues(
                      Map.of(model.a, model.x), () -> other.apply(Map.of(model.a, model.x))))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("it is used within a functional call")
          .hasMessageContaining("Use it before or after ParameterStore.withValues.");
    }
  }

  /** An optimizer of one's own need not be able to tell. */
  @Test
  void anOptimizerWithoutItSaysSo() {
    try (LinearModel model = new LinearModel(Kind.DESCENT.create)) {
      ParameterOptimizer own =
          new ParameterOptimizer("own", model.store, model.rate, NONE) {
            @Override
            protected Op update(Ops tf, Parameter parameter, Operand<TFloat32> gradient) {
              return tf.assignSubVariableOp(parameter.handle(), gradient);
            }
          };
      assertThatThrownBy(() -> own.change(Map.of(model.a, model.x)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("optimizer own: it cannot tell a change before it makes it");
    }
  }
}

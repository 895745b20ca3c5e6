// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.BiFunction;
import org.hypernet4j.graph.ParameterStore;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Each optimizer against its formula in float64, entry by entry, over 30 steps with other gradients
 * and another learning rate at each. The formulas are those of TensorFlow 2.18's documentation of
 * the ResourceApply ops; where PyTorch has the same convention the test says so.
 */
class OptimizerFormulasTest {
  private static final int STEPS = 30;

  /** One entry of a parameter with its state: the formula, in double. */
  private interface Rule {
    double next(double w, double g, double rate, double[] state, int t);
  }

  private static void compare(
      BiFunction<ParameterStore, Operand<TFloat32>, ParameterOptimizer> optimizer,
      double[] initialState,
      Rule rule) {
    double[] a = doubles(LinearModel.A);
    double[] b = doubles(LinearModel.B);
    double[][] stateA = new double[a.length][];
    double[][] stateB = new double[b.length][];
    Arrays.setAll(stateA, i -> initialState.clone());
    Arrays.setAll(stateB, i -> initialState.clone());
    try (LinearModel model = new LinearModel(optimizer)) {
      for (int t = 1; t <= STEPS; t++) {
        float[] dx = gradient(t, a.length, 1);
        float[] dy = gradient(t, b.length, 0.01);
        float rate = (float) (0.05 / Math.sqrt(t) * (t % 5 == 0 ? 3 : 1));
        model.step(dx, dy, rate);
        for (int i = 0; i < a.length; i++) {
          a[i] = rule.next(a[i], dx[i], rate, stateA[i], t);
        }
        for (int i = 0; i < b.length; i++) {
          b[i] = rule.next(b[i], dy[i], rate, stateB[i], t);
        }
        assertClose(model.value("net/a"), a, t);
        assertClose(model.value("net/b"), b, t);
      }
      assertThat(model.value("net/still")).containsExactly(1, 1);
    }
  }

  /** Signs, sizes and zeros that change from step to step. */
  private static float[] gradient(int t, int length, double scale) {
    float[] g = new float[length];
    for (int i = 0; i < length; i++) {
      g[i] = (t + i) % 7 == 0 ? 0 : (float) (scale * Math.sin(1.7 * t + 0.9 * i) * (1 + t % 3));
    }
    return g;
  }

  private static double[] doubles(float[] values) {
    double[] result = new double[values.length];
    Arrays.setAll(result, i -> values[i]);
    return result;
  }

  private static void assertClose(float[] actual, double[] expected, int step) {
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i])
          .as("entry %d after step %d", i, step)
          .isCloseTo(expected[i], within(3e-6 * Math.max(1, Math.abs(expected[i]))));
    }
  }

  @Test
  void gradientDescent() {
    compare(
        (store, rate) -> new GradientDescent(store, rate, GradientClip.none()),
        new double[0],
        (w, g, rate, s, t) -> w - rate * g);
  }

  /** PyTorch's SGD with momentum and no dampening is the same. */
  @Test
  void heavyBallMomentum() {
    compare(
        (store, rate) -> new Momentum(store, rate, GradientClip.none(), 0.9f, false),
        new double[1],
        (w, g, rate, s, t) -> {
          s[0] = 0.9f * s[0] + g;
          return w - rate * s[0];
        });
  }

  /** PyTorch's SGD with {@code nesterov=True} is the same. */
  @Test
  void nesterovMomentum() {
    compare(
        (store, rate) -> new Momentum(store, rate, GradientClip.none(), 0.9f, true),
        new double[1],
        (w, g, rate, s, t) -> {
          s[0] = 0.9f * s[0] + g;
          return w - rate * (g + 0.9f * s[0]);
        });
  }

  /** A large epsilon, so that its place matters. */
  @Test
  void rmsPropHasEpsilonInsideTheRootAndStartsAtZero() {
    compare(
        (store, rate) -> new RmsProp(store, rate, GradientClip.none(), 0.95f, 0.5f, 0.01f),
        new double[2],
        (w, g, rate, s, t) -> {
          s[0] = 0.95f * s[0] + (1 - (double) 0.95f) * g * g;
          s[1] = 0.5 * s[1] + rate * g / Math.sqrt(s[0] + 0.01f);
          return w - s[1];
        });
  }

  @Test
  void rmsPropWithItsUsualSettings() {
    compare(
        (store, rate) -> new RmsProp(store, rate, GradientClip.none()),
        new double[1],
        (w, g, rate, s, t) -> {
          s[0] = 0.9f * s[0] + (1 - (double) 0.9f) * g * g;
          return w - rate * g / Math.sqrt(s[0] + 1e-7f);
        });
  }

  /** The power t is counted here, not multiplied up: bias correction must follow the step. */
  @Test
  void adamHasEpsilonHat() {
    compare(
        (store, rate) -> new Adam(store, rate, GradientClip.none(), 0.8f, 0.99f, 0.01f),
        new double[2],
        (w, g, rate, s, t) -> adam(w, g, rate, s, t, 0.8f, 0.99f, 0.01f));
  }

  @Test
  void adamWithItsUsualSettings() {
    compare(
        (store, rate) -> new Adam(store, rate, GradientClip.none()),
        new double[2],
        (w, g, rate, s, t) -> adam(w, g, rate, s, t, 0.9f, 0.999f, 1e-8f));
  }

  private static double adam(
      double w, double g, double rate, double[] s, int t, double beta1, double beta2, double eps) {
    s[0] = beta1 * s[0] + (1 - beta1) * g;
    s[1] = beta2 * s[1] + (1 - beta2) * g * g;
    double corrected = rate * Math.sqrt(1 - Math.pow(beta2, t)) / (1 - Math.pow(beta1, t));
    return w - corrected * s[0] / (Math.sqrt(s[1]) + eps);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.ParameterValues;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clipping as plain gradient descent with rate 1 shows it: {@code before - after} is the step. */
class GradientClipTest {
  private static final float NAN = Float.NaN;
  private static final float INF = Float.POSITIVE_INFINITY;

  private record Steps(List<Float> a, List<Float> b, float norm) {}

  private static Steps clip(GradientClip clip, float[] x, float[] y) {
    try (LinearModel model = new LinearModel((s, r) -> new GradientDescent(s, r, clip))) {
      ParameterValues.assign(
          model.session, model.store, Map.of("net/a", new float[3], "net/b", new float[4]));
      float norm = model.step(x, y, 1f)[1];
      return new Steps(negated(model.value("net/a")), negated(model.value("net/b")), norm);
    }
  }

  private static List<Float> negated(float[] values) {
    List<Float> result = new ArrayList<>();
    for (float value : values) {
      result.add(0 - value);
    }
    return result;
  }

  private static float[] floats(List<Float> values) {
    float[] result = new float[values.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = values.get(i);
    }
    return result;
  }

  /** 9 + 16 + 144 + 7056 = 7225: the norm is exactly 85. */
  @Test
  void globalNormScalesAllByOneFactor() {
    float[] x = {3, -4, 0};
    float[] y = {12, 0, -84, 0};
    Steps steps = clip(GradientClip.globalNorm(17), x, y);
    assertThat(steps.norm()).isEqualTo(85f);
    // 17 / 85 = 0.2
    assertThat(floats(steps.a())).containsExactly(new float[] {0.6f, -0.8f, 0}, within(1e-6f));
    assertThat(floats(steps.b())).containsExactly(new float[] {2.4f, 0, -16.8f, 0}, within(1e-5f));
  }

  @ParameterizedTest
  @ValueSource(floats = {85f, 85.5f, 1e30f})
  void globalNormLeavesSmallGradientsEqualToTheLastBit(float max) {
    float[] x = {3, -4, 0};
    float[] y = {12, 0, -84, 0};
    Steps steps = clip(GradientClip.globalNorm(max), x, y);
    assertThat(floats(steps.a())).containsExactly(x);
    assertThat(floats(steps.b())).containsExactly(y);
  }

  @Test
  void globalNormOfZeroGradientsIsNoDivisionByZero() {
    Steps steps = clip(GradientClip.globalNorm(1), new float[3], new float[4]);
    assertThat(steps.norm()).isZero();
    assertThat(steps.a()).containsOnly(0f);
    assertThat(steps.b()).containsOnly(0f);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void globalNormThatIsNotFiniteMakesEveryGradientNan(float bad) {
    Steps steps = clip(GradientClip.globalNorm(1), new float[] {1, bad, 2}, new float[4]);
    assertThat(Float.isFinite(steps.norm())).isFalse();
    assertThat(steps.a()).containsOnly(NAN);
    assertThat(steps.b()).containsOnly(NAN);
  }

  /** Four entries of 1e20: sqrt(4e40) = 2e20, so each becomes half of the limit of 1. */
  @Test
  void globalNormIsRightWhereSquaresAreTooLargeForFloat32() {
    float[] x = {1e20f, -1e20f, 0};
    float[] y = {-1e20f, 0, 1e20f, 0};
    Steps steps = clip(GradientClip.globalNorm(1), x, y);
    assertThat(steps.norm()).isCloseTo(2e20f, within(1e14f));
    assertThat(floats(steps.a())).containsExactly(new float[] {0.5f, -0.5f, 0}, within(1e-6f));
    assertThat(floats(steps.b())).containsExactly(new float[] {-0.5f, 0, 0.5f, 0}, within(1e-6f));
  }

  /** 3e-25 and 4e-25: the norm is 5e-25, the limit of 1e-25 a fifth of it. */
  @Test
  void globalNormIsRightWhereSquaresAreTooSmallForFloat32() {
    Steps steps =
        clip(GradientClip.globalNorm(1e-25f), new float[] {3e-25f, 0, -4e-25f}, new float[4]);
    assertThat(steps.norm()).isCloseTo(5e-25f, within(1e-31f));
    assertThat(floats(steps.a())).containsExactly(new float[] {6e-26f, 0, -8e-26f}, within(1e-31f));
  }

  /**
   * 1e20 squared is no float32: Adam's second moment would be infinite for good. Without a clip the
   * step says so by its norm; behind a clip the first step is the learning rate by the sign.
   */
  @Test
  void adamStopsAtSquaresThatFloat32DoesNotHoldUnlessTheyAreClipped() {
    float[] x = {1e20f, -1e20f, 0};
    for (GradientClip clip : List.of(GradientClip.none(), GradientClip.value(1e30f))) {
      try (LinearModel model = new LinearModel((s, r) -> new Adam(s, r, clip))) {
        assertThat(model.step(x, new float[4], 0.1f)[1]).isEqualTo(INF);
        assertThat(model.value("net/a")).contains(NAN);
      }
    }
    for (GradientClip clip : List.of(GradientClip.globalNorm(1), GradientClip.value(1))) {
      try (LinearModel model = new LinearModel((s, r) -> new Adam(s, r, clip))) {
        ParameterValues.assign(model.session, model.store, Map.of("net/a", new float[3]));
        assertThat(model.step(x, new float[4], 0.1f)[1]).isCloseTo(1.4142135e20f, within(1e14f));
        assertThat(model.value("net/a"))
            .containsExactly(new float[] {-0.1f, 0.1f, 0}, within(1e-5f));
      }
    }
  }

  @Test
  void valueLimitsEachEntryAndKeepsNan() {
    Steps steps =
        clip(
            GradientClip.value(0.5f),
            new float[] {0.25f, -7, NAN},
            new float[] {INF, -INF, 0.5f, -0.5f});
    assertThat(steps.a()).containsExactly(0.25f, -0.5f, NAN);
    assertThat(steps.b()).containsExactly(0.5f, -0.5f, 0.5f, -0.5f);
    assertThat(steps.norm()).isNaN();
  }

  @Test
  void noneChangesNothing() {
    Steps steps =
        clip(GradientClip.none(), new float[] {1e20f, -7, NAN}, new float[] {INF, 0, 1, 2});
    assertThat(steps.a()).containsExactly(1e20f, -7f, NAN);
    assertThat(steps.b()).containsExactly(INF, 0f, 1f, 2f);
  }

  @ParameterizedTest
  @ValueSource(floats = {0f, -1f, Float.NaN, Float.POSITIVE_INFINITY})
  void refusesLimitsThatAreNotPositive(float max) {
    assertThatThrownBy(() -> GradientClip.globalNorm(max))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("clipping by global norm: the limit cannot be used")
        .hasMessageContaining("received " + max);
    assertThatThrownBy(() -> GradientClip.value(max))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("clipping by value");
  }
}

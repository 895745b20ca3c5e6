// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.ParameterValues;
import org.junit.jupiter.api.Test;

/** Adam that restarts, beside Adams that are created where it does. */
class AdamRestartTest {
  private static final int EVERY = 3;
  private static final String COUNT = "optimizer/adam/steps_since_restart";

  private static LinearModel restarting(int every) {
    return new LinearModel(
        (store, rate) ->
            new Adam(store, rate, GradientClip.globalNorm(2f), 0.9f, 0.99f, 1e-8f, every),
        true);
  }

  private static LinearModel plain() {
    return restarting(0);
  }

  private static void step(LinearModel model, int t) {
    model.step(x(t), y(t), 0.1f / t);
  }

  private static float[] x(int t) {
    return new float[] {(float) Math.sin(t), 1f / t, -0.3f * t};
  }

  private static float[] y(int t) {
    return new float[] {(float) Math.cos(t), 0.1f * t, 2, -1};
  }

  private static Map<String, float[]> parameters(LinearModel model) {
    Map<String, float[]> values = new LinkedHashMap<>();
    values.put("net/a", model.value("net/a"));
    values.put("net/b", model.value("net/b"));
    return values;
  }

  private static Map<String, float[]> withoutCount(LinearModel model) {
    Map<String, float[]> state = model.state();
    state.remove(COUNT);
    return state;
  }

  /** After each step parameters, slots and powers have the bits of an Adam of its own a segment. */
  @Test
  void equalsANewAdamEveryTime() {
    LinearModel fresh = plain();
    try (LinearModel model = restarting(EVERY)) {
      for (int t = 1; t <= 3 * EVERY + 1; t++) {
        step(model, t);
        step(fresh, t);
        if (t % EVERY == 0) {
          Map<String, float[]> values = parameters(fresh);
          fresh.close();
          fresh = plain();
          ParameterValues.assign(fresh.session, fresh.store, values);
        }
        assertThat(withoutCount(model))
            .as("step %d", t)
            .usingRecursiveComparison()
            .isEqualTo(fresh.state());
        assertThat(model.value(COUNT)).containsExactly(t % EVERY);
      }
    } finally {
      fresh.close();
    }
  }

  @Test
  void neverDoesOtherwise() {
    try (LinearModel model = restarting(100);
        LinearModel never = plain()) {
      for (int t = 1; t <= 7; t++) {
        step(model, t);
        step(never, t);
      }
      assertThat(never.state()).doesNotContainKey(COUNT);
      assertThat(withoutCount(model)).usingRecursiveComparison().isEqualTo(never.state());
    }
  }

  @Test
  void atEveryStepIsAFirstStep() {
    try (LinearModel model = restarting(1);
        LinearModel first = plain()) {
      step(model, 1);
      step(model, 2);
      // the first change of an Adam that has never made a step
      assertThat(model.changes(x(3), y(3), 0.1f))
          .usingRecursiveComparison()
          .isEqualTo(first.changes(x(3), y(3), 0.1f));
    }
  }

  /** A checkpoint between restarts, and one at a restart. */
  @Test
  void goesOnFromACheckpoint() {
    for (int stop : new int[] {EVERY, EVERY + 1}) {
      try (LinearModel whole = restarting(EVERY);
          LinearModel stopped = restarting(EVERY);
          LinearModel resumed = restarting(EVERY)) {
        for (int t = 1; t <= 8; t++) {
          step(whole, t);
          if (t <= stop) {
            step(stopped, t);
          }
          if (t == stop) {
            ParameterValues.assign(resumed.session, resumed.store, stopped.state());
          }
          if (t > stop) {
            step(resumed, t);
          }
        }
        assertThat(resumed.state()).usingRecursiveComparison().isEqualTo(whole.state());
      }
    }
  }

  /** A moment that is no longer a number does not outlive the restart. */
  @Test
  void forgetsWhatIsNotANumber() {
    try (LinearModel model = restarting(2)) {
      step(model, 1);
      ParameterValues.assign(
          model.session,
          model.store,
          Map.of("optimizer/adam/net/a/m", new float[] {Float.NaN, 1, Float.POSITIVE_INFINITY}));
      step(model, 2);
      assertThat(model.value("optimizer/adam/net/a/m")).containsExactly(0, 0, 0);
    }
  }

  @Test
  void aNumberOfStepsOutOfRangeIsAnError() {
    for (int every : new int[] {-1, Adam.MOST_STEPS + 1}) {
      assertThatThrownBy(() -> restarting(every).close())
          .isInstanceOf(UserError.class)
          .hasMessage(
              "optimizer adam: restartEvery cannot be used; expected 0 for no restart, or 1 to"
                  + " 16777216 steps, received "
                  + every
                  + ".");
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.nn.MixtureDensity.Pen;
import org.hypernet4j.nn.MixtureDensity.Settings;
import org.hypernet4j.nn.MixtureDraw.Drawn;
import org.hypernet4j.nn.MixtureSampling.Law;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/** What cannot be drawn. */
class MixtureDrawErrorsTest {
  @Test
  void settingsOfEachRowAreNotRepeated() {
    Settings settings = Settings.of(2, Pen.NONE);
    MixtureDensity mixture = new MixtureDensity(settings);
    try (TestGraph test = new TestGraph()) {
      Ops tf = test.tf;
      Operand<TFloat32> raw = tf.zeros(tf.constant(new int[] {3, 12}), TFloat32.class);
      Operand<TFloat32> one = tf.constant(new float[] {1});
      Operand<TFloat32> three = tf.constant(new float[] {1, 1, 1});
      Operand<TFloat64> u = tf.zeros(tf.constant(new int[] {3, 4}), TFloat64.class);
      assertThatThrownBy(() -> mixture.draw(tf, raw, new MixtureSampling(one, three, u, Law.SIGMA)))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "mixture density: temperature has the wrong shape; expected [3], received [1].");
      assertThatThrownBy(() -> mixture.draw(tf, raw, new MixtureSampling(three, one, u, Law.SIGMA)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("bias has the wrong shape");
      Operand<TFloat64> few = tf.zeros(tf.constant(new int[] {3, 3}), TFloat64.class);
      assertThatThrownBy(
              () -> mixture.draw(tf, raw, new MixtureSampling(three, three, few, Law.SIGMA)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("uniforms has the wrong shape; expected [3, 4], received [3, 3]");
    }
  }

  @Test
  void plainJavaRefusesWhatMakesNoSense() {
    for (float tau : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new MixtureDraw(tau, 0, Law.VARIANCE))
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith("temperature: nothing can be drawn with it; expected a finite");
    }
    for (float bias : new float[] {-0.1f, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new MixtureDraw(1, bias, Law.VARIANCE))
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith("bias: nothing can be drawn with it; expected a finite number");
    }
    MixtureDraw draw = new MixtureDraw(1, 0, Law.VARIANCE);
    Settings settings = Settings.of(2, Pen.BERNOULLI);
    assertThatThrownBy(() -> draw.draw(settings, new float[12], 0, 0, 0, 0))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected 13 raw, 4 uniforms, received 12 raw, 4 uniforms");
    assertThatThrownBy(() -> draw.draw(settings, new float[13], 0, 0, 0))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("3 uniforms");
    float[] broken = DrawnRows.fixed(0);
    broken[5] = Float.NaN;
    assertThatThrownBy(() -> draw.draw(settings, broken, 0, 0, 0, 0))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("not finite");
    // the median of everything: sqrt(2 log 2) to the right of the mean of the first component
    Drawn drawn = draw.draw(settings, DrawnRows.fixed(-1), 0.5, 0.5, 0.5, 0);
    assertThat(drawn.component()).isZero();
    assertThat(drawn.pen()).isZero();
    assertThat(drawn.dx()).isCloseTo(1 + Math.exp(-0.7) * 1.177410022515, within(1e-7));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.nn.MixtureDensity.Loss;
import org.hypernet4j.nn.MixtureDensity.Pen;
import org.hypernet4j.nn.MixtureDensity.Settings;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Shapes and settings that do not fit a mixture density output. */
class MixtureDensityErrorsTest {
  @Test
  void rowsThatAreUnknownAreComparedWhenTheGraphRuns() {
    Settings settings = Settings.of(2, Pen.BERNOULLI);
    try (TestGraph test = new TestGraph()) {
      Ops tf = test.tf;
      Placeholder<TFloat32> raw =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 13)));
      Placeholder<TFloat32> x = tf.placeholder(TFloat32.class);
      Placeholder<TFloat32> pen = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1)));
      Loss loss = new MixtureDensity(settings).loss(tf, raw, x, pen);
      Operand<TFloat32> sum = test.sum(tf.math.add(loss.offset(), loss.pen()));
      Operand<TFloat32> gradient = Gradients.byTensors(sum, List.of(raw)).get(0);
      for (int rows : new int[] {0, 5}) {
        try (TFloat32 fedRaw = zeroTensor(Shape.of(rows, 13));
            TFloat32 fedX = zeroTensor(Shape.of(rows, 2));
            TFloat32 fedPen = zeroTensor(Shape.of(rows));
            Result result =
                test.session
                    .runner()
                    .feed(raw, fedRaw)
                    .feed(x, fedX)
                    .feed(pen, fedPen)
                    .fetch(sum)
                    .fetch(gradient)
                    .run()) {
          // a standard normal at its mean, and an even chance
          assertThat(((TFloat32) result.get(0)).getFloat())
              .isCloseTo(rows * (float) (Math.log(2 * Math.PI) + Math.log(2)), within(1e-5f));
          assertThat(result.get(1).shape()).isEqualTo(Shape.of(rows, 13));
        }
      }
      try (TFloat32 five = zeroTensor(Shape.of(5, 13));
          TFloat32 two = zeroTensor(Shape.of(5, 2));
          TFloat32 one = zeroTensor(Shape.of(1))) {
        assertThatThrownBy(
                () ->
                    test.session
                        .runner()
                        .feed(raw, five)
                        .feed(x, two)
                        .feed(pen, one)
                        .fetch(sum)
                        .run()
                        .close())
            .hasMessageContaining("mixture density: pen: wrong first sizes");
      }
    }
  }

  @Test
  void shapesAreChecked() {
    try (TestGraph test = new TestGraph()) {
      Ops tf = test.tf;
      MixtureDensity bernoulli = new MixtureDensity(Settings.of(2, Pen.BERNOULLI));
      MixtureDensity threeWay = new MixtureDensity(Settings.of(2, Pen.THREE_WAY));
      MixtureDensity none = new MixtureDensity(Settings.of(2, Pen.NONE));
      assertThat(List.of(bernoulli.columns(), threeWay.columns(), none.columns()))
          .containsExactly(13, 15, 12);
      Operand<TFloat32> x = zeros(tf, 4, 2);
      assertFault(
          () -> bernoulli.loss(tf, zeros(tf, 4, 15), x, zeros(tf, 4)),
          "mixture density: raw has the wrong shape; expected [?, 13], received [4, 15].");
      assertFault(
          () -> bernoulli.parameters(tf, zeros(tf, 13)),
          "mixture density: raw has the wrong shape; expected [?, 13], received [13].");
      assertFault(
          () -> bernoulli.loss(tf, zeros(tf, 4, 13), zeros(tf, 4, 3), zeros(tf, 4)),
          "mixture density: offsets has the wrong shape; expected [4, 2], received [4, 3].");
      assertFault(
          () -> bernoulli.loss(tf, zeros(tf, 4, 13), x, zeros(tf, 1)),
          "mixture density: pen has the wrong shape; expected [4], received [1].");
      assertFault(
          () -> threeWay.loss(tf, zeros(tf, 4, 15), x, zeros(tf, 4)),
          "mixture density: pen has the wrong shape; expected [4, 3], received [4].");
      assertFault(
          () -> threeWay.loss(tf, zeros(tf, 4, 15), x, null),
          "mixture density: the pen's states are missing; expected [rows, 3], one-hot,"
              + " received null.");
      assertFault(
          () -> none.loss(tf, zeros(tf, 4, 12), x, zeros(tf, 4)),
          "mixture density: there is no pen to compare with; expected null, received [4].");
    }
  }

  @Test
  void settingsAreChecked() {
    assertFault(
        () -> Settings.of(0, Pen.NONE),
        "mixture density: components is out of range; expected 1 to 100000, received 0.");
    Settings good = Settings.of(1, Pen.NONE);
    for (float bad : new float[] {-1e-3f, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertFault(() -> good.withDensityEpsilon(bad), "mixture density: densityEpsilon is out of");
      assertFault(() -> good.withDensityFloor(bad), "mixture density: densityFloor is out of");
      assertFault(() -> good.withSigmaFloor(bad), "mixture density: sigmaFloor is out of range");
      assertFault(() -> good.withCorrelationBound(bad), "mixture density: correlationBound is out");
    }
    assertFault(
        () -> good.withDensityEpsilon(1e-6f).withDensityFloor(1e-20f),
        "mixture density: densityEpsilon and densityFloor are two laws for the same");
  }

  private static TFloat32 zeroTensor(Shape shape) {
    return TFloat32.tensorOf(shape, DataBuffers.of(new float[(int) shape.size()]));
  }

  private static Operand<TFloat32> zeros(Ops tf, int... sizes) {
    return tf.zeros(tf.constant(sizes), TFloat32.class);
  }

  private static void assertFault(Runnable call, String message) {
    assertThatThrownBy(call::run).isInstanceOf(UserError.class).hasMessageStartingWith(message);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.hypernet4j.graph.internal.GraphState;
import org.hypernet4j.graph.internal.Loop;
import org.hypernet4j.graph.internal.StepFunction;
import org.hypernet4j.random.StatelessRandom;
import org.junit.jupiter.api.Test;
import org.tensorflow.EagerSession;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Products in bfloat16 against numbers that are rounded here, bit by bit, and summed in double. */
class PrecisionTest {
  private static final int ROWS = 5;
  private static final int INNER = 40;
  private static final int COLUMNS = 3;
  // one unit in the last of 8 bits: the CPU rounds its result, and some sums on the way to it
  private static final double ROUNDING = 1.0 / 128;

  private static float[] numbers(int count, int seed) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (2 * StatelessRandom.of(seed).uniform(i) - 1);
    }
    return values;
  }

  /** To 8 bits of mantissa, to even where both neighbours are equally near. */
  private static float rounded(float value) {
    int bits = Float.floatToRawIntBits(value);
    int even = (bits >>> 16) & 1;
    return Float.intBitsToFloat((bits + 0x7fff + even) & 0xffff0000);
  }

  private static double[] product(float[] a, float[] b, boolean round) {
    double[] y = new double[ROWS * COLUMNS];
    for (int r = 0; r < ROWS; r++) {
      for (int k = 0; k < INNER; k++) {
        float left = round ? rounded(a[r * INNER + k]) : a[r * INNER + k];
        for (int c = 0; c < COLUMNS; c++) {
          float right = round ? rounded(b[k * COLUMNS + c]) : b[k * COLUMNS + c];
          y[r * COLUMNS + c] += (double) left * right;
        }
      }
    }
    return y;
  }

  @Test
  void roundsBothSidesAndTheResultOfAProduct() {
    float[] a = numbers(ROWS * INNER, 1);
    float[] b = numbers(INNER * COLUMNS, 2);
    float[] bfloat16 = run(Precision.BFLOAT16, a, b, false);
    float[] float32 = run(Precision.FLOAT32, a, b, false);
    double[] expected = product(a, b, true);
    double[] exact = product(a, b, false);
    double furthest = 0;
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) bfloat16[i])
          .isCloseTo(expected[i], within(ROUNDING * Math.abs(expected[i]) + 1e-6));
      assertThat(bfloat16[i]).isEqualTo(rounded(bfloat16[i]));
      assertThat((double) float32[i]).isCloseTo(exact[i], within(1e-5));
      furthest = Math.max(furthest, Math.abs(bfloat16[i] - exact[i]));
    }
    // it really was computed in fewer bits
    assertThat(furthest).isGreaterThan(1e-3);
  }

  @Test
  void aConvolutionOfOnePixelIsTheSameProduct() {
    float[] a = numbers(ROWS * INNER, 3);
    float[] b = numbers(INNER * COLUMNS, 4);
    float[] actual = run(Precision.BFLOAT16, a, b, true);
    double[] expected = product(a, b, true);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i])
          .isCloseTo(expected[i], within(ROUNDING * Math.abs(expected[i]) + 1e-6));
    }
  }

  @Test
  void holdsForWhatIsBuiltInsideAndNoLonger() {
    try (Graph graph = new Graph();
        Graph other = new Graph()) {
      Ops tf = Ops.create(graph);
      assertThat(Precision.of(tf)).isEqualTo(Precision.FLOAT32);
      assertThat(Precision.BFLOAT16.during(tf, () -> Precision.of(tf)))
          .isEqualTo(Precision.BFLOAT16);
      assertThat(Precision.BFLOAT16.during(tf, () -> Precision.of(Ops.create(other))))
          .isEqualTo(Precision.FLOAT32);
      assertThat(
              Precision.BFLOAT16.during(
                  tf, () -> Precision.FLOAT32.during(tf, () -> Precision.of(tf))))
          .isEqualTo(Precision.FLOAT32);
      assertThatThrownBy(
              () ->
                  Precision.BFLOAT16.during(
                      tf,
                      () -> {
                        throw new IllegalStateException("out");
                      }))
          .hasMessage("out");
      assertThat(Precision.of(tf)).isEqualTo(Precision.FLOAT32);
      // nothing is kept of a graph that has no precision of its own any more
      assertThat(GraphState.find(graph)).isNull();
    }
  }

  @Test
  void holdsInTheBodiesOfLoopsAndFunctions() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Supplier<List<Precision>> inside =
          () -> {
            List<Precision> seen = new ArrayList<>();
            try (Loop loop = new Loop(tf, "loop");
                StepFunction step = StepFunction.in(loop.body(), "step", true)) {
              seen.add(Precision.of(loop.body()));
              seen.add(Precision.of(step.tf()));
              seen.add(Precision.of(loop.body().constant(1f)));
            }
            return seen;
          };
      assertThat(Precision.BFLOAT16.during(tf, inside)).containsOnly(Precision.BFLOAT16);
      assertThat(inside.get()).containsOnly(Precision.FLOAT32);
    }
  }

  @Test
  void anEagerSessionIsFloat32() {
    try (EagerSession session = EagerSession.create()) {
      Ops tf = Ops.create(session);
      assertThat(Precision.of(tf)).isEqualTo(Precision.FLOAT32);
      assertThatThrownBy(() -> Precision.BFLOAT16.during(tf, () -> 1))
          .hasMessage("a precision can be set for a graph only");
    }
  }

  private static float[] run(Precision precision, float[] a, float[] b, boolean convolution) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Shape left = convolution ? Shape.of(ROWS, 1, 1, INNER) : Shape.of(ROWS, INNER);
      Shape right = convolution ? Shape.of(1, 1, INNER, COLUMNS) : Shape.of(INNER, COLUMNS);
      Placeholder<TFloat32> x = tf.placeholder(TFloat32.class, Placeholder.shape(left));
      Placeholder<TFloat32> w = tf.placeholder(TFloat32.class, Placeholder.shape(right));
      Operand<TFloat32> y =
          convolution
              ? precision.conv2d(tf, x, w, List.of(1L, 1L, 1L, 1L))
              : precision.matMul(tf, x, w);
      try (Feeds feeds = new Feeds().floats(x, left, a).floats(w, right, b);
          Result result = feeds.into(session.runner()).fetch(y).run()) {
        float[] values = new float[ROWS * COLUMNS];
        ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(values);
        return values;
      }
    }
  }
}

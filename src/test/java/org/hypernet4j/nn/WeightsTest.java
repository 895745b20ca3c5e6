// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hypernet4j.fixtures.Arrays4.assertClose;
import static org.hypernet4j.fixtures.Arrays4.assertGradient;
import static org.hypernet4j.fixtures.Arrays4.toDoubles;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.fixtures.PlainLayers;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.hyper.LowRankChange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Layers with weights for all, for each example and for rows of batches, with changes of low rank:
 * every combination against sums in plain double, gradients against finite differences.
 */
class WeightsTest {
  private static final int ROWS = 3;
  private static final int BATCH = 2;
  private static final int IN = 4;
  private static final int OUT = 5;
  private static final int RANK = 2;
  private static final float SCALE = 1.5f;

  private enum Change {
    NONE,
    SHARED,
    ROWS
  }

  /**
   * One combination.
   *
   * @param batches whether x is {@code [rows, batch, in]}, not {@code [rows, in]}
   * @param known whether TensorFlow knows rows and batch when the graph is built
   */
  private record Case(
      boolean batches, boolean kernelRows, boolean biasRows, Change change, boolean known) {
    long[] x() {
      return batches ? new long[] {ROWS, BATCH, IN} : new long[] {ROWS, IN};
    }

    Map<String, long[]> shapes() {
      Map<String, long[]> shapes = new LinkedHashMap<>();
      shapes.put("x", x());
      shapes.put("w", sizes(kernelRows, IN, OUT));
      shapes.put("b", biasRows ? new long[] {ROWS, OUT} : new long[] {OUT});
      if (change != Change.NONE) {
        shapes.put("A", sizes(change == Change.ROWS, IN, RANK));
        shapes.put("B", sizes(change == Change.ROWS, RANK, OUT));
      }
      return shapes;
    }

    private static long[] sizes(boolean rows, long in, long out) {
      return rows ? new long[] {ROWS, in, out} : new long[] {in, out};
    }

    /** Sums over places, row by row. */
    double[] y(Map<String, double[]> values) {
      int batch = batches ? BATCH : 1;
      double[] y = new double[ROWS * batch * OUT];
      for (int i = 0; i < y.length; i++) {
        int out = i % OUT;
        int n = i / OUT;
        int row = n / batch;
        y[i] = get(values, "b")[(biasRows ? row * OUT : 0) + out];
        for (int in = 0; in < IN; in++) {
          double w = get(values, "w")[((kernelRows ? row * IN : 0) + in) * OUT + out];
          for (int r = 0; change != Change.NONE && r < RANK; r++) {
            int of = change == Change.ROWS ? row : 0;
            w +=
                SCALE
                    * get(values, "A")[(of * IN + in) * RANK + r]
                    * get(values, "B")[(of * RANK + r) * OUT + out];
          }
          y[i] += get(values, "x")[n * IN + in] * w;
        }
      }
      return y;
    }
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      for (Change change : Change.values()) {
        cases.add(new Case((i & 1) > 0, (i & 2) > 0, (i & 4) > 0, change, (i & 8) > 0));
      }
    }
    return cases;
  }

  private static <T> T get(Map<String, T> values, String name) {
    return Objects.requireNonNull(values.get(name), name);
  }

  private static float[] random(Random random, long... sizes) {
    float[] values = new float[(int) Shape.of(sizes).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() / 2;
    }
    return values;
  }

  /** A tensor whose leading sizes other than those of a kernel may be unknown. */
  private static Operand<TFloat32> tensor(Ops tf, float[] values, long[] sizes, int unknownAxes) {
    Operand<TFloat32> constant = tf.constant(Shape.of(sizes), DataBuffers.of(values, true, false));
    if (unknownAxes == 0) {
      return constant;
    }
    long[] known = sizes.clone();
    for (int i = 0; i < unknownAxes; i++) {
      known[i] = -1;
    }
    return tf.placeholderWithDefault(constant, Shape.of(known));
  }

  private static Weights weights(Map<String, Operand<TFloat32>> tensors) {
    Weights weights =
        Weights.of(Map.of("layer/kernel", get(tensors, "w"), "layer/bias", get(tensors, "b")));
    return tensors.containsKey("A")
        ? weights.changed(
            Map.of("layer/kernel", new LowRankChange(get(tensors, "A"), get(tensors, "B"), SCALE)))
        : weights;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void denseLayers(Case each) {
    Random random = new Random(6);
    Map<String, double[]> exact = new LinkedHashMap<>();
    try (TestGraph test = new TestGraph()) {
      Ops tf = test.tf;
      Map<String, Operand<TFloat32>> tensors = new LinkedHashMap<>();
      each.shapes()
          .forEach(
              (name, sizes) -> {
                float[] value = random(random, sizes);
                exact.put(name, toDoubles(value));
                int leading =
                    name.equals("x") ? sizes.length - 1 : sizes.length - (name.equals("b") ? 1 : 2);
                tensors.put(name, tensor(tf, value, sizes, each.known() ? 0 : leading));
              });
      Weights weights = weights(tensors);
      Operand<TFloat32> y = weights.dense(tf, "layer", get(tensors, "x"));
      long[] sizes = each.x();
      sizes[sizes.length - 1] = OUT;
      long[] inferred = y.shape().asArray();
      assertThat(inferred).hasSameSizeAs(sizes);
      assertThat(inferred[inferred.length - 1]).isEqualTo(OUT);
      double[] expected = each.y(exact);
      float[] r = random(random, expected.length);
      Operand<TFloat32> flat = tf.reshape(y, tf.constant(new int[] {-1}));
      Operand<TFloat32> loss = Fetched.weightedSum(tf, tf.math.square(flat), tf.constant(r));
      List<Operand<TFloat32>> gradients = Gradients.byTensors(loss, List.copyOf(tensors.values()));
      Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
      fetches.put("y", y);
      int i = 0;
      for (String name : tensors.keySet()) {
        fetches.put("by " + name, gradients.get(i++));
      }
      // the same with the change added to the kernel first
      Weights folded = Weights.of(weights.tensors(tf));
      fetches.put("folded", folded.dense(tf, "layer", get(tensors, "x")));
      Fetched actual = Fetched.of(test.session, fetches);
      assertClose("y", actual.get("y"), expected, 1e-5);
      assertClose("folded", actual.get("folded"), expected, 1e-5);
      exact.forEach(
          (name, value) ->
              assertGradient(
                  name, actual.get("by " + name), differences(each, exact, value, r), 1e-4));
    }
  }

  private static double[] differences(
      Case each, Map<String, double[]> values, double[] by, float[] r) {
    double[] gradient = new double[by.length];
    double step = 1e-5;
    for (int i = 0; i < by.length; i++) {
      double old = by[i];
      by[i] = old + step;
      double above = loss(each.y(values), r);
      by[i] = old - step;
      gradient[i] = (above - loss(each.y(values), r)) / (2 * step);
      by[i] = old;
    }
    return gradient;
  }

  private static double loss(double[] y, float[] r) {
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += r[i] * y[i] * y[i];
    }
    return sum;
  }

  /** A kernel of 3 x 3 x 2 x 4 with a change of rank 2, example by example. */
  @ParameterizedTest
  @CsvSource({
    "false,false,NONE", "true,false,NONE", "false,true,NONE", "true,true,NONE",
    "false,false,SHARED", "true,true,SHARED", "false,false,ROWS", "true,true,ROWS"
  })
  void convolutions(boolean kernelRows, boolean biasRows, Change change) {
    Random random = new Random(8);
    int m = 18;
    int out = 4;
    float[] x = random(random, ROWS, 5, 6, 2);
    float[] w = random(random, kernelRows ? ROWS : 1, m, out);
    float[] b = random(random, biasRows ? ROWS : 1, out);
    float[] left = random(random, change == Change.ROWS ? ROWS : 1, m, RANK);
    float[] right = random(random, change == Change.ROWS ? ROWS : 1, RANK, out);
    for (boolean known : new boolean[] {true, false}) {
      try (TestGraph test = new TestGraph()) {
        Ops tf = test.tf;
        int open = known ? 0 : 1;
        Map<String, Operand<TFloat32>> tensors = new LinkedHashMap<>();
        tensors.put(
            "w",
            kernelRows
                ? tensor(tf, w, new long[] {ROWS, 3, 3, 2, out}, open)
                : tensor(tf, w, new long[] {3, 3, 2, out}, 0));
        tensors.put(
            "b",
            biasRows
                ? tensor(tf, b, new long[] {ROWS, out}, open)
                : tensor(tf, b, new long[] {out}, 0));
        if (change != Change.NONE) {
          boolean rows = change == Change.ROWS;
          tensors.put(
              "A",
              tensor(
                  tf,
                  left,
                  rows ? new long[] {ROWS, m, RANK} : new long[] {m, RANK},
                  rows ? open : 0));
          tensors.put(
              "B",
              tensor(
                  tf,
                  right,
                  rows ? new long[] {ROWS, RANK, out} : new long[] {RANK, out},
                  rows ? open : 0));
        }
        Operand<TFloat32> images = tensor(tf, x, new long[] {ROWS, 5, 6, 2}, open);
        Operand<TFloat32> y = weights(tensors).conv2d(tf, "layer", images, 1);
        assertThat(y.shape().asArray()).containsExactly(known ? ROWS : -1, 5, 6, out);
        float[] actual = test.fetch(y);
        for (int n = 0; n < ROWS; n++) {
          double[] kernel = part(w, kernelRows ? n : 0, m * out);
          double[] a = part(left, change == Change.ROWS ? n : 0, m * RANK);
          double[] c = part(right, change == Change.ROWS ? n : 0, RANK * out);
          for (int i = 0; change != Change.NONE && i < kernel.length; i++) {
            for (int r = 0; r < RANK; r++) {
              kernel[i] += SCALE * a[i / out * RANK + r] * c[r * out + i % out];
            }
          }
          PlainLayers.Images image = new PlainLayers.Images(part(x, n, 60), 1, 5, 6, 2);
          double[] expected =
              PlainLayers.conv(image, kernel, part(b, biasRows ? n : 0, out), 3, 1).values();
          float[] own = Arrays.copyOfRange(actual, n * 120, (n + 1) * 120);
          assertClose("example " + n, own, expected, 2e-5);
        }
      }
    }
  }

  private static double[] part(float[] values, int index, int size) {
    return toDoubles(Arrays.copyOfRange(values, index * size, (index + 1) * size));
  }

  /** B = 0: the changed layer computes what the layer computed, to the last bit. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aChangeOfZeroChangesNothing(boolean rows) {
    Random random = new Random(2);
    try (TestGraph test = new TestGraph()) {
      Ops tf = test.tf;
      Weights base =
          Weights.of(
              Map.of(
                  "d/kernel", tensor(tf, random(random, 4, 5), new long[] {4, 5}, 0),
                  "d/bias", tensor(tf, random(random, 5), new long[] {5}, 0),
                  "c/kernel", tensor(tf, random(random, 3, 3, 2, 4), new long[] {3, 3, 2, 4}, 0),
                  "c/bias", tensor(tf, random(random, 4), new long[] {4}, 0)));
      Weights changed =
          base.changed(
              Map.of(
                  "d/kernel", zeroChange(tf, random, rows, 4, 5),
                  "c/kernel", zeroChange(tf, random, rows, 18, 4)));
      Operand<TFloat32> x = tensor(tf, random(random, ROWS, 4), new long[] {ROWS, 4}, 0);
      Operand<TFloat32> image =
          tensor(tf, random(random, ROWS, 5, 6, 2), new long[] {ROWS, 5, 6, 2}, 0);
      List<float[]> values =
          test.fetch(
              List.of(
                  base.dense(tf, "d", x),
                  changed.dense(tf, "d", x),
                  base.conv2d(tf, "c", image, 1),
                  changed.conv2d(tf, "c", image, 1),
                  base.get(tf, "c/kernel"),
                  changed.get(tf, "c/kernel")));
      assertThat(values.get(1)).containsExactly(values.get(0));
      int times = rows ? ROWS : 1;
      assertThat(values.get(5)).hasSize(times * 72);
      for (int row = 0; row < times; row++) {
        assertThat(Arrays.copyOfRange(values.get(5), row * 72, (row + 1) * 72))
            .containsExactly(values.get(4));
      }
      if (!rows) {
        // convolutions for each example sum up in another order
        assertThat(values.get(3)).containsExactly(values.get(2));
      }
      assertClose("convolution", values.get(3), toDoubles(values.get(2)), 1e-5);
    }
  }

  private static LowRankChange zeroChange(Ops tf, Random random, boolean rows, long m, long n) {
    long[] a = rows ? new long[] {ROWS, m, RANK} : new long[] {m, RANK};
    long[] b = rows ? new long[] {ROWS, RANK, n} : new long[] {RANK, n};
    return new LowRankChange(
        tensor(tf, random(random, a), a, 0), tf.zeros(tf.constant(b), TFloat32.class), SCALE);
  }

  @Test
  void namesKeepTheirOrder() {
    try (TestGraph test = new TestGraph()) {
      Map<String, Operand<TFloat32>> tensors = new LinkedHashMap<>();
      for (String name : List.of("z/kernel", "a/bias", "m/kernel")) {
        tensors.put(name, test.tf.constant(new float[] {1}));
      }
      assertThat(Weights.of(tensors).names()).containsExactly("z/kernel", "a/bias", "m/kernel");
      assertThat(Weights.of(tensors).tensors(test.tf)).containsExactlyEntriesOf(tensors);
    }
  }
}

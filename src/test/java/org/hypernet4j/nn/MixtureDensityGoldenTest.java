// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hypernet4j.fixtures.Arrays4.assertClose;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.fixtures.GoldenFiles;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.nn.MixtureDensity.Pen;
import org.hypernet4j.nn.MixtureDensity.Settings;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The loss against magenta's sketch-rnn and hardmaru's write-rnn, run in float64 with the epsilon
 * and the floor that they have ({@code f64/}), and against the same without either, checked with 60
 * digits ({@code exact/}). Losses within 1e-5, gradients within 1e-4 of the largest entry of their
 * row: the rows of one case differ by a factor of 1e9.
 */
class MixtureDensityGoldenTest {
  @ParameterizedTest
  @ValueSource(strings = {"plain_k5", "sharp_k3", "extreme_k4"})
  void magentaWithoutEpsilon(String name) {
    Case given = Case.magenta(GoldenFiles.read("mdn_magenta_" + name));
    Settings settings = Settings.of(given.components, Pen.THREE_WAY);
    given.check(settings, true, given.sum("exact/offset_loss", "exact/pen_loss"), "exact/");
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain_k5", "sharp_k3", "extreme_k4"})
  void magentaWithEpsilon(String name) {
    Case given = Case.magenta(GoldenFiles.read("mdn_magenta_" + name));
    Settings settings = Settings.of(given.components, Pen.THREE_WAY).withDensityEpsilon(1e-6f);
    given.check(settings, true, given.golden.doubles("f64/train/point_loss"), "f64/train/");
    given.check(settings, false, given.golden.doubles("f64/eval/point_loss"), "f64/eval/");
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain_k4", "sharp_k3"})
  void writeRnnWithoutFloor(String name) {
    Case given = Case.bernoulli(GoldenFiles.read("mdn_bernoulli_" + name));
    Settings settings = Settings.of(given.components, Pen.BERNOULLI);
    given.check(settings, true, given.sum("exact/offset_loss", "exact/pen_loss"), "exact/");
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain_k4", "sharp_k3"})
  void writeRnnWithFloor(String name) {
    Case given = Case.bernoulli(GoldenFiles.read("mdn_bernoulli_" + name));
    Settings settings = Settings.of(given.components, Pen.BERNOULLI).withDensityFloor(1e-20f);
    given.check(settings, true, given.golden.doubles("f64/point_loss"), "f64/");
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain_k5", "sharp_k3", "extreme_k4"})
  void parametersOfMagenta(String name) {
    Case given = Case.magenta(GoldenFiles.read("mdn_magenta_" + name));
    given.checkParameters(Settings.of(given.components, Pen.THREE_WAY), "pen");
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain_k4", "sharp_k3"})
  void parametersOfWriteRnn(String name) {
    Case given = Case.bernoulli(GoldenFiles.read("mdn_bernoulli_" + name));
    given.checkParameters(Settings.of(given.components, Pen.BERNOULLI), "eos");
  }

  /** A file's inputs, row by row; the offset of a row that is padding does not count. */
  private static final class Case {
    private final GoldenFiles golden;
    private final int rows;
    private final int components;
    private final float[] raw;
    private final float[] offsets;
    private final float[] pen;
    private final boolean[] padding;

    private Case(
        GoldenFiles golden,
        int rows,
        int components,
        float[] raw,
        float[] offsets,
        float[] pen,
        boolean[] padding) {
      this.golden = golden;
      this.rows = rows;
      this.components = components;
      this.raw = raw;
      this.offsets = offsets;
      this.pen = pen;
      this.padding = padding;
    }

    static Case magenta(GoldenFiles golden) {
      float[] strokes = golden.floats("strokes5");
      long[] shape = golden.shape("strokes5");
      int steps = (int) shape[1] - 1;
      int rows = (int) shape[0] * steps;
      float[] offsets = new float[rows * 2];
      float[] pen = new float[rows * 3];
      boolean[] padding = new boolean[rows];
      for (int row = 0; row < rows; row++) {
        int from = ((row / steps) * (steps + 1) + row % steps + 1) * 5; // the first is the start
        System.arraycopy(strokes, from, offsets, row * 2, 2);
        System.arraycopy(strokes, from + 2, pen, row * 3, 3);
        padding[row] = strokes[from + 4] == 1;
      }
      int components = ((int) golden.shape("raw")[1] - 3) / 6;
      return new Case(golden, rows, components, golden.floats("raw"), offsets, pen, padding);
    }

    static Case bernoulli(GoldenFiles golden) {
      float[] targets = golden.floats("targets");
      int rows = targets.length / 3;
      float[] offsets = new float[rows * 2];
      float[] pen = new float[rows];
      for (int row = 0; row < rows; row++) {
        System.arraycopy(targets, row * 3, offsets, row * 2, 2);
        pen[row] = targets[row * 3 + 2];
      }
      int components = ((int) golden.shape("raw")[1] - 1) / 6;
      return new Case(
          golden, rows, components, golden.floats("raw"), offsets, pen, new boolean[rows]);
    }

    double[] sum(String one, String other) {
      double[] total = golden.doubles(one).clone();
      double[] second = golden.doubles(other);
      for (int row = 0; row < rows; row++) {
        total[row] += second[row];
      }
      return total;
    }

    /** Runs loss and gradient; {@code penInPadding} is the training form of magenta's loss. */
    void check(Settings settings, boolean penInPadding, double[] losses, String prefix) {
      float[] counted = new float[rows];
      float[] penCounted = new float[rows];
      for (int row = 0; row < rows; row++) {
        counted[row] = padding[row] ? 0 : 1;
        penCounted[row] = padding[row] && !penInPadding ? 0 : 1;
      }
      try (TestGraph test = new TestGraph()) {
        Ops tf = test.tf;
        Operand<TFloat32> x = constant(tf, raw, rows, settings.columns());
        MixtureDensity.Loss loss =
            new MixtureDensity(settings)
                .loss(tf, x, constant(tf, offsets, rows, 2), penOperand(tf, settings));
        Operand<TFloat32> points =
            tf.math.add(
                tf.math.mul(loss.offset(), tf.constant(counted)),
                tf.math.mul(loss.pen(), tf.constant(penCounted)));
        Operand<TFloat32> mean = tf.math.mean(points, tf.constant(0));
        List<float[]> fetched =
            test.fetch(List.of(points, Gradients.byTensors(mean, List.of(x)).get(0), mean));
        assertRows("loss", fetched.get(0), losses, 1, 1e-5, 1);
        assertRows(
            "gradient",
            fetched.get(1),
            golden.doubles(prefix + "grad_raw"),
            settings.columns(),
            1e-4,
            0);
      }
    }

    void checkParameters(Settings settings, String penKey) {
      try (TestGraph test = new TestGraph()) {
        Ops tf = test.tf;
        MixtureDensity.Parameters all =
            new MixtureDensity(settings)
                .parameters(tf, constant(tf, raw, rows, settings.columns()));
        List<float[]> fetched =
            test.fetch(List.of(all.pi(), all.mu(), all.sigma(), all.rho(), all.pen()));
        assertClose("pi", fetched.get(0), golden.doubles("f64/pi"), 1e-6);
        assertClose("rho", fetched.get(3), golden.doubles("f64/rho"), 1e-6);
        assertClose("pen", fetched.get(4), golden.doubles("f64/" + penKey), 1e-6);
        double[] sigma1 = golden.doubles("f64/sigma1");
        for (int i = 0; i < sigma1.length; i++) {
          assertThat(fetched.get(2)[2 * i] / sigma1[i]).isBetween(1 - 2e-6, 1 + 2e-6);
        }
        // the means are raw columns; these are not in all files
        int pen = settings.pen().columns();
        for (int row = 0; row < rows; row++) {
          for (int k = 0; k < components; k++) {
            for (int axis = 0; axis < 2; axis++) {
              int column = pen + components * (1 + axis) + k;
              assertThat(fetched.get(1)[(row * components + k) * 2 + axis])
                  .isEqualTo(raw[row * settings.columns() + column]);
            }
          }
        }
      }
    }

    private Operand<TFloat32> penOperand(Ops tf, Settings settings) {
      return settings.pen() == Pen.BERNOULLI
          ? constant(tf, pen, rows)
          : constant(tf, pen, rows, settings.pen().columns());
    }
  }

  /** Each row within a share of its own largest entry, or of {@code least} if that is larger. */
  private static void assertRows(
      String name, float[] actual, double[] expected, int columns, double share, double least) {
    assertThat(actual).hasSameSizeAs(expected);
    List<String> wrong = new ArrayList<>();
    for (int row = 0; row < actual.length / columns; row++) {
      double largest = least;
      double worst = 0;
      for (int i = row * columns; i < (row + 1) * columns; i++) {
        largest = Math.max(largest, Math.abs(expected[i]));
        double difference = Math.abs(actual[i] - expected[i]);
        worst = difference <= worst ? worst : difference; // NaN is the worst of all
      }
      if (!(worst <= share * largest)) {
        wrong.add("row " + row + ": " + worst + " of " + largest);
      }
    }
    assertThat(wrong).as(name).isEmpty();
  }

  private static Operand<TFloat32> constant(Ops tf, float[] values, long... shape) {
    return tf.constant(Shape.of(shape), DataBuffers.of(values));
  }
}

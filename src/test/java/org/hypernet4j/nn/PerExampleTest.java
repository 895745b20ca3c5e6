// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hypernet4j.fixtures.Arrays4.assertClose;
import static org.hypernet4j.fixtures.Arrays4.assertGradient;
import static org.hypernet4j.fixtures.Arrays4.toDoubles;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BinaryOperator;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.graph.Gradients;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Layers with weights of each example's own, against loops over the examples in plain double. */
class PerExampleTest {
  private static final int BATCH = 3;

  private interface Layer {
    Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x, Operand<TFloat32> kernels);
  }

  /** Outputs and both gradients of the sum of {@code r y^2}, the latter by finite differences. */
  private static void check(
      long[] xShape, long[] kernelShape, Layer layer, BinaryOperator<double[]> loop) {
    Random random = new Random(4);
    float[] x = random(random, xShape);
    float[] k = random(random, kernelShape);
    double[] exactX = toDoubles(x);
    double[] exactK = toDoubles(k);
    double[] y = loop.apply(exactX, exactK);
    float[] r = random(random, y.length);
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> xs = tf.constant(Shape.of(xShape), DataBuffers.of(x, true, false));
      Operand<TFloat32> ks = tf.constant(Shape.of(kernelShape), DataBuffers.of(k, true, false));
      Operand<TFloat32> ys = tf.reshape(layer.apply(tf, xs, ks), tf.constant(new int[] {-1}));
      Operand<TFloat32> loss = Fetched.weightedSum(tf, tf.math.square(ys), tf.constant(r));
      List<Operand<TFloat32>> gradients = Gradients.byTensors(loss, List.of(xs, ks));
      Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
      fetches.put("y", ys);
      fetches.put("by x", gradients.get(0));
      fetches.put("by kernels", gradients.get(1));
      Fetched actual = Fetched.of(session, fetches);
      assertClose("y", actual.get("y"), y, 1e-5);
      assertGradient(
          "by x", actual.get("by x"), differences(exactX, exactX, exactK, r, loop), 1e-4);
      assertGradient(
          "by kernels",
          actual.get("by kernels"),
          differences(exactK, exactX, exactK, r, loop),
          1e-4);
    }
  }

  private static double[] differences(
      double[] by, double[] x, double[] k, float[] r, BinaryOperator<double[]> loop) {
    double[] gradient = new double[by.length];
    double step = 1e-5;
    for (int i = 0; i < by.length; i++) {
      double old = by[i];
      by[i] = old + step;
      double above = loss(loop.apply(x, k), r);
      by[i] = old - step;
      gradient[i] = (above - loss(loop.apply(x, k), r)) / (2 * step);
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

  private static float[] random(Random random, long... sizes) {
    int size = 1;
    for (long s : sizes) {
      size *= (int) s;
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian() / 2;
    }
    return values;
  }

  @Test
  void denseLayers() {
    check(
        new long[] {BATCH, 4},
        new long[] {BATCH, 4, 5},
        PerExampleDense::apply,
        (x, k) -> {
          double[] y = new double[BATCH * 5];
          for (int n = 0; n < BATCH; n++) {
            for (int out = 0; out < 5; out++) {
              for (int in = 0; in < 4; in++) {
                y[n * 5 + out] += x[n * 4 + in] * k[(n * 4 + in) * 5 + out];
              }
            }
          }
          return y;
        });
  }

  /** Data-adaptive weights: z is the example itself, so the layer is a quadratic form of it. */
  @Test
  void weightsComputedFromTheExample() {
    check(
        new long[] {BATCH, 3},
        new long[] {3, 3 * 4},
        (tf, x, w) -> {
          Operand<TFloat32> kernels =
              tf.reshape(tf.linalg.matMul(x, w), tf.constant(new long[] {-1, 3, 4}));
          return PerExampleDense.apply(tf, x, kernels, tf.constant(new float[] {1, 2, 3, 4}));
        },
        (x, w) -> {
          double[] y = new double[BATCH * 4];
          for (int n = 0; n < BATCH; n++) {
            for (int out = 0; out < 4; out++) {
              y[n * 4 + out] = out + 1;
              for (int i = 0; i < 3; i++) {
                for (int j = 0; j < 3; j++) {
                  y[n * 4 + out] += x[n * 3 + i] * x[n * 3 + j] * w[j * 12 + i * 4 + out];
                }
              }
            }
          }
          return y;
        });
  }

  // height, width, f_h, f_w, stride: even and odd windows, windows larger than the picture, strides
  @ParameterizedTest
  @CsvSource({"4,5,3,3,1", "5,4,2,3,1", "5,5,3,2,2", "2,3,5,5,1", "4,3,1,1,3", "3,3,1,1,1"})
  void convolutions(int height, int width, int fh, int fw, int stride) {
    int in = 2;
    int out = 3;
    int outHeight = (height + stride - 1) / stride;
    int outWidth = (width + stride - 1) / stride;
    int top = Math.max((outHeight - 1) * stride + fh - height, 0) / 2;
    int left = Math.max((outWidth - 1) * stride + fw - width, 0) / 2;
    check(
        new long[] {BATCH, height, width, in},
        new long[] {BATCH, fh, fw, in, out},
        (tf, x, k) -> PerExampleConv2d.apply(tf, x, k, stride),
        (x, k) -> {
          double[] y = new double[BATCH * outHeight * outWidth * out];
          for (int i = 0; i < y.length; i++) {
            int co = i % out;
            int column = i / out % outWidth;
            int row = i / out / outWidth % outHeight;
            int n = i / out / outWidth / outHeight;
            for (int a = 0; a < fh; a++) {
              for (int b = 0; b < fw; b++) {
                int h = row * stride + a - top;
                int w = column * stride + b - left;
                for (int ci = 0; ci < in && h >= 0 && h < height && w >= 0 && w < width; ci++) {
                  y[i] +=
                      x[((n * height + h) * width + w) * in + ci]
                          * k[(((n * fh + a) * fw + b) * in + ci) * out + co];
                }
              }
            }
          }
          return y;
        });
  }

  /** Padding and stride as TensorFlow's own convolution has them, kernel by kernel the same. */
  @ParameterizedTest
  @CsvSource({"7,1", "3,2", "4,3"})
  void equalKernelsGiveTheOrdinaryConvolution(int f, int stride) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Random random = new Random(8);
      Placeholder<TFloat32> unknownBatch =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 9, 8, 2)));
      Placeholder<TFloat32> unknownKernels =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, f, f, 2, 3)));
      Operand<TFloat32> x =
          tf.constant(
              Shape.of(2, 9, 8, 2), DataBuffers.of(random(random, 2, 9, 8, 2), true, false));
      Operand<TFloat32> kernel =
          tf.constant(
              Shape.of(f, f, 2, 3), DataBuffers.of(random(random, f, f, 2, 3), true, false));
      Operand<TFloat32> each = tf.stack(List.of(kernel, kernel));
      Fetched actual =
          Fetched.of(
              session,
              Map.of(
                  "each", PerExampleConv2d.apply(tf, x, each, stride),
                  "one", Conv2d.apply(tf, x, kernel, stride)));
      assertClose("outputs", actual.get("each"), toDoubles(actual.get("one")), 1e-5);
      Operand<TFloat32> anyBatch = PerExampleConv2d.apply(tf, unknownBatch, unknownKernels, stride);
      assertThat(anyBatch.shape().asArray())
          .containsExactly(-1, (9 + stride - 1) / stride, (8 + stride - 1) / stride, 3);
    }
  }

  @Test
  void refuseShapesThatDoNotFit() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x = zeros(tf, 2, 4);
      assertThatThrownBy(() -> PerExampleDense.apply(tf, x, zeros(tf, 3, 4, 5)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining(
              "kernels has the wrong shape; expected [2, 4, ?], received [3, 4, 5]");
      Operand<TFloat32> image = zeros(tf, 2, 4, 4, 3);
      assertThatThrownBy(() -> PerExampleConv2d.apply(tf, image, zeros(tf, 2, 3, 3, 4, 5), 1))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("expected [2, ?, ?, 3, ?], received [2, 3, 3, 4, 5]");
      assertThatThrownBy(() -> PerExampleConv2d.apply(tf, image, zeros(tf, 2, 3, 3, 3, 5), 0))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("the stride positive");
      Placeholder<TFloat32> anySize =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(2, -1, 4, 3)));
      assertThatThrownBy(() -> PerExampleConv2d.apply(tf, anySize, zeros(tf, 2, 3, 3, 3, 5), 1))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("every size but the batch must be known");
    }
  }

  private static Operand<TFloat32> zeros(Ops tf, int... shape) {
    return tf.zeros(tf.constant(shape), TFloat32.class);
  }

  @Test
  void oneKernelIsNotThatOfThreeExamples() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x = unknown(tf, Shape.of(3, 4), Shape.of(-1, 4));
      Operand<TFloat32> kernels = unknown(tf, Shape.of(1, 4, 5), Shape.of(-1, 4, 5));
      Operand<TFloat32> right = unknown(tf, Shape.of(3, 4, 5), Shape.of(-1, 4, 5));
      Operand<TFloat32> biases = unknown(tf, Shape.of(1, 5), Shape.of(-1, 5));
      Operand<TFloat32> images = unknown(tf, Shape.of(3, 2, 2, 1), Shape.of(-1, 2, 2, 1));
      Operand<TFloat32> filters = unknown(tf, Shape.of(1, 1, 1, 1, 2), Shape.of(-1, 1, 1, 1, 2));
      Map<String, Operand<TFloat32>> wrong = new LinkedHashMap<>();
      wrong.put("kernels", PerExampleDense.apply(tf, x, kernels));
      wrong.put("biases", PerExampleDense.apply(tf, x, right, biases));
      wrong.put("kernels: wrong", PerExampleConv2d.apply(tf, images, filters, 1));
      wrong.forEach(
          (name, y) ->
              assertThatThrownBy(() -> session.runner().fetch(y).run())
                  .hasMessageContainingAll(name, "wrong first sizes", "[3]", "[[1]]"));
      assertThatThrownBy(
              () -> PerExampleDense.apply(tf, x, right, tf.constant(new float[] {1f, 2f})))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("biases has the wrong shape; expected [5], received [2]");
    }
  }

  private static Operand<TFloat32> unknown(Ops tf, Shape shape, Shape known) {
    return tf.placeholderWithDefault(
        tf.constant(shape, DataBuffers.of(new float[(int) shape.size()], true, false)), known);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.train.SessionOptions;
import org.tensorflow.DeviceSpec;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * Times the operations that training consists of: a matrix product, an element-wise function (which
 * a new GPU has to compile first), and a convolution with its gradient. Results of a GPU are
 * compared with those of the CPU.
 */
final class SpeedCheck {
  private static final int WARM_UP = 3;
  private static final int RUNS = 11;
  // TF32 rounds both factors by up to 5e-4; a kernel that is wrong is off by much more
  private static final double TOLERANCE = 1e-2;

  private final SessionOptions options;
  private final String device;

  /**
   * Creates a check.
   *
   * @param device {@code CPU} or {@code GPU}
   */
  SpeedCheck(SessionOptions options, String device) {
    this.options = options;
    this.device = device;
  }

  void run(Checkup checkup) {
    long n = 1024;
    Shape square = Shape.of(n, n);
    tell(
        checkup,
        "matmul",
        "1024 x 1024 matrix product",
        2.0 * n * n * n,
        square,
        square,
        SpeedCheck::product);
    tell(
        checkup,
        "tanh",
        "tanh of 1024 x 1024 numbers",
        (double) n * n,
        square,
        Shape.of(1, 1),
        (tf, x) -> List.of(tf.math.tanh(x[0])));
    Shape images = Shape.of(100, 14, 14, 16);
    Shape kernel = Shape.of(7, 7, 16, 16);
    double flop = 2.0 * images.size() * 7 * 7 * 16;
    tell(
        checkup,
        "conv",
        "7x7x16x16 convolution of [100, 14, 14, 16]",
        flop,
        images,
        kernel,
        (tf, x) -> List.of(convolution(tf, x[0], x[1])));
    tell(
        checkup,
        "convGradient",
        "the same with its gradient",
        3 * flop,
        images,
        kernel,
        SpeedCheck::withGradient);
  }

  /** Ops on two arrays. */
  interface Computation
      extends BiFunction<Ops, Placeholder<TFloat32>[], List<? extends Operand<TFloat32>>> {}

  static List<Operand<TFloat32>> product(Ops tf, Placeholder<TFloat32>[] x) {
    return List.of(tf.linalg.matMul(x[0], x[1]));
  }

  private static Operand<TFloat32> convolution(
      Ops tf, Operand<TFloat32> images, Operand<TFloat32> kernel) {
    return tf.nn.conv2d(images, kernel, List.of(1L, 1L, 1L, 1L), "SAME");
  }

  static List<Operand<TFloat32>> withGradient(Ops tf, Placeholder<TFloat32>[] x) {
    Operand<TFloat32> half = tf.nn.l2Loss(convolution(tf, x[0], x[1]));
    return Gradients.byTensors(half, List.of(x[0], x[1]));
  }

  private void tell(
      Checkup checkup, String name, String what, double flop, Shape a, Shape b, Computation op) {
    double seconds = seconds(a, b, op);
    boolean cpu = device.equals("CPU");
    String key =
        cpu ? name : "gpu" + name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    double difference = cpu ? 0 : difference(values("CPU", a, b, op), values(device, a, b, op));
    String told =
        String.format(
            Locale.ROOT, "%s: %.2f ms, %.0f GFLOP/s", what, seconds * 1e3, flop / seconds / 1e9);
    checkup.fact(
        device + " " + name,
        key,
        cpu ? told : String.format(Locale.ROOT, "%s, differs by %.1e", told, difference));
    checkup.report().put(key + "Millis", seconds * 1e3).put(key + "Gflops", flop / seconds / 1e9);
    if (!cpu) {
      checkup.report().put(key + "Difference", difference);
    }
    if (!(difference <= TOLERANCE)) { // not a number either
      checkup.problem(
          String.format(
              Locale.ROOT,
              "%s: the GPU's values differ from the CPU's by %.1e of the largest",
              name,
              difference),
          "Do not train on it; try another driver, and NVIDIA_TF32_OVERRIDE=0");
    }
  }

  /** The largest difference of two results, as a part of the largest expected value. */
  static double difference(List<float[]> expected, List<float[]> received) {
    double largest = 0;
    double apart = 0;
    for (int k = 0; k < expected.size(); k++) {
      for (int i = 0; i < expected.get(k).length; i++) {
        double value = expected.get(k)[i];
        largest = Math.max(largest, Math.abs(value));
        apart = Math.max(apart, Math.abs(value - received.get(k)[i])); // NaN stays NaN
      }
    }
    return apart == 0 ? 0 : apart / largest;
  }

  /** The results of ops on two arrays on a device. */
  List<float[]> values(String on, Shape a, Shape b, Computation op) {
    try (OnDevice given = new OnDevice(on, a, b, op);
        Result fetched = given.fetch()) {
      List<float[]> values = new ArrayList<>();
      for (int k = 0; k < fetched.size(); k++) {
        TFloat32 tensor = (TFloat32) fetched.get(k);
        float[] copy = new float[Math.toIntExact(tensor.size())];
        tensor.asRawTensor().data().asFloats().read(copy);
        values.add(copy);
      }
      return values;
    }
  }

  /** Median time of ops on two arrays. */
  private double seconds(Shape a, Shape b, Computation op) {
    double[] times = new double[RUNS];
    try (OnDevice given = new OnDevice(device, a, b, op)) {
      for (int i = -WARM_UP; i < RUNS; i++) {
        long start = System.nanoTime();
        try (Result none = given.compute()) {
          times[Math.max(i, 0)] = (System.nanoTime() - start) / 1e9 + none.size();
        }
      }
    }
    Arrays.sort(times);
    return times[RUNS / 2];
  }

  /** Ops on two arrays, built for a device, and their inputs. */
  private final class OnDevice implements AutoCloseable {
    private final Graph graph = new Graph();
    private final Session session;
    private final Feeds feeds = new Feeds();
    private final List<? extends Operand<TFloat32>> results;

    OnDevice(String on, Shape a, Shape b, Computation op) {
      session = new Session(graph, options.toProto());
      Ops tf =
          Ops.create(graph)
              .withDevice(
                  DeviceSpec.newBuilder()
                      .deviceType(DeviceSpec.DeviceType.valueOf(on))
                      .deviceIndex(0)
                      .build());
      @SuppressWarnings({"unchecked", "rawtypes"})
      Placeholder<TFloat32>[] inputs =
          new Placeholder[] {
            tf.placeholder(TFloat32.class, Placeholder.shape(a)),
            tf.placeholder(TFloat32.class, Placeholder.shape(b))
          };
      results = op.apply(tf, inputs);
      feeds.floats(inputs[0], a, ramp(a)).floats(inputs[1], b, ramp(b));
    }

    /** Computes the results without copying them, because the copies are not timed. */
    Result compute() {
      Session.Runner runner = feeds.into(session.runner());
      results.forEach(result -> runner.addTarget(result.op()));
      return runner.run();
    }

    Result fetch() {
      Session.Runner runner = feeds.into(session.runner());
      results.forEach(runner::fetch);
      return runner.run();
    }

    @Override
    public void close() {
      feeds.close();
      session.close();
      graph.close();
    }
  }

  /**
   * Sevenths, which no binary fraction is: eighths would show no rounding at all, not even TF32's.
   */
  private static float[] ramp(Shape shape) {
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i % 13 - 6) / 7f;
    }
    return values;
  }
}

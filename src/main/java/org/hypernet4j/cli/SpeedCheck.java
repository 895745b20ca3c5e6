package org.hypernet4j.cli;

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
 * a new GPU has to compile first), and a convolution with its gradient.
 */
final class SpeedCheck {
  private static final int WARM_UP = 3;
  private static final int RUNS = 11;

  private final SessionOptions options;
  private final String device;

  /**
   * A check.
   *
   * @param device {@code CPU} or {@code GPU}
   */
  SpeedCheck(SessionOptions options, String device) {
    this.options = options;
    this.device = device;
  }

  void run(Checkup checkup) {
    long n = 1024;
    double matmul =
        seconds(Shape.of(n, n), Shape.of(n, n), (tf, x) -> List.of(tf.linalg.matMul(x[0], x[1])));
    tell(checkup, "matmul", "1024 x 1024 matrix product", matmul, 2.0 * n * n * n);
    double tanh = seconds(Shape.of(n, n), Shape.of(1, 1), (tf, x) -> List.of(tf.math.tanh(x[0])));
    tell(checkup, "tanh", "tanh of 1024 x 1024 numbers", tanh, (double) n * n);
    Shape images = Shape.of(100, 14, 14, 16);
    Shape kernel = Shape.of(7, 7, 16, 16);
    double flop = 2.0 * images.size() * 7 * 7 * 16;
    tell(
        checkup,
        "conv",
        "7x7x16x16 convolution of [100, 14, 14, 16]",
        seconds(images, kernel, (tf, x) -> List.of(convolution(tf, x[0], x[1]))),
        flop);
    tell(
        checkup,
        "convGradient",
        "the same with its gradient",
        seconds(images, kernel, SpeedCheck::withGradient),
        3 * flop);
  }

  private static Operand<TFloat32> convolution(
      Ops tf, Operand<TFloat32> images, Operand<TFloat32> kernel) {
    return tf.nn.conv2d(images, kernel, List.of(1L, 1L, 1L, 1L), "SAME");
  }

  private static List<Operand<TFloat32>> withGradient(Ops tf, Placeholder<TFloat32>[] x) {
    Operand<TFloat32> half = tf.nn.l2Loss(convolution(tf, x[0], x[1]));
    return Gradients.byTensors(half, List.of(x[0], x[1]));
  }

  private void tell(Checkup checkup, String name, String what, double seconds, double flop) {
    String key =
        device.equals("CPU")
            ? name
            : "gpu" + name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    checkup.fact(
        device + " " + name,
        key,
        String.format(
            Locale.ROOT, "%s: %.2f ms, %.0f GFLOP/s", what, seconds * 1e3, flop / seconds / 1e9));
    checkup.report().put(key + "Millis", seconds * 1e3).put(key + "Gflops", flop / seconds / 1e9);
  }

  /** Median time of ops on two arrays. */
  private double seconds(
      Shape a,
      Shape b,
      BiFunction<Ops, Placeholder<TFloat32>[], List<? extends Operand<TFloat32>>> op) {
    try (Graph graph = new Graph();
        Session session = new Session(graph, options.toProto())) {
      Ops tf =
          Ops.create(graph)
              .withDevice(
                  DeviceSpec.newBuilder()
                      .deviceType(DeviceSpec.DeviceType.valueOf(device))
                      .deviceIndex(0)
                      .build());
      @SuppressWarnings({"unchecked", "rawtypes"})
      Placeholder<TFloat32>[] inputs =
          new Placeholder[] {
            tf.placeholder(TFloat32.class, Placeholder.shape(a)),
            tf.placeholder(TFloat32.class, Placeholder.shape(b))
          };
      List<? extends Operand<TFloat32>> results = op.apply(tf, inputs);
      double[] times = new double[RUNS];
      try (Feeds feeds = new Feeds().floats(inputs[0], a, ramp(a)).floats(inputs[1], b, ramp(b))) {
        for (int i = -WARM_UP; i < RUNS; i++) {
          long start = System.nanoTime();
          Session.Runner runner = feeds.into(session.runner());
          // targets, not fetches: the copy of the result is not what is timed
          results.forEach(result -> runner.addTarget(result.op()));
          try (Result none = runner.run()) {
            times[Math.max(i, 0)] = (System.nanoTime() - start) / 1e9 + none.size();
          }
        }
      }
      Arrays.sort(times);
      return times[RUNS / 2];
    }
  }

  private static float[] ramp(Shape shape) {
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i % 13 - 6) / 8f;
    }
    return values;
  }
}

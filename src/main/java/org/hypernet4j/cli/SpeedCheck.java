package org.hypernet4j.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.BiFunction;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.train.SessionOptions;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Times the two operations that training consists of. */
final class SpeedCheck {
  private static final int WARM_UP = 3;
  private static final int RUNS = 11;

  private final SessionOptions options;

  SpeedCheck(SessionOptions options) {
    this.options = options;
  }

  void run(Checkup checkup) {
    long n = 1024;
    double matmul =
        seconds(
            Shape.of(n, n), Shape.of(n, n), (tf, inputs) -> tf.linalg.matMul(inputs[0], inputs[1]));
    tell(checkup, "matmul", "1024 x 1024 matrix product", matmul, 2.0 * n * n * n);
    double conv =
        seconds(
            Shape.of(100, 14, 14, 16),
            Shape.of(7, 7, 16, 16),
            (tf, inputs) ->
                tf.nn.conv2d(inputs[0], inputs[1], java.util.List.of(1L, 1L, 1L, 1L), "SAME"));
    tell(
        checkup,
        "conv",
        "7x7x16x16 convolution of [100, 14, 14, 16]",
        conv,
        2.0 * 100 * 14 * 14 * 7 * 7 * 16 * 16);
  }

  private static void tell(Checkup checkup, String key, String what, double seconds, double flop) {
    checkup.fact(
        key,
        key,
        String.format(
            Locale.ROOT, "%s: %.2f ms, %.0f GFLOP/s", what, seconds * 1e3, flop / seconds / 1e9));
    checkup.report().put(key + "Millis", seconds * 1e3).put(key + "Gflops", flop / seconds / 1e9);
  }

  /** Median time of an op on two arrays. */
  private double seconds(
      Shape a, Shape b, BiFunction<Ops, Placeholder<TFloat32>[], Operand<TFloat32>> op) {
    try (Graph graph = new Graph();
        Session session = new Session(graph, options.toProto())) {
      Ops tf = Ops.create(graph);
      @SuppressWarnings({"unchecked", "rawtypes"})
      Placeholder<TFloat32>[] inputs =
          new Placeholder[] {
            tf.placeholder(TFloat32.class, Placeholder.shape(a)),
            tf.placeholder(TFloat32.class, Placeholder.shape(b))
          };
      Operand<TFloat32> result = op.apply(tf, inputs);
      double[] times = new double[RUNS];
      try (Feeds feeds = new Feeds().floats(inputs[0], a, ramp(a)).floats(inputs[1], b, ramp(b))) {
        for (int i = -WARM_UP; i < RUNS; i++) {
          long start = System.nanoTime();
          // a target, not a fetch: the copy of the result is not what is timed
          try (Result none = feeds.into(session.runner()).addTarget(result.op()).run()) {
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

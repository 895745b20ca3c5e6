package org.hypernet4j.cli;

import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.hypernet4j.device.ComputeDevices;
import org.hypernet4j.train.SessionOptions;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;

/**
 * Where TensorFlow computes. The Java API lists no devices, so a small product is run with tracing
 * and its trace is read: what stands there has computed.
 */
final class Devices {
  private Devices() {}

  /**
   * Full names, {@code /job:localhost/replica:0/task:0/device:CPU:0}.
   *
   * @param options those of all sessions that follow: TensorFlow sizes its thread pools by the
   *     first session of the process, and this may be it
   */
  static List<String> computing(SessionOptions options) {
    try (Graph graph = new Graph();
        Session session = new Session(graph, options.toProto())) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> row = tf.constant(new float[][] {{1, 2}});
      MatMul<TFloat32> product = tf.linalg.matMul(row, tf.constant(new float[][] {{3}, {4}}));
      RunOptions traced =
          RunOptions.newBuilder().setTraceLevel(RunOptions.TraceLevel.FULL_TRACE).build();
      try (Result result =
          session.runner().setOptions(traced).fetch(product).runAndFetchMetadata()) {
        TreeSet<String> names = new TreeSet<>();
        result
            .getMetadata()
            .ifPresent(
                metadata ->
                    metadata.getStepStats().getDevStatsList().stream()
                        .map(DeviceStepStats::getDevice)
                        .filter(name -> name.matches(".*/device:[A-Z]+:[0-9]+"))
                        .forEach(names::add));
        return List.copyOf(names);
      }
    }
  }

  /** What a training computes on: the devices that were named, or what TensorFlow has chosen. */
  static String describe(SessionOptions options) {
    ComputeDevices named = options.devices();
    return named == null ? describe(computing(options)) : String.join(" and ", named.names());
  }

  /** Short names: {@code CPU}, or {@code CPU and GPU:0}. */
  static String describe(List<String> names) {
    return names.isEmpty()
        ? "an unknown device"
        : String.join(
            " and ",
            names.stream()
                .map(name -> name.substring(name.indexOf("/device:") + "/device:".length()))
                .map(name -> name.equals("CPU:0") ? "CPU" : name.toUpperCase(Locale.ROOT))
                .toList());
  }
}

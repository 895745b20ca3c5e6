// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.benchmark;

import com.google.gson.stream.JsonWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.hypernet4j.device.internal.ShownGpus;
import org.hypernet4j.io.internal.AtomicFiles;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.StepStats;

/**
 * The times of the ops of one training step, as a file of trace events, which Perfetto ({@code
 * ui.perfetto.dev}) and {@code chrome://tracing} draw: a process for each device, a row for each
 * thread or GPU stream, a bar for each op. Copies of a batch to the GPU and the kernels of the step
 * lie one above the other where they overlap.
 */
public final class StepTrace {
  private static final String DEVICE = "device:";

  private StepTrace() {}

  /** The device of a trace in this library's notation: {@code GPU:0}, {@code GPU:0/stream:all}. */
  static String device(DeviceStepStats stats) {
    String full = stats.getDevice();
    String name = full.substring(full.lastIndexOf(DEVICE) + DEVICE.length());
    return name.contains("/") ? name : ShownGpus.name(name);
  }

  /**
   * Writes the file.
   *
   * @param trace the trace of one step
   * @param file the file, compressed if its name ends in {@code .gz}
   * @throws org.hypernet4j.error.UserError if it cannot be written
   */
  public static void write(StepStats trace, Path file) {
    boolean compressed = file.toString().endsWith(".gz");
    AtomicFiles.write(
        file,
        out -> {
          OutputStream buffered = new BufferedOutputStream(out, 1 << 16);
          // closing the writer ends the compressed stream
          try (JsonWriter json =
              new JsonWriter(
                  new OutputStreamWriter(
                      compressed ? new GZIPOutputStream(buffered) : buffered,
                      StandardCharsets.UTF_8))) {
            events(trace.getDevStatsList(), json);
          }
        });
  }

  private static void events(List<DeviceStepStats> devices, JsonWriter json) throws IOException {
    json.beginObject().name("displayTimeUnit").value("ms").name("traceEvents").beginArray();
    long begin = Long.MAX_VALUE;
    for (DeviceStepStats device : devices) {
      for (NodeExecStats node : device.getNodeStatsList()) {
        begin = Math.min(begin, startNanos(node));
      }
    }
    for (int process = 0; process < devices.size(); process++) {
      name(json, process, device(devices.get(process)));
      for (NodeExecStats node : devices.get(process).getNodeStatsList()) {
        op(json, process, node, begin);
      }
    }
    json.endArray().endObject();
  }

  private static void name(JsonWriter json, int process, String device) throws IOException {
    json.beginObject().name("ph").value("M").name("name").value("process_name");
    json.name("pid").value(process).name("args").beginObject().name("name").value(device);
    json.endObject().endObject();
  }

  private static void op(JsonWriter json, int process, NodeExecStats node, long begin)
      throws IOException {
    String label = node.getTimelineLabel();
    json.beginObject().name("ph").value("X").name("name").value(StepPlacement.type(node));
    json.name("pid").value(process).name("tid").value(node.getThreadId());
    json.name("ts").value((startNanos(node) - begin) / 1e3);
    json.name("dur").value(nanos(node) / 1e3);
    json.name("args").beginObject().name("op").value(label.isEmpty() ? node.getNodeName() : label);
    json.endObject().endObject();
  }

  private static long startNanos(NodeExecStats node) {
    return node.getAllStartNanos() > 0
        ? node.getAllStartNanos() + node.getOpStartRelNanos()
        : 1000 * (node.getAllStartMicros() + node.getOpStartRelMicros());
  }

  /** The duration of an op; the GPU's own times have microseconds only. */
  static long nanos(NodeExecStats node) {
    return node.getOpEndRelNanos() > 0
        ? node.getOpEndRelNanos() - node.getOpStartRelNanos()
        : 1000 * (node.getOpEndRelMicros() - node.getOpStartRelMicros());
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.benchmark;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.StepStats;

/**
 * The ops that ran on one device in one training step. Times are sums: they exceed that of the step
 * where ops ran side by side, and the time of a call includes those of the ops that it called.
 *
 * @param device {@code GPU:0}, or {@code GPU:0/stream:all} for the work of the GPU itself
 * @param ops the number of ops that ran, those of every iteration of a loop counted
 * @param millis their total time; on a GPU, the time to start them
 * @param kinds the kinds of op, those with the largest time first
 */
public record StepPlacement(String device, int ops, double millis, List<Kind> kinds) {
  private static final Pattern TYPE = Pattern.compile(" = (\\w+)\\(");

  /**
   * Ops of one kind.
   *
   * @param type {@code MatMul}
   * @param ops the number of ops that ran
   * @param millis their total time
   */
  public record Kind(String type, int ops, double millis) {}

  /** Copies the list. */
  public StepPlacement {
    kinds = List.copyOf(kinds);
  }

  /** Reads TensorFlow's trace of a step; devices in the order of their names. */
  public static List<StepPlacement> of(StepStats trace) {
    TreeMap<String, StepPlacement> devices = new TreeMap<>();
    for (DeviceStepStats stats : trace.getDevStatsList()) {
      String shown = StepTrace.device(stats);
      devices.put(shown, of(shown, stats.getNodeStatsList()));
    }
    return List.copyOf(devices.values());
  }

  /** The kind of an op: {@code MatMul}; the name of the GPU's operation where none is known. */
  static String type(NodeExecStats node) {
    Matcher label = TYPE.matcher(node.getTimelineLabel());
    return label.find() ? label.group(1) : node.getNodeName();
  }

  private static StepPlacement of(String device, List<NodeExecStats> nodes) {
    Map<String, Kind> kinds = new TreeMap<>();
    double total = 0;
    for (NodeExecStats node : nodes) {
      String type = type(node);
      double millis = StepTrace.nanos(node) / 1e6;
      total += millis;
      kinds.merge(
          type,
          new Kind(type, 1, millis),
          (a, b) -> new Kind(type, a.ops() + b.ops(), a.millis() + b.millis()));
    }
    List<Kind> sorted = new ArrayList<>(kinds.values());
    sorted.sort(Comparator.comparingDouble(Kind::millis).reversed());
    return new StepPlacement(device, nodes.size(), total, sorted);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.savedmodel;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/**
 * The variables that an op sets, and the tensor of the checkpoint that each is restored from, read
 * off the graph, in the main graph (TensorFlow 1) or inside a function that it calls (TensorFlow
 * 2).
 */
public final class AssignedVariables {
  private static final int MAX_DEPTH = 20;
  // functions that call each other twice at every level would be visited for ever
  private static final int MAX_VISITS = 10_000_000;
  private static final int NAMES = 1;
  private static final int SLICES = 2;

  /**
   * The source of a variable's new value.
   *
   * @param key of the checkpoint; empty if the value is another, or cannot be read off the graph
   */
  public record Source(String key) {
    public static final Source UNKNOWN = new Source("");

    public boolean isKnown() {
      return !key.isEmpty();
    }
  }

  private final Map<String, Source> sources = new HashMap<>();
  private int visits;

  private AssignedVariables() {}

  /** The sources of all variables that the op sets, by the variable's node. */
  public static Map<String, Source> by(GraphNodes graph, String op) {
    AssignedVariables assigned = new AssignedVariables();
    for (String name : graph.ancestors(GraphNodes.opOf(op), Set.of())) {
      NodeDef node = graph.get(name);
      if (node != null) {
        assigned.visit(new Frame(graph, Map.of()), node, 0);
      }
    }
    return assigned.sources;
  }

  /** A graph or a function body; {@code arguments} are variables of the main graph. */
  private record Frame(GraphNodes nodes, Map<String, String> arguments) {
    /** The variable of the main graph that a tensor belongs to. */
    @Nullable String variable(String tensor) {
      String name = GraphNodes.opOf(origin(tensor));
      return nodes.contains(name) ? name : arguments.get(name);
    }

    /** The tensor that some Identity nodes hand on. */
    private String origin(String tensor) {
      String from = tensor;
      NodeDef node = nodes.get(GraphNodes.opOf(from));
      for (int i = 0;
          i < MAX_DEPTH
              && node != null
              && node.getOp().equals("Identity")
              && node.getInputCount() > 0;
          i++) {
        from = node.getInput(0);
        node = nodes.get(GraphNodes.opOf(from));
      }
      return from;
    }

    /** The tensor of the checkpoint that a tensor is restored from. */
    Source source(String tensor) {
      String from = origin(tensor);
      NodeDef node = nodes.get(GraphNodes.opOf(from));
      if (node == null || !node.getOp().equals("RestoreV2") || node.getInputCount() <= SLICES) {
        return Source.UNKNOWN;
      }
      String key = constant(node.getInput(NAMES), GraphNodes.outputOf(from));
      String slice = constant(node.getInput(SLICES), GraphNodes.outputOf(from));
      // a slice is a part of a tensor of another shape
      return key == null || slice == null || !slice.isEmpty() ? Source.UNKNOWN : new Source(key);
    }

    private @Nullable String constant(String tensor, int index) {
      NodeDef node = nodes.get(GraphNodes.opOf(origin(tensor)));
      if (node == null || !node.getOp().equals("Const")) {
        return null;
      }
      List<ByteString> values =
          TensorProtos.texts(
              node.getAttrOrDefault("value", AttrValue.getDefaultInstance()).getTensor());
      // trailing values that are equal may be written once
      return values.isEmpty()
          ? null
          : values.get(Math.min(index, values.size() - 1)).toStringUtf8();
    }
  }

  private void visit(Frame frame, NodeDef node, int depth) {
    if (++visits > MAX_VISITS) {
      return;
    }
    if (GraphNodes.assigns(node) && node.getInputCount() > 1) {
      String variable = frame.variable(node.getInput(0));
      if (variable != null) {
        sources.put(variable, frame.source(node.getInput(1)));
      }
    }
    if (depth >= MAX_DEPTH) {
      return;
    }
    for (FunctionDef function : frame.nodes().calls(node)) {
      Map<String, String> arguments = new HashMap<>();
      List<OpDef.ArgDef> names = function.getSignature().getInputArgList();
      for (int i = 0; i < names.size() && i < node.getInputCount(); i++) {
        String variable = frame.variable(node.getInput(i));
        if (variable != null) {
          arguments.put(names.get(i).getName(), variable);
        }
      }
      Frame inner = new Frame(frame.nodes().inside(function), arguments);
      inner.nodes().all().forEach(each -> visit(inner, each, depth + 1));
    }
  }
}

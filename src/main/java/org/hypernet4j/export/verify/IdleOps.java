// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hypernet4j.export.savedmodel.GraphNodes;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/**
 * The refused ops of a graph that nothing runs. A loader evaluates stateless ops whose inputs are
 * constants while it finds out shapes, and {@code ReadFile} is one of these, so such an op is as
 * bad as one that runs. The others lie idle.
 */
final class IdleOps {
  private final GraphNodes graph;
  private final OpPolicy policy;
  private final Set<String> ran;
  private final Set<String> saving;

  /**
   * Idle ops of a graph.
   *
   * @param ran nodes and functions that run
   * @param saver the tensor that saves the model, whose ops are not reported
   */
  IdleOps(GraphNodes graph, OpPolicy policy, Set<String> ran, String saver) {
    this.graph = graph;
    this.policy = policy;
    this.ran = ran;
    saving = closure(graph.running(List.of(saver), Set.of()));
  }

  /** Prefix that distinguishes functions from nodes in a set of names: no node can have it. */
  static String key(String function) {
    return function + "()";
  }

  /** Adds what may run while the graph is read to the problems, the other ops to the idle ones. */
  void find(Set<String> problems, Set<String> idle) {
    Set<String> loaded = new LinkedHashSet<>();
    graph.all().forEach(node -> loaded.add(node.getName()));
    Set<String> callable = closure(loaded);
    look("", graph, true, problems, idle);
    graph
        .functions()
        .forEach(
            (name, function) -> {
              if (!ran.contains(key(name))) {
                look(name, graph.inside(function), callable.contains(key(name)), problems, idle);
              }
            });
  }

  private void look(
      String place, GraphNodes nodes, boolean loaded, Set<String> problems, Set<String> idle) {
    for (NodeDef node : nodes.all()) {
      boolean runs = place.isEmpty() && ran.contains(node.getName());
      if (runs || graph.functions().containsKey(node.getOp()) || allowed(node)) {
        continue;
      }
      if (loaded && isConstant(nodes, node)) {
        problems.add(
            "the op '%s' (node '%s'%s) may run while the graph is read: it has no state and its inputs are constants"
                .formatted(
                    node.getOp(),
                    node.getName(),
                    place.isEmpty() ? "" : " of the function '" + place + "'"));
      } else if (!saving.contains(place.isEmpty() ? node.getName() : key(place))) {
        idle.add(node.getOp());
      }
    }
  }

  // one that takes a file name has a state, or a constant for its name as anything else
  private boolean allowed(NodeDef node) {
    return policy.allows(node) && policy.fileName(node) == OpPolicy.FileName.NONE;
  }

  private static boolean isConstant(GraphNodes nodes, NodeDef node) {
    for (String name : nodes.running(List.of(node.getName()), Set.of())) {
      NodeDef each = nodes.get(name);
      if (each != null
          && (each.getOp().startsWith("Placeholder") || Registry.isStateful(each.getOp()))) {
        return false;
      }
    }
    return true;
  }

  /** Node names and the functions that they call, at any depth. */
  private Set<String> closure(Set<String> names) {
    Set<String> all = new LinkedHashSet<>(names);
    Deque<NodeDef> open = new ArrayDeque<>();
    for (String name : names) {
      NodeDef node = graph.get(name);
      if (node != null) {
        open.add(node);
      }
    }
    while (!open.isEmpty()) {
      for (FunctionDef function : graph.calls(open.removeLast())) {
        if (all.add(key(function.getSignature().getName()))) {
          open.addAll(function.getNodeDefList());
        }
      }
    }
    return all;
  }

  /** The ops that this TensorFlow has. */
  private static final class Registry {
    private static final Map<String, Boolean> STATEFUL = new HashMap<>();

    static {
      for (OpDef op : TensorFlow.registeredOpList().getOpList()) {
        STATEFUL.put(op.getName(), op.getIsStateful());
      }
    }

    /** Also for an unknown op: the graph cannot be loaded. */
    static boolean isStateful(String op) {
      return STATEFUL.getOrDefault(op, true);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.savedmodel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/** The nodes of a graph by name, and how they depend on each other. */
public final class GraphNodes {
  private static final Set<String> VARIABLE_OPS = Set.of("VarHandleOp", "VariableV2", "Variable");
  private static final Set<String> ASSIGNING_OPS =
      Set.of("Assign", "AssignVariableOp", "AssignAdd", "AssignSub", "AssignAddVariableOp");

  private final Map<String, NodeDef> nodes;
  private final Map<String, FunctionDef> functions;

  private GraphNodes(Collection<NodeDef> nodes, Map<String, FunctionDef> functions) {
    Map<String, NodeDef> byName = new LinkedHashMap<>();
    nodes.forEach(node -> byName.put(node.getName(), node));
    this.nodes = Collections.unmodifiableMap(byName);
    this.functions = functions;
  }

  /** The nodes of a whole graph. */
  public static GraphNodes of(GraphDef graph) {
    return new GraphNodes(
        graph.getNodeList(),
        graph.getLibrary().getFunctionList().stream()
            .collect(
                Collectors.toMap(
                    function -> function.getSignature().getName(),
                    function -> function,
                    (first, second) -> first)));
  }

  /** The nodes inside a function of this library. */
  public GraphNodes inside(FunctionDef function) {
    return new GraphNodes(function.getNodeDefList(), functions);
  }

  public Collection<NodeDef> all() {
    return nodes.values();
  }

  public boolean contains(String name) {
    return nodes.containsKey(name);
  }

  public @Nullable NodeDef get(String name) {
    return nodes.get(name);
  }

  /** The variables, whose nodes hold type and shape. */
  public List<NodeDef> variables() {
    return nodes.values().stream().filter(node -> VARIABLE_OPS.contains(node.getOp())).toList();
  }

  public static boolean assigns(NodeDef node) {
    return ASSIGNING_OPS.contains(node.getOp());
  }

  /** The node and all nodes that it depends on, not following {@code stops}. */
  Set<String> ancestors(String node, Set<String> stops) {
    Set<String> seen = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(node));
    while (!open.isEmpty()) {
      String name = open.removeLast();
      NodeDef found = nodes.get(name);
      if (seen.add(name) && found != null && !stops.contains(name)) {
        found.getInputList().forEach(input -> open.add(opOf(input)));
      }
    }
    return seen;
  }

  /**
   * The nodes that run for some tensors or ops when others are fed: of a node with several outputs
   * of which one is fed the others may be wanted all the same.
   */
  public Set<String> running(Collection<String> wanted, Set<String> fedTensors) {
    Set<String> seen = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(wanted);
    while (!open.isEmpty()) {
      String tensor = open.removeLast();
      NodeDef found = nodes.get(opOf(tensor));
      if (found != null && !fedTensors.contains(fullName(tensor)) && seen.add(found.getName())) {
        open.addAll(found.getInputList());
      }
    }
    return seen;
  }

  /**
   * The functions that a node calls: the one that is its op, and all that its attributes name,
   * those of branches and loops and those that are handed on to be called elsewhere.
   */
  public List<FunctionDef> calls(NodeDef node) {
    List<FunctionDef> found = new ArrayList<>(directCalls(node));
    handedOn(node).stream().filter(each -> !found.contains(each)).forEach(found::add);
    return found;
  }

  /** The functions that receive the node's inputs: its op, and those named by its attributes. */
  public List<FunctionDef> directCalls(NodeDef node) {
    Set<String> names = new LinkedHashSet<>(List.of(node.getOp()));
    node.getAttrMap()
        .values()
        .forEach(value -> functionsOf(value).forEach(each -> names.add(each.getName())));
    return known(names);
  }

  /** The functions that a called function receives as attributes, or has as defaults. */
  public List<FunctionDef> handedOn(NodeDef node) {
    Set<String> names = new LinkedHashSet<>();
    Deque<AttrValue> open = new ArrayDeque<>();
    node.getAttrMap()
        .values()
        .forEach(
            value -> functionsOf(value).forEach(each -> open.addAll(each.getAttrMap().values())));
    directCalls(node).forEach(each -> open.addAll(defaults(each)));
    if (functions.containsKey(node.getOp())) {
      open.addAll(node.getAttrMap().values());
    }
    while (!open.isEmpty()) {
      for (NameAttrList each : functionsOf(open.removeLast())) {
        open.addAll(each.getAttrMap().values());
        FunctionDef function = functions.get(each.getName());
        if (function != null && names.add(each.getName())) {
          open.addAll(defaults(function));
        }
      }
    }
    return known(names);
  }

  private static List<NameAttrList> functionsOf(AttrValue value) {
    List<NameAttrList> found = new ArrayList<>(value.getList().getFuncList());
    if (value.hasFunc()) {
      found.add(value.getFunc());
    }
    return found;
  }

  private static List<AttrValue> defaults(FunctionDef function) {
    return function.getSignature().getAttrList().stream()
        .map(OpDef.AttrDef::getDefaultValue)
        .toList();
  }

  private List<FunctionDef> known(Set<String> names) {
    return names.stream().map(functions::get).filter(Objects::nonNull).toList();
  }

  /** All functions of the library, by name. */
  public Map<String, FunctionDef> functions() {
    return functions;
  }

  /** {@code a/b:0} and {@code ^a/b} are both outputs of the node {@code a/b}. */
  public static String opOf(String tensor) {
    int start = tensor.startsWith("^") ? 1 : 0;
    int colon = tensor.indexOf(':');
    return tensor.substring(start, colon < 0 ? tensor.length() : colon);
  }

  /** {@code a} is the tensor {@code a:0}; {@code ^a} is none. */
  public static String fullName(String tensor) {
    return tensor.startsWith("^") || tensor.indexOf(':') >= 0 ? tensor : tensor + ":0";
  }

  /** The number of the output; functions name the argument too, {@code a/b:tensors:3}. */
  static int outputOf(String tensor) {
    String last = tensor.substring(tensor.lastIndexOf(':') + 1);
    return last.matches("[0-9]{1,9}") ? Integer.parseInt(last) : 0;
  }
}

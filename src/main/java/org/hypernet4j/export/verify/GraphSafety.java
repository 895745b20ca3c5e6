// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.hypernet4j.error.Setting;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.ModelTrust;
import org.hypernet4j.export.savedmodel.AssetFiles;
import org.hypernet4j.export.savedmodel.GraphNodes;
import org.hypernet4j.export.savedmodel.ModelEntries;
import org.hypernet4j.export.savedmodel.ModelEntries.Phase;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.AssetFileDef;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.SavedModel;

/**
 * Searches a model, before TensorFlow loads it, for ops that could do more than compute.
 *
 * <p>What runs when the model is loaded, called or has its variables read must be among the ops of
 * {@link OpPolicy}, in the main graph and in every function that is called. What nothing runs is
 * judged only as far as TensorFlow may evaluate it while it reads the graph: stateless ops of
 * constants. Of the rest the caller is told.
 */
final class GraphSafety {
  private static final String IMPLEMENTS = "api_implements";

  /** Ops on the handle of a variable that do not change it. */
  private static final Set<String> READING =
      Set.of("ReadVariableOp", "VarIsInitializedOp", "Identity");

  /** Known facts about a tensor that may become a file name. */
  private enum Origin {
    CHECKPOINT,
    ASSET,
    /** A variable that the start-up ops set to an asset's path. */
    ASSET_VARIABLE
  }

  /** A function body or the main graph, whose place is empty. */
  private record Frame(
      String place, GraphNodes nodes, Map<String, Origin> arguments, Phase phase, String entry) {}

  private final MetaGraphDef model;
  private final GraphNodes graph;
  private final OpPolicy policy;
  private final Set<String> assetTensors;
  private final Set<String> assetVariables = new HashSet<>();
  private final Map<String, List<FunctionDef>> implementations = new HashMap<>();
  private final Set<String> ran = new LinkedHashSet<>();
  private final Set<List<Object>> seen = new HashSet<>();
  private final Deque<Frame> open = new ArrayDeque<>();
  private final Set<String> problems = new LinkedHashSet<>();
  private final Set<String> idle = new TreeSet<>();

  private GraphSafety(MetaGraphDef model, ModelTrust trust) {
    this.model = model;
    graph = GraphNodes.of(model.getGraphDef());
    policy = new OpPolicy(trust);
    assetTensors = ModelEntries.assets(model);
    for (FunctionDef function : graph.functions().values()) {
      AttrValue implemented = function.getAttrMap().get(IMPLEMENTS);
      if (implemented != null) {
        implementations
            .computeIfAbsent(implemented.getS().toStringUtf8(), key -> new ArrayList<>())
            .add(function);
      }
    }
  }

  /**
   * Findings of the search.
   *
   * @param faults why the model must not be loaded; one for each thing
   * @param idle refused ops that nothing runs, other than those that save the model
   */
  record Finding(List<Fault> faults, Set<String> idle) {}

  /** Judges all graphs of a model: a loader may take any of them. */
  static Finding judge(SavedModel saved, Path folder, ModelTrust trust) {
    if (trust.everything()) {
      return new Finding(List.of(), Set.of());
    }
    Set<String> problems = new LinkedHashSet<>();
    Set<String> idle = new TreeSet<>();
    for (MetaGraphDef each : saved.getMetaGraphsList()) {
      GraphSafety safety = new GraphSafety(each, trust);
      safety.run(folder);
      problems.addAll(safety.problems);
      idle.addAll(safety.idle);
    }
    return new Finding(
        problems.stream().map(each -> new Fault(Fault.Kind.UNSAFE_OP, each)).toList(), idle);
  }

  private void run(Path folder) {
    requireUnique(
        "node", model.getGraphDef().getNodeList().stream().map(NodeDef::getName).toList());
    requireUnique(
        "function",
        model.getGraphDef().getLibrary().getFunctionList().stream()
            .map(function -> function.getSignature().getName())
            .toList());
    for (AssetFileDef asset : AssetFiles.of(model)) {
      String problem = AssetFiles.problem(folder, asset);
      if (problem != null) {
        problems.add(problem);
      }
    }
    List<ModelEntries.Entry> entries = ModelEntries.of(model, graph);
    findAssetVariables(entries);
    for (ModelEntries.Entry entry : entries) {
      Frame frame = new Frame("", graph, Map.of(), entry.phase(), entry.what());
      entry.nodes().forEach(name -> visit(frame, node(graph, name)));
      ran.addAll(entry.nodes());
      while (!open.isEmpty()) {
        Frame inner = open.removeLast();
        inner.nodes().all().forEach(node -> visit(inner, node));
      }
    }
    new IdleOps(graph, policy, ran, model.getSaverDef().getSaveTensorName()).find(problems, idle);
  }

  /** Two things of one name: which of them runs is up to the loader. */
  private void requireUnique(String what, List<String> names) {
    Set<String> once = new HashSet<>();
    for (String name : names) {
      if (!once.add(name)) {
        problems.add("two " + what + "s have the name '" + name + "'");
      }
    }
  }

  /** Variables that the start-up ops set, and only to an asset's path. */
  private void findAssetVariables(List<ModelEntries.Entry> entries) {
    for (ModelEntries.Entry entry : entries) {
      if (entry.phase() == Phase.START) {
        for (String name : entry.nodes()) {
          NodeDef node = node(graph, name);
          if (GraphNodes.assigns(node) && node.getInputCount() > 1) {
            NodeDef variable = graph.get(GraphNodes.opOf(node.getInput(0)));
            if (variable != null && assetTensors.contains(origin(graph, node.getInput(1)))) {
              assetVariables.add(identity(variable));
            }
          }
        }
      }
    }
  }

  /** Nodes of one shared name are one variable. */
  private static String identity(NodeDef variable) {
    String shared =
        variable
            .getAttrOrDefault("shared_name", AttrValue.getDefaultInstance())
            .getS()
            .toStringUtf8();
    return shared.isEmpty() ? variable.getName() : shared;
  }

  private void visit(Frame frame, NodeDef node) {
    boolean isCall = graph.functions().containsKey(node.getOp());
    if (!isCall && !policy.allows(node)) {
      refuse(frame, node, "is not among the ops that inference needs");
    } else if (!isCall && policy.fileName(node) != OpPolicy.FileName.NONE) {
      Origin needed =
          policy.fileName(node) == OpPolicy.FileName.CHECKPOINT ? Origin.CHECKPOINT : Origin.ASSET;
      int input = OpPolicy.fileNameInput(node);
      if (node.getInputCount() <= input || origin(frame, node.getInput(input)) != needed) {
        refuse(frame, node, "opens a file whose name does not come from the loader");
      }
    } else if (touchesAssetVariable(frame, node)) {
      refuse(frame, node, "changes a variable that holds the path of an asset");
    }
    for (FunctionDef function : graph.directCalls(node)) {
      call(frame, node, function, firstArgument(node));
    }
    // who calls these, and with what, is not known
    graph.handedOn(node).forEach(function -> call(frame, node, function, -1));
  }

  /** Whether the node may do more to such a variable than read it or set it unchanged. */
  private boolean touchesAssetVariable(Frame frame, NodeDef node) {
    if (!frame.place().isEmpty() && node.getOp().equals("VarHandleOp")) {
      // a function can open it under its shared name, which its caller may fill in
      return assetVariables.contains(identity(node))
          || (!assetVariables.isEmpty()
              && node.getAttrMap().values().stream().anyMatch(AttrValue::hasPlaceholder));
    }
    if (READING.contains(node.getOp()) || firstArgument(node) >= 0) {
      return false;
    }
    List<String> inputs =
        node.getInputList().stream().filter(input -> !input.startsWith("^")).toList();
    if (inputs.stream().noneMatch(input -> origin(frame, input) == Origin.ASSET_VARIABLE)) {
      return false;
    }
    return !(node.getOp().equals("AssignVariableOp")
        && inputs.size() == 2
        && origin(frame, inputs.get(1)) == Origin.ASSET);
  }

  private void call(Frame frame, NodeDef node, FunctionDef function, int first) {
    enter(frame, node, function, first);
    AttrValue implemented = function.getAttrMap().get(IMPLEMENTS);
    if (implemented != null) {
      // TensorFlow may substitute one of the others
      implementations
          .getOrDefault(implemented.getS().toStringUtf8(), List.of())
          .forEach(other -> enter(frame, node, other, first));
    }
  }

  private void enter(Frame frame, NodeDef node, FunctionDef function, int first) {
    ran.add(IdleOps.key(function.getSignature().getName()));
    Map<String, Origin> arguments = new TreeMap<>();
    List<OpDef.ArgDef> names = function.getSignature().getInputArgList();
    boolean single =
        names.stream()
            .allMatch(arg -> arg.getNumberAttr().isEmpty() && arg.getTypeListAttr().isEmpty());
    for (int i = 0;
        single && first >= 0 && i < names.size() && first + i < node.getInputCount();
        i++) {
      Origin origin = origin(frame, node.getInput(first + i));
      if (origin != null) {
        arguments.put(names.get(i).getName(), origin);
      }
    }
    if (seen.add(List.of(function.getSignature().getName(), arguments, frame.phase()))) {
      open.add(
          new Frame(
              function.getSignature().getName(),
              graph.inside(function),
              arguments,
              frame.phase(),
              frame.entry()));
    }
  }

  /**
   * Index of the input of a node that becomes the first argument of its functions; -1 if none does,
   * or only at the first call, as in a loop.
   */
  private int firstArgument(NodeDef node) {
    return switch (node.getOp()) {
      case "PartitionedCall", "StatefulPartitionedCall" -> 0;
      case "If", "StatelessIf", "Case", "StatelessCase" -> 1;
      default -> graph.functions().containsKey(node.getOp()) ? 0 : -1;
    };
  }

  private @Nullable Origin origin(Frame frame, String tensor) {
    String from = origin(frame.nodes(), tensor);
    NodeDef node = frame.nodes().get(GraphNodes.opOf(from));
    if (node != null && node.getOp().equals("ReadVariableOp") && node.getInputCount() > 0) {
      return origin(frame, node.getInput(0)) == Origin.ASSET_VARIABLE ? Origin.ASSET : null;
    }
    if (!frame.place().isEmpty()) {
      return node == null ? frame.arguments().get(GraphNodes.opOf(from)) : null;
    }
    if (node != null && assetVariables.contains(identity(node))) {
      // the output of a reference variable is its value
      return node.getOp().equals("VarHandleOp") ? Origin.ASSET_VARIABLE : null;
    }
    if (frame.phase() == Phase.CALL) {
      return null; // nothing is fed
    }
    if (assetTensors.contains(from)) {
      return Origin.ASSET;
    }
    return frame.phase() == Phase.RESTORE
            && from.equals(GraphNodes.fullName(model.getSaverDef().getFilenameTensorName()))
        ? Origin.CHECKPOINT
        : null;
  }

  /** The tensor that Identity nodes hand on, unless the loader feeds one of them. */
  private String origin(GraphNodes nodes, String tensor) {
    String from = GraphNodes.fullName(tensor);
    String saver = GraphNodes.fullName(model.getSaverDef().getFilenameTensorName());
    Set<String> visited = new HashSet<>();
    NodeDef node = nodes.get(GraphNodes.opOf(from));
    while (node != null
        && node.getOp().equals("Identity")
        && node.getInputCount() > 0
        && !(nodes == graph && (from.equals(saver) || assetTensors.contains(from)))
        && visited.add(from)) {
      from = GraphNodes.fullName(node.getInput(0));
      node = nodes.get(GraphNodes.opOf(from));
    }
    return from;
  }

  private static NodeDef node(GraphNodes nodes, String name) {
    NodeDef node = nodes.get(name);
    return node == null ? NodeDef.getDefaultInstance() : node;
  }

  private void refuse(Frame frame, NodeDef node, String why) {
    problems.add(
        "the op '%s' (node '%s'%s, run by %s) %s"
            .formatted(
                node.getOp(),
                node.getName(),
                frame.place().isEmpty() ? "" : " of the function '" + frame.place() + "'",
                frame.entry(),
                why));
  }

  /** The next step for a model that is refused. */
  static String advice(List<Fault> faults) {
    String ops =
        faults.stream()
            .map(fault -> fault.message().split("'", 3))
            .filter(parts -> parts.length > 1 && parts[0].equals("the op "))
            .map(parts -> Setting.of("allowOp", parts[1]).toString())
            .distinct()
            .limit(3)
            .collect(Collectors.joining(" "));
    return "if you know what it does and trust its author, "
        + (ops.isEmpty() ? "" : "allow it by '" + ops + "', or anything ")
        + "by '"
        + Setting.of("trust")
        + "'";
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.TensorFlow;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/**
 * Turns a graph into a function of another graph's library: the body of a loop, or a step that is
 * called. Unlike {@code ConcreteFunction} it takes arguments of every type, lists of tensors
 * included.
 */
public final class GraphFunction {
  /** Inlines a loop into its graph when that runs, in place of one call for each iteration. */
  static final String LOWERED = "_lower_using_switch_merge";

  private static volatile Map<String, OpDef> ops = Map.of();
  private static final Set<String> IDENTITIES = Set.of("Identity", "IdentityN", "StopGradient");

  private GraphFunction() {}

  /**
   * Adds a function to a graph's library. Ops that the results do not depend on are left out.
   *
   * @param target the graph that will call the function
   * @param name unique in that graph's library
   * @param body holds the function's ops; it may be closed afterwards
   * @param arguments placeholders of {@code body}
   * @param results tensors of {@code body}
   * @return the value for an op's function attribute
   */
  public static AttrValue define(
      Graph target,
      String name,
      Graph body,
      List<? extends Operand<?>> arguments,
      List<? extends Operand<?>> results) {
    return define(target, name, body, arguments, results, false);
  }

  /**
   * As {@link #define(Graph, String, Graph, List, List)}, for XLA as well.
   *
   * @param compiled whether XLA compiles it; loops then remain single ops, which XLA replaces by
   *     its own
   */
  public static AttrValue define(
      Graph target,
      String name,
      Graph body,
      List<? extends Operand<?>> arguments,
      List<? extends Operand<?>> results,
      boolean compiled) {
    Map<String, NodeDef> nodes = new LinkedHashMap<>();
    GraphDef definition = body.toGraphDef();
    definition.getNodeList().forEach(node -> nodes.put(node.getName(), node));
    nodes.replaceAll((nodeName, node) -> withoutIdentities(node, nodes));
    List<String> wanted =
        results.stream().map(result -> source(nameOf(result.asOutput()), nodes)).toList();
    Map<String, String> argumentNames = new HashMap<>();
    OpDef.Builder signature = OpDef.newBuilder().setName(name);
    FunctionDef.Builder function = FunctionDef.newBuilder();
    for (int i = 0; i < arguments.size(); i++) {
      Output<?> argument = arguments.get(i).asOutput();
      argumentNames.put(argument.op().name(), "a" + i);
      signature.addInputArgBuilder().setName("a" + i).setType(argument.dataType());
      function.putArgAttr(i, shapeOf(argument));
    }
    Map<String, NodeDef> used = reached(nodes, wanted, argumentNames);
    for (NodeDef node : used.values()) {
      NodeDef.Builder added = rewired(node, nodes, argumentNames);
      function.addNodeDef(compiled ? added.removeAttr(LOWERED) : added);
    }
    for (int i = 0; i < results.size(); i++) {
      Output<?> result = results.get(i).asOutput();
      signature.addOutputArgBuilder().setName("r" + i).setType(result.dataType());
      String from = nodeOf(wanted.get(i));
      function.putRet(
          "r" + i,
          argumentNames.containsKey(from)
              ? get(argumentNames, from)
              : port(get(nodes, from), indexOf(wanted.get(i))));
    }
    function.setSignature(signature);
    target.importGraphDef(
        GraphDef.newBuilder()
            .setVersions(definition.getVersions())
            // with the functions that the body calls
            .setLibrary(definition.getLibrary().toBuilder().addFunction(function))
            .build());
    return AttrValue.newBuilder().setFunc(NameAttrList.newBuilder().setName(name)).build();
  }

  private static FunctionDef.ArgAttrs shapeOf(Output<?> argument) {
    var shape = org.tensorflow.proto.TensorShapeProto.newBuilder();
    if (argument.shape().isUnknown()) {
      shape.setUnknownRank(true);
    } else {
      for (long size : argument.shape().asArray()) {
        shape.addDimBuilder().setSize(size);
      }
    }
    return FunctionDef.ArgAttrs.newBuilder()
        .putAttr(
            "_output_shapes",
            AttrValue.newBuilder()
                .setList(AttrValue.ListValue.newBuilder().addShape(shape))
                .build())
        .build();
  }

  private static Map<String, NodeDef> reached(
      Map<String, NodeDef> nodes, List<String> wanted, Map<String, String> arguments) {
    Map<String, NodeDef> used = new LinkedHashMap<>();
    Deque<String> todo = new ArrayDeque<>();
    wanted.forEach(tensor -> todo.push(nodeOf(tensor)));
    while (!todo.isEmpty()) {
      String name = todo.pop();
      if (!arguments.containsKey(name) && !used.containsKey(name)) {
        NodeDef node = get(nodes, name);
        if (node.getOp().startsWith("Placeholder")) {
          throw new IllegalStateException(name + " is used but is not an argument");
        }
        used.put(name, node);
        node.getInputList().forEach(input -> todo.push(nodeOf(input)));
      }
    }
    return used;
  }

  private static NodeDef.Builder rewired(
      NodeDef node, Map<String, NodeDef> nodes, Map<String, String> arguments) {
    NodeDef.Builder changed = node.toBuilder().clearInput();
    for (String input : node.getInputList()) {
      String from = nodeOf(input);
      String argument = arguments.get(from);
      if (input.startsWith("^")) {
        changed.addInput("^" + (argument == null ? from : argument));
      } else if (argument != null) {
        changed.addInput(argument);
      } else {
        changed.addInput(port(get(nodes, from), indexOf(input)));
      }
    }
    return changed;
  }

  /**
   * A node that reads its inputs past any identity ops. Tensors that only gradients needed, the
   * inputs of a piece whose value was saved for example, are then not computed at all.
   */
  private static NodeDef withoutIdentities(NodeDef node, Map<String, NodeDef> nodes) {
    NodeDef.Builder changed = node.toBuilder().clearInput();
    node.getInputList()
        .forEach(input -> changed.addInput(input.startsWith("^") ? input : source(input, nodes)));
    return changed.build();
  }

  private static String source(String tensor, Map<String, NodeDef> nodes) {
    String at = tensor;
    while (true) {
      NodeDef node = nodes.get(nodeOf(at));
      if (node == null
          || !IDENTITIES.contains(node.getOp())
          || node.getInputList().stream().anyMatch(input -> input.startsWith("^"))) {
        return at;
      }
      at = node.getInput(indexOf(at));
    }
  }

  private static String nameOf(Output<?> output) {
    return output.op().name() + ":" + output.index();
  }

  private static int indexOf(String tensor) {
    int colon = tensor.indexOf(':');
    return colon < 0 ? 0 : Integer.parseInt(tensor.substring(colon + 1));
  }

  private static String nodeOf(String input) {
    int from = input.startsWith("^") ? 1 : 0;
    int colon = input.indexOf(':');
    return input.substring(from, colon < 0 ? input.length() : colon);
  }

  /** An output as functions name it: node, name of the op's output, number within that. */
  private static String port(NodeDef node, int index) {
    int before = 0;
    for (OpDef.ArgDef output : opDef(node.getOp()).getOutputArgList()) {
      int size = 1;
      if (!output.getNumberAttr().isEmpty()) {
        size = (int) node.getAttrOrThrow(output.getNumberAttr()).getI();
      } else if (!output.getTypeListAttr().isEmpty()) {
        size = node.getAttrOrThrow(output.getTypeListAttr()).getList().getTypeCount();
      }
      if (index < before + size) {
        return node.getName() + ":" + output.getName() + ":" + (index - before);
      }
      before += size;
    }
    throw new IllegalStateException(node.getName() + " has no output " + index);
  }

  /** Two threads may both read the list: better than one that waits inside TensorFlow. */
  private static OpDef opDef(String type) {
    Map<String, OpDef> known = ops;
    if (known.isEmpty()) {
      Map<String, OpDef> read = new HashMap<>();
      TensorFlow.registeredOpList().getOpList().forEach(op -> read.put(op.getName(), op));
      known = Map.copyOf(read);
      ops = known;
    }
    return get(known, type);
  }

  private static <V> V get(Map<String, V> map, String key) {
    V value = map.get(key);
    if (value == null) {
      throw new IllegalStateException("no " + key);
    }
    return value;
  }

  /** A placeholder that stands for a tensor of another graph. */
  static Output<?> argument(Ops tf, int index, Output<?> like) {
    return tf.scope()
        .opBuilder("Placeholder", "argument" + index)
        .setAttr("dtype", like.dataType())
        .setAttr("shape", like.shape())
        .build()
        .output(0);
  }
}

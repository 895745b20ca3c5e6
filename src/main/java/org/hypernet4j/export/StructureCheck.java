package org.hypernet4j.export;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.proto.VariableDef;

/**
 * What can be said of a model from its graph alone. Most of this is silent when a model loads and
 * fails, or answers wrongly, when it serves.
 */
final class StructureCheck {
  static final String PREDICT_METHOD = "tensorflow/serving/predict";
  static final String VARIABLES = "variables";
  static final String TRAINABLE_VARIABLES = "trainable_variables";

  private static final String INIT_SIGNATURE = "__saved_model_init_op";
  private static final List<String> INIT_COLLECTIONS =
      List.of("saved_model_main_op", "legacy_init_op");
  private static final Set<String> ASSIGNING_OPS =
      Set.of("Assign", "AssignVariableOp", "AssignAdd", "AssignSub", "AssignAddVariableOp");
  private static final Set<String> VARIABLE_OPS = Set.of("VarHandleOp", "VariableV2");

  private final MetaGraphDef model;
  private final Map<String, NodeDef> nodes = new HashMap<>();
  private final List<Fault> faults = new ArrayList<>();

  private StructureCheck(MetaGraphDef model) {
    this.model = model;
    model.getGraphDef().getNodeList().forEach(node -> nodes.put(node.getName(), node));
  }

  /** All faults, in the order: variables, start-up ops, signatures. */
  static List<Fault> faults(MetaGraphDef model) {
    StructureCheck check = new StructureCheck(model);
    check.checkVariables();
    check.checkInitOps();
    check.checkSignatures();
    return check.faults;
  }

  /** Whether the model has anything to restore. */
  static boolean hasVariables(MetaGraphDef model) {
    return model.getGraphDef().getNodeList().stream()
        .anyMatch(node -> VARIABLE_OPS.contains(node.getOp()));
  }

  /** The variables that the collections list, by name, with the tensor that reads each. */
  static Map<String, String> readTensors(MetaGraphDef model) {
    Map<String, String> tensors = new LinkedHashMap<>();
    CollectionDef listed = model.getCollectionDefMap().get(VARIABLES);
    if (listed != null) {
      for (ByteString bytes : listed.getBytesList().getValueList()) {
        try {
          VariableDef variable = VariableDef.parseFrom(bytes);
          tensors.put(opOf(variable.getVariableName()), variable.getSnapshotName());
        } catch (InvalidProtocolBufferException e) {
          // an entry that nobody can read lists no variable, which checkVariables reports
        }
      }
    }
    return tensors;
  }

  private void checkVariables() {
    if (!hasVariables(model)) {
      return;
    }
    SaverDef saver = model.getSaverDef();
    boolean found = true;
    for (String name : List.of(opOf(saver.getFilenameTensorName()), saver.getRestoreOpName())) {
      if (!nodes.containsKey(name)) {
        found = false;
        add(Fault.Kind.SAVER, "saver_def names the node '" + name + "', which is not in the graph");
      }
    }
    Set<String> restored = new HashSet<>();
    for (String name : found ? ancestors(saver.getRestoreOpName(), Set.of()) : Set.<String>of()) {
      NodeDef node = nodes.get(name);
      if (node != null && ASSIGNING_OPS.contains(node.getOp())) {
        restored.add(opOf(node.getInput(0)));
      }
    }
    Map<String, String> listed = readTensors(model);
    for (NodeDef node : nodes.values()) {
      if (!VARIABLE_OPS.contains(node.getOp())) {
        continue;
      }
      if (found && !restored.contains(node.getName())) {
        add(Fault.Kind.VARIABLE, "'" + node.getName() + "' is not restored when the model loads");
      }
      String read = listed.get(node.getName());
      if (read == null || !nodes.containsKey(opOf(read))) {
        add(
            Fault.Kind.VARIABLE,
            "'" + node.getName() + "' is not in the collection 'variables': Python cannot see it");
      }
    }
  }

  private void checkInitOps() {
    List<String> start = new ArrayList<>();
    for (String collection : INIT_COLLECTIONS) {
      CollectionDef nodesOf = model.getCollectionDefMap().get(collection);
      if (nodesOf != null) {
        start.addAll(nodesOf.getNodeList().getValueList());
      }
    }
    SignatureDef signature = model.getSignatureDefMap().get(INIT_SIGNATURE);
    if (signature != null) {
      signature.getOutputsMap().values().forEach(info -> start.add(info.getName()));
    }
    for (String op : start) {
      for (String name : ancestors(opOf(op), Set.of())) {
        NodeDef node = nodes.get(name);
        if (node != null && ASSIGNING_OPS.contains(node.getOp())) {
          add(
              Fault.Kind.ASSIGNING_INIT_OP,
              "'" + op + "' runs after the weights are restored and overwrites them: " + name);
        }
      }
    }
  }

  private void checkSignatures() {
    Map<String, SignatureDef> signatures = new LinkedHashMap<>(model.getSignatureDefMap());
    signatures.keySet().removeIf(key -> key.startsWith("__saved_model"));
    if (signatures.isEmpty()) {
      add(Fault.Kind.SIGNATURE, "the model has none");
    }
    signatures.forEach(this::checkSignature);
  }

  private void checkSignature(String key, SignatureDef signature) {
    String where = "signature '" + key + "'";
    if (!signature.getMethodName().equals(PREDICT_METHOD)) {
      add(
          Fault.Kind.SIGNATURE,
          where
              + " has the method name '"
              + signature.getMethodName()
              + "', servers expect '"
              + PREDICT_METHOD
              + "'");
    }
    Set<String> fed = new LinkedHashSet<>();
    signature
        .getInputsMap()
        .forEach(
            (alias, info) -> {
              String input = where + ", input '" + alias + "'";
              checkTensor(input, info);
              if (!fed.add(opOf(info.getName()))) {
                add(
                    Fault.Kind.SIGNATURE,
                    input + " is the tensor '" + info.getName() + "' of another input");
              }
              NodeDef node = nodes.get(opOf(info.getName()));
              if (node != null && !node.getOp().startsWith("Placeholder")) {
                add(Fault.Kind.SIGNATURE, input + " is not a placeholder but " + node.getOp());
              }
            });
    signature
        .getOutputsMap()
        .forEach(
            (alias, info) -> {
              String output = where + ", output '" + alias + "'";
              checkTensor(output, info);
              for (String name : ancestors(opOf(info.getName()), fed)) {
                NodeDef node = nodes.get(name);
                // PlaceholderWithDefault has a value of its own
                if (node != null
                    && !fed.contains(name)
                    && (node.getOp().equals("Placeholder")
                        || node.getOp().equals("PlaceholderV2"))) {
                  add(
                      Fault.Kind.FOREIGN_PLACEHOLDER,
                      output
                          + " depends on the placeholder '"
                          + name
                          + "', which is not an input of the signature");
                }
              }
            });
  }

  private void checkTensor(String where, TensorInfo info) {
    if (!nodes.containsKey(opOf(info.getName()))) {
      add(
          Fault.Kind.SIGNATURE,
          where + " is the tensor '" + info.getName() + "', not in the graph");
    }
    TensorShapeProto shape = info.getTensorShape();
    if (shape.getUnknownRank() || shape.getDimCount() == 0 || shape.getDim(0).getSize() != -1) {
      add(
          Fault.Kind.SIGNATURE,
          where
              + " has the shape "
              + describe(shape)
              + ", batching needs [-1, ...]: axis 0 the batch, of unknown size");
    }
  }

  private static String describe(TensorShapeProto shape) {
    return shape.getUnknownRank()
        ? "of unknown rank"
        : shape.getDimList().stream().map(TensorShapeProto.Dim::getSize).toList().toString();
  }

  /** The node and all that it needs, not looking behind {@code stops}. */
  private Set<String> ancestors(String node, Set<String> stops) {
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

  /** {@code a/b:0} and {@code ^a/b} are both outputs of the node {@code a/b}. */
  private static String opOf(String tensor) {
    int start = tensor.startsWith("^") ? 1 : 0;
    int colon = tensor.indexOf(':');
    return tensor.substring(start, colon < 0 ? tensor.length() : colon);
  }

  private void add(Fault.Kind kind, String message) {
    faults.add(new Fault(kind, message));
  }
}

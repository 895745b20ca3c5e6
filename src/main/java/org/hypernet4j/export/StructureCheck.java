package org.hypernet4j.export;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
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
  private static final Set<String> METHODS =
      Set.of(PREDICT_METHOD, "tensorflow/serving/classify", "tensorflow/serving/regress");
  // an optimizer's update of a variable
  private static final Pattern TRAINING_OP = Pattern.compile("(Resource)?(Sparse)?Apply[A-Z].*");

  private final MetaGraphDef model;
  private final GraphNodes nodes;
  private final List<Fault> faults = new ArrayList<>();

  private StructureCheck(MetaGraphDef model) {
    this.model = model;
    nodes = GraphNodes.of(model.getGraphDef());
  }

  /** All faults, in the order: variables, start-up ops, training ops, signatures. */
  static List<Fault> faults(MetaGraphDef model) {
    StructureCheck check = new StructureCheck(model);
    check.checkVariables();
    check.checkInitOps();
    check.checkTrainingOps();
    check.checkSignatures();
    return check.faults;
  }

  /** The variables that the collections list, by name, with the tensor that reads each. */
  static Map<String, String> readTensors(MetaGraphDef model) {
    return listed(model, VARIABLES);
  }

  /** The same of one of the two collections. */
  static Map<String, String> listed(MetaGraphDef model, String collection) {
    Map<String, String> tensors = new LinkedHashMap<>();
    CollectionDef listed = model.getCollectionDefMap().get(collection);
    if (listed != null) {
      for (ByteString bytes : listed.getBytesList().getValueList()) {
        try {
          VariableDef variable = VariableDef.parseFrom(bytes);
          tensors.put(GraphNodes.opOf(variable.getVariableName()), variable.getSnapshotName());
        } catch (InvalidProtocolBufferException e) {
          // an entry that nobody can read lists no variable, which checkVariables reports
        }
      }
    }
    return tensors;
  }

  private void checkVariables() {
    List<NodeDef> variables = nodes.variables();
    if (variables.isEmpty()) {
      return;
    }
    SaverDef saver = model.getSaverDef();
    boolean found = true;
    for (String name :
        List.of(GraphNodes.opOf(saver.getFilenameTensorName()), saver.getRestoreOpName())) {
      if (!nodes.contains(name)) {
        found = false;
        add(Fault.Kind.SAVER, "saver_def names the node '" + name + "', which is not in the graph");
      }
    }
    Set<String> restored =
        found ? AssignedVariables.by(nodes, saver.getRestoreOpName()).keySet() : Set.of();
    Map<String, String> listed = readTensors(model);
    boolean onlyObjects = model.hasObjectGraphDef() && !model.containsCollectionDef(VARIABLES);
    for (NodeDef variable : variables) {
      String name = variable.getName();
      if (found && !restored.contains(name)) {
        add(Fault.Kind.VARIABLE, "'" + name + "' is not restored when the model loads");
      }
      String read = listed.get(name);
      // TensorFlow 2 tells Python of its variables in another way
      if (!onlyObjects && (read == null || !nodes.contains(GraphNodes.opOf(read)))) {
        add(
            Fault.Kind.VARIABLE,
            "'" + name + "' is not in the collection 'variables': Python cannot see it");
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
      Set<String> assigned = new TreeSet<>(AssignedVariables.by(nodes, op).keySet());
      if (!assigned.isEmpty()) {
        add(
            Fault.Kind.ASSIGNING_INIT_OP,
            "'"
                + op
                + "' runs after the weights are restored and overwrites "
                + Fault.names(assigned));
      }
    }
  }

  private void checkTrainingOps() {
    List<String> found =
        nodes.all().stream()
            .filter(node -> TRAINING_OP.matcher(node.getOp()).matches())
            .map(NodeDef::getName)
            .toList();
    if (!found.isEmpty()) {
      add(
          Fault.Kind.TRAINING_OP,
          "the graph is that of the training, with the optimizer: " + Fault.names(found));
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
    if (!METHODS.contains(signature.getMethodName())) {
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
              if (!fed.add(GraphNodes.opOf(info.getName()))) {
                add(
                    Fault.Kind.SIGNATURE,
                    input + " is the tensor '" + info.getName() + "' of another input");
              }
              NodeDef node = nodes.get(GraphNodes.opOf(info.getName()));
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
              for (String name : nodes.ancestors(GraphNodes.opOf(info.getName()), fed)) {
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
    if (!nodes.contains(GraphNodes.opOf(info.getName()))) {
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

  /** The sizes of a shape. */
  static String describe(TensorShapeProto shape) {
    return shape.getUnknownRank()
        ? "of unknown rank"
        : shape.getDimList().stream().map(TensorShapeProto.Dim::getSize).toList().toString();
  }

  private void add(Fault.Kind kind, String message) {
    faults.add(new Fault(kind, message));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.savedmodel.AssignedVariables;
import org.hypernet4j.export.savedmodel.GraphNodes;
import org.hypernet4j.export.savedmodel.ModelEntries;
import org.hypernet4j.export.savedmodel.ModelVariables;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Checks of a model that need its graph alone. Most of this is silent when a model loads and fails,
 * or answers wrongly, when it serves.
 */
public final class StructureCheck {
  private static final Set<String> METHODS =
      Set.of(
          ModelVariables.PREDICT_METHOD,
          "tensorflow/serving/classify",
          "tensorflow/serving/regress");
  // an optimizer's update of a variable
  private static final Pattern TRAINING_OP = Pattern.compile("(Resource)?(Sparse)?Apply[A-Z].*");

  private final MetaGraphDef model;
  private final GraphNodes nodes;
  private final boolean ours;
  private final Set<String> called;
  private final List<Fault> faults = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  private StructureCheck(MetaGraphDef model, boolean ours) {
    this.model = model;
    this.ours = ours;
    nodes = GraphNodes.of(model.getGraphDef());
    called = ModelEntries.called(model, nodes);
  }

  /** All faults of a model that this library writes. */
  public static List<Fault> faults(MetaGraphDef model) {
    return of(model, true).faults;
  }

  /**
   * The check of a model, in the order: variables, start-up ops, training ops, signatures.
   *
   * @param ours whether this library wrote it. Of others' models only what signatures reach is
   *     looked at, and what keeps a server from batching is no fault
   */
  static StructureCheck of(MetaGraphDef model, boolean ours) {
    StructureCheck check = new StructureCheck(model, ours);
    check.checkVariables();
    check.checkInitOps();
    check.checkTrainingOps();
    check.checkSignatures();
    return check;
  }

  /** Adds what was found to the lists of a report. */
  void addTo(List<Fault> allFaults, List<String> allNotes) {
    allFaults.addAll(faults);
    allNotes.addAll(notes);
  }

  private void checkVariables() {
    List<NodeDef> variables = ModelVariables.variables(model, nodes, ours);
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
    Set<String> started = new TreeSet<>();
    for (String op : ModelEntries.startOps(model)) {
      AssignedVariables.by(nodes, op).keySet().forEach(name -> started.add(identity(name)));
    }
    Set<String> set = restored.stream().map(this::identity).collect(Collectors.toSet());
    Map<String, String> listed = ModelVariables.readTensors(model);
    boolean onlyObjects =
        model.hasObjectGraphDef() && !model.containsCollectionDef(ModelVariables.VARIABLES);
    for (NodeDef variable : variables) {
      String name = variable.getName();
      if (found && !set.contains(identity(name)) && !started.contains(identity(name))) {
        add(Fault.Kind.VARIABLE, "'" + name + "' is not restored when the model loads");
      }
      String read = listed.get(name);
      // TensorFlow 2 describes its variables to Python in another way
      if (!onlyObjects && (read == null || !nodes.contains(GraphNodes.opOf(read)))) {
        add(
            Fault.Kind.VARIABLE,
            "'" + name + "' is not in the collection 'variables': Python cannot see it");
      }
    }
  }

  private void checkInitOps() {
    Set<String> restored = new TreeSet<>();
    AssignedVariables.by(nodes, model.getSaverDef().getRestoreOpName())
        .keySet()
        .forEach(name -> restored.add(identity(name)));
    for (String op : ModelEntries.startOps(model)) {
      Set<String> assigned = new TreeSet<>(AssignedVariables.by(nodes, op).keySet());
      // one that no checkpoint holds gets its value here, the path of an asset for example
      assigned.removeIf(name -> !restored.contains(identity(name)));
      if (!ours) {
        Set<String> reached = called.stream().map(this::identity).collect(Collectors.toSet());
        assigned.removeIf(name -> !reached.contains(identity(name)));
      }
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
    List<String> running = found.stream().filter(called::contains).toList();
    if (!running.isEmpty() || (ours && !found.isEmpty())) {
      add(
          Fault.Kind.TRAINING_OP,
          "the graph is that of the training, with the optimizer: "
              + Fault.names(ours ? found : running));
    } else if (!found.isEmpty()) {
      notes.add(
          "the graph is that of the training, with the optimizer, which no signature runs: "
              + Fault.names(found));
    }
  }

  private void checkSignatures() {
    Map<String, SignatureDef> signatures = ModelEntries.signatures(model);
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
              + ModelVariables.PREDICT_METHOD
              + "'");
    }
    Set<String> fed = new LinkedHashSet<>();
    Set<String> fedTensors = Set.copyOf(ModelEntries.tensors(signature.getInputsMap()));
    signature
        .getInputsMap()
        .forEach(
            (alias, info) -> {
              String input = where + ", input '" + alias + "'";
              checkTensor(input, info);
              if (!fed.add(GraphNodes.opOf(info.getName())) && ours) {
                add(
                    Fault.Kind.SIGNATURE,
                    input + " is the tensor '" + info.getName() + "' of another input");
              }
              NodeDef node = nodes.get(GraphNodes.opOf(info.getName()));
              if (ours && node != null && !node.getOp().startsWith("Placeholder")) {
                add(Fault.Kind.SIGNATURE, input + " is not a placeholder but " + node.getOp());
              }
            });
    signature
        .getOutputsMap()
        .forEach(
            (alias, info) -> {
              String output = where + ", output '" + alias + "'";
              checkTensor(output, info);
              for (String name : nodes.running(List.of(info.getName()), fedTensors)) {
                NodeDef node = nodes.get(name);
                // PlaceholderWithDefault has a value of its own
                if (node != null
                    && !fedTensors.contains(name + ":0")
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
    if (!info.getName().isEmpty() && !nodes.contains(GraphNodes.opOf(info.getName()))) {
      add(
          Fault.Kind.SIGNATURE,
          where + " is the tensor '" + info.getName() + "', not in the graph");
    }
    TensorShapeProto shape = info.getTensorShape();
    if (shape.getUnknownRank() || shape.getDimCount() == 0 || shape.getDim(0).getSize() != -1) {
      String message =
          where
              + " has the shape "
              + ModelVariables.describe(shape)
              + ", batching needs [-1, ...]: axis 0 the batch, of unknown size";
      if (ours) {
        add(Fault.Kind.SIGNATURE, message);
      } else if (!shape.getUnknownRank()) {
        notes.add(message);
      }
    }
  }

  /** Nodes of one shared name are one variable. */
  private String identity(String name) {
    NodeDef node = nodes.get(name);
    String shared =
        node == null
            ? ""
            : node.getAttrOrDefault("shared_name", AttrValue.getDefaultInstance())
                .getS()
                .toStringUtf8();
    return shared.isEmpty() ? name : shared;
  }

  private void add(Fault.Kind kind, String message) {
    faults.add(new Fault(kind, message));
  }
}

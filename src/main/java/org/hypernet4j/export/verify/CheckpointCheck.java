// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.ModelFiles;
import org.hypernet4j.export.TensorArrays;
import org.hypernet4j.export.savedmodel.AssignedVariables;
import org.hypernet4j.export.savedmodel.GraphNodes;
import org.hypernet4j.export.savedmodel.ModelEntries;
import org.hypernet4j.export.savedmodel.ModelVariables;
import org.hypernet4j.export.savedmodel.ObjectGraph;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.NpyType;
import org.hypernet4j.io.internal.BundledTensor;
import org.hypernet4j.io.internal.TensorBundle;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Compares a model's variables with its checkpoint before TensorFlow gets to read it: every
 * variable is in it with its type and shape, the bytes have their checksums, no weight of ours is
 * NaN, and the objects that Python makes of it are whole.
 */
final class CheckpointCheck {
  // what Java arrays can hold; the rest is left to TensorFlow
  private static final int MAX_BYTES = Integer.MAX_VALUE / 2;

  private final Path folder;
  private final boolean ours;
  private final List<Fault> faults;
  private final List<String> notes;
  private final Set<String> notFinite = new TreeSet<>();

  /**
   * A check of the model in a folder.
   *
   * @param ours whether this library wrote it. Others may store an attention mask of -inf, which is
   *     no fault
   */
  CheckpointCheck(Path folder, boolean ours, List<Fault> faults, List<String> notes) {
    this.folder = folder;
    this.ours = ours;
    this.faults = faults;
    this.notes = notes;
  }

  /**
   * Adds the faults found.
   *
   * @return whether the files are such that TensorFlow can be asked to read them
   */
  boolean run(MetaGraphDef model) {
    GraphNodes graph = GraphNodes.of(model.getGraphDef());
    if (!Files.exists(folder.resolve(ModelFiles.VARIABLES_INDEX)) && !isNeeded(model, ours)) {
      return true;
    }
    if (!Files.isRegularFile(folder.resolve(ModelFiles.VARIABLES_INDEX))) {
      add(Fault.Kind.MISSING_FILE, ModelFiles.missing(ModelFiles.VARIABLES_INDEX));
      return false;
    }
    TensorBundle checkpoint;
    try {
      checkpoint = TensorBundle.open(folder.resolve(ModelFiles.VARIABLES_PREFIX));
    } catch (UserError e) {
      add(
          Fault.Kind.UNREADABLE_FILE,
          ModelFiles.VARIABLES_INDEX + " is not the index of a checkpoint: " + Verifier.oneLine(e));
      return false;
    }
    compare(graph, model.getSaverDef().getRestoreOpName(), checkpoint);
    boolean whole = true;
    for (Path file : checkpoint.files()) {
      if (!Files.isRegularFile(file)) {
        add(Fault.Kind.MISSING_FILE, name(file) + " is not there");
        whole = false;
      }
    }
    if (whole) {
      checkpoint.tensors().values().forEach(tensor -> readData(checkpoint, tensor));
      if (!notFinite.isEmpty()) {
        notes.add("the checkpoint holds NaN or infinite values in " + Fault.names(notFinite));
      }
      new ObjectGraphCheck(model, checkpoint, faults).run(ours);
    }
    return whole;
  }

  /**
   * Whether a model cannot be called without a checkpoint; models of this library always have one.
   */
  static boolean isNeeded(MetaGraphDef model, boolean ours) {
    if (ours) {
      return true;
    }
    GraphNodes graph = GraphNodes.of(model.getGraphDef());
    Set<String> started = new TreeSet<>();
    for (String op : ModelEntries.startOps(model)) {
      started.addAll(AssignedVariables.by(graph, op).keySet());
    }
    return !ModelVariables.variables(model, graph, false).stream()
        .map(NodeDef::getName)
        .allMatch(started::contains);
  }

  private void compare(GraphNodes graph, String restoreOp, TensorBundle checkpoint) {
    Map<String, AssignedVariables.Source> sources = AssignedVariables.by(graph, restoreOp);
    for (NodeDef variable : graph.variables()) {
      AssignedVariables.Source source =
          sources.getOrDefault(variable.getName(), AssignedVariables.Source.UNKNOWN);
      BundledTensor stored = checkpoint.tensors().get(source.key());
      if (!source.isKnown()) {
        continue; // StructureCheck reports variables that nothing restores
      }
      String where =
          "'"
              + variable.getName()
              + "'"
              + (ObjectGraph.variableOf(source.key()).equals(variable.getName())
                  ? ""
                  : " ('" + source.key() + "')");
      if (stored == null) {
        add(Fault.Kind.VARIABLE, where + " is not in the checkpoint");
        continue;
      }
      DataType type = variable.getAttrOrDefault("dtype", AttrValue.getDefaultInstance()).getType();
      TensorShapeProto shape =
          variable.getAttrOrDefault("shape", AttrValue.getDefaultInstance()).getShape();
      if (type != stored.type() || !fits(shape, stored.shape())) {
        add(
            Fault.Kind.VARIABLE,
            "%s is %s %s in the graph and %s %s in the checkpoint"
                .formatted(
                    where,
                    TensorArrays.name(type.name()),
                    ModelVariables.describe(shape),
                    TensorArrays.name(stored.type().name()),
                    stored.shape()));
      }
    }
  }

  private static boolean fits(TensorShapeProto declared, List<Long> stored) {
    if (declared.getUnknownRank()) {
      return true;
    }
    boolean fits = declared.getDimCount() == stored.size();
    for (int i = 0; fits && i < stored.size(); i++) {
      long size = declared.getDim(i).getSize();
      fits = size == -1 || size == stored.get(i);
    }
    return fits;
  }

  private void readData(TensorBundle checkpoint, BundledTensor tensor) {
    String where = "variable '" + ObjectGraph.variableOf(tensor.name()) + "'";
    try {
      if (TensorArrays.typeOf(tensor.type()) == null
          || tensor.slices() > 0
          || tensor.bytes() > MAX_BYTES) {
        checkpoint.verify(tensor.name()); // its bytes, whatever they mean
        return;
      }
      NpyArray values = checkpoint.read(tensor.name());
      if (values.type() != NpyType.F4 && values.type() != NpyType.F8) {
        return; // whole numbers are always finite
      }
      double[] numbers = values.doubles();
      for (int i = 0; i < numbers.length; i++) {
        if (!Double.isFinite(numbers[i])) {
          if (!ours) {
            notFinite.add(ObjectGraph.variableOf(tensor.name()));
            return;
          }
          add(Fault.Kind.NOT_FINITE, where + " holds " + numbers[i] + " at flat index " + i);
          return;
        }
      }
    } catch (UserError e) {
      add(Fault.Kind.CHANGED_FILE, where + ": " + Verifier.oneLine(e));
    }
  }

  private String name(Path file) {
    return ModelFiles.VARIABLES + "/" + file.getFileName();
  }

  private void add(Fault.Kind kind, String message) {
    faults.add(new Fault(kind, message));
  }
}

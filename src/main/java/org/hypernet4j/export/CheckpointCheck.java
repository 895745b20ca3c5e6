package org.hypernet4j.export;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.hypernet4j.export.LevelTable.DamagedException;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Compares a model's variables with its checkpoint before TensorFlow gets to read it: every
 * variable is in it with its type and shape, the bytes have their checksums, no weight is NaN.
 */
final class CheckpointCheck {
  // what one Java array can hold; the rest is left to TensorFlow
  private static final int MAX_BYTES = Integer.MAX_VALUE - Long.BYTES;

  private final Path folder;
  private final List<Fault> faults;

  CheckpointCheck(Path folder, List<Fault> faults) {
    this.folder = folder;
    this.faults = faults;
  }

  /**
   * Adds what is wrong to the faults.
   *
   * @return whether the files are such that TensorFlow can be asked to read them
   */
  boolean run(MetaGraphDef model) {
    GraphNodes graph = GraphNodes.of(model.getGraphDef());
    if (graph.variables().isEmpty()) {
      return true;
    }
    if (!Files.isRegularFile(folder.resolve(ModelFiles.VARIABLES_INDEX))) {
      add(
          Fault.Kind.MISSING_FILE,
          ModelFiles.VARIABLES_INDEX
              + " is not there: loaders go on without it and restore nothing");
      return false;
    }
    CheckpointIndex index;
    try {
      index = CheckpointIndex.read(folder.resolve(ModelFiles.VARIABLES_PREFIX));
    } catch (DamagedException | IOException e) {
      add(
          Fault.Kind.UNREADABLE_FILE,
          ModelFiles.VARIABLES_INDEX + " is no checkpoint's index: " + Verifier.oneLine(e));
      return false;
    }
    compare(graph, model.getSaverDef().getRestoreOpName(), index);
    boolean whole = true;
    for (Path file : index.files()) {
      if (!Files.isRegularFile(file)) {
        add(Fault.Kind.MISSING_FILE, name(file) + " is not there");
        whole = false;
      }
    }
    if (whole) {
      index.entries().forEach((key, entry) -> readData(index, key, entry));
    }
    return whole;
  }

  private void compare(GraphNodes graph, String restoreOp, CheckpointIndex index) {
    Map<String, AssignedVariables.Source> sources = AssignedVariables.by(graph, restoreOp);
    for (NodeDef variable : graph.variables()) {
      AssignedVariables.Source source =
          sources.getOrDefault(variable.getName(), AssignedVariables.Source.UNKNOWN);
      BundleEntryProto entry = index.entries().get(source.key());
      if (!source.isKnown()) {
        continue; // StructureCheck says so where nothing restores it
      }
      String where =
          "'"
              + variable.getName()
              + "'"
              + (ObjectGraph.variableOf(source.key()).equals(variable.getName())
                  ? ""
                  : " ('" + source.key() + "')");
      if (entry == null) {
        add(Fault.Kind.VARIABLE, where + " is not in the checkpoint");
        continue;
      }
      DataType type = variable.getAttrOrDefault("dtype", AttrValue.getDefaultInstance()).getType();
      TensorShapeProto shape =
          variable.getAttrOrDefault("shape", AttrValue.getDefaultInstance()).getShape();
      if (type != entry.getDtype() || !fits(shape, entry.getShape())) {
        add(
            Fault.Kind.VARIABLE,
            "%s is %s %s in the graph and %s %s in the checkpoint"
                .formatted(
                    where,
                    TensorArrays.name(type.name()),
                    StructureCheck.describe(shape),
                    TensorArrays.name(entry.getDtype().name()),
                    StructureCheck.describe(entry.getShape())));
      }
    }
  }

  private static boolean fits(TensorShapeProto declared, TensorShapeProto stored) {
    if (declared.getUnknownRank()) {
      return true;
    }
    boolean fits = declared.getDimCount() == stored.getDimCount();
    for (int i = 0; fits && i < stored.getDimCount(); i++) {
      long size = declared.getDim(i).getSize();
      fits = size == -1 || size == stored.getDim(i).getSize();
    }
    return fits;
  }

  private void readData(CheckpointIndex index, String key, BundleEntryProto entry) {
    if (TensorArrays.typeOf(entry.getDtype()) == null
        || entry.getSlicesCount() > 0
        || entry.getSize() > MAX_BYTES) {
      return; // texts have another layout, slices have entries of their own
    }
    try {
      ByteBuffer data = index.data(entry);
      for (int i = 0; data.hasRemaining(); i++) {
        double value =
            switch (entry.getDtype()) {
              case DT_FLOAT -> data.getFloat();
              case DT_DOUBLE -> data.getDouble();
              default -> {
                data.position(data.limit());
                yield 0;
              }
            };
        if (!Double.isFinite(value)) {
          add(
              Fault.Kind.NOT_FINITE,
              "variable '"
                  + ObjectGraph.variableOf(key)
                  + "' holds "
                  + value
                  + " at flat index "
                  + i);
          return;
        }
      }
    } catch (DamagedException e) {
      add(
          Fault.Kind.CHANGED_FILE,
          "variable '" + ObjectGraph.variableOf(key) + "': " + e.getMessage());
    } catch (IOException e) {
      add(
          Fault.Kind.UNREADABLE_FILE,
          "variable '" + ObjectGraph.variableOf(key) + "': " + Verifier.oneLine(e));
    }
  }

  private String name(Path file) {
    return ModelFiles.VARIABLES + "/" + file.getFileName();
  }

  private void add(Fault.Kind kind, String message) {
    faults.add(new Fault(kind, message));
  }
}

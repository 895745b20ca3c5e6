// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.savedmodel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Parameter;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.GraphOperationBuilder;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph;
import org.tensorflow.types.TString;

/**
 * The nodes with which a loader restores the variables. The stock exporter makes them for reference
 * variables only and leaves resource variables out without a word; it and every loader use ours
 * because they have the names that TensorFlow Java uses.
 */
public final class SaverNodes {
  static final String FILENAME_TENSOR = "save/filename:0";
  static final String SAVE_OP = "save/control_dependency";
  static final String RESTORE_OP = "save/restore_all";

  private final Graph graph;
  private final List<Parameter> parameters;
  private final TrackableObjectGraph objects;

  private SaverNodes(Graph graph, List<Parameter> parameters, TrackableObjectGraph objects) {
    this.graph = graph;
    this.parameters = parameters;
    this.objects = objects;
  }

  /**
   * Adds the nodes to the graph.
   *
   * @param objects written to the checkpoint unchanged, for Python
   */
  public static void add(Graph graph, List<Parameter> parameters, TrackableObjectGraph objects) {
    if (graph.operation(RESTORE_OP) != null || graph.operation("save/filename") != null) {
      throw UserError.in("scope 'save'")
          .what("is taken by the model, the saver needs it")
          .next("give the layer another name")
          .build();
    }
    new SaverNodes(graph, parameters, objects).build();
  }

  /** The definition by which the loader finds the nodes. */
  static SaverDef saverDef() {
    return SaverDef.newBuilder()
        .setFilenameTensorName(FILENAME_TENSOR)
        .setSaveTensorName(SAVE_OP)
        .setRestoreOpName(RESTORE_OP)
        .setVersion(SaverDef.CheckpointFormatVersion.V2)
        .build();
  }

  /** Writes {@code <prefix>.index} and {@code <prefix>.data-00000-of-00001}. */
  public static void save(Session session, String prefix) {
    try (TString name = TString.scalarOf(prefix)) {
      session.runner().feed(FILENAME_TENSOR, name).addTarget(SAVE_OP).run().close();
    }
  }

  private void build() {
    GraphOperation filename =
        op("Placeholder", "filename")
            .setAttr("dtype", DataType.DT_STRING)
            .setAttr("shape", Shape.scalar())
            .build();
    String[] names =
        parameters.stream().map(p -> ObjectGraph.keyOf(p.name())).toArray(String[]::new);
    String[] wholeTensors = new String[names.length];
    Arrays.fill(wholeTensors, "");
    String[] saved = Arrays.copyOf(names, names.length + 1);
    saved[names.length] = ObjectGraph.IN_CHECKPOINT;
    String[] wholeSaved = new String[saved.length];
    Arrays.fill(wholeSaved, "");
    List<Output<?>> values = new ArrayList<>();
    parameters.forEach(p -> values.add(p.value().asOutput()));
    values.add(
        constant(
            "SaveV2/objects",
            TString.tensorOfBytes(NdArrays.scalarOfObject(objects.toByteArray()))));
    GraphOperation save =
        op("SaveV2", "SaveV2")
            .addInput(filename.output(0))
            .addInput(strings("SaveV2/tensor_names", saved))
            .addInput(strings("SaveV2/shape_and_slices", wholeSaved))
            .addInputList(values.toArray(Output<?>[]::new))
            .build();
    op("Identity", "control_dependency").addInput(filename.output(0)).addControlInput(save).build();
    DataType[] types = new DataType[names.length];
    Arrays.fill(types, DataType.DT_FLOAT);
    GraphOperation restore =
        op("RestoreV2", "RestoreV2")
            .addInput(filename.output(0))
            .addInput(strings("RestoreV2/tensor_names", names))
            .addInput(strings("RestoreV2/shape_and_slices", wholeTensors))
            .setAttr("dtypes", types)
            .build();
    GraphOperationBuilder restoreAll = op("NoOp", "restore_all");
    for (int i = 0; i < names.length; i++) {
      restoreAll.addControlInput(
          op("AssignVariableOp", "Assign_" + i)
              .addInput(parameters.get(i).handle())
              .addInput(restore.output(i))
              .setAttr("dtype", DataType.DT_FLOAT)
              .build());
    }
    restoreAll.build();
  }

  private Output<?> strings(String name, String[] values) {
    return constant(name, TString.tensorOf(StdArrays.ndCopyOf(values)));
  }

  private Output<?> constant(String name, TString value) {
    try (value) {
      return op("Const", name)
          .setAttr("dtype", DataType.DT_STRING)
          .setAttr("value", value)
          .build()
          .output(0);
    }
  }

  private GraphOperationBuilder op(String type, String name) {
    return graph.opBuilder(type, "save/" + name, graph.baseScope());
  }
}

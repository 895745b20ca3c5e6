// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.savedmodel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.hypernet4j.export.verify.LoadedModel;
import org.tensorflow.proto.AssetFileDef;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/** Entry points at which loaders, servers and {@link LoadedModel} run a model's graph. */
public final class ModelEntries {
  private static final String INIT_SIGNATURE = "__saved_model_init_op";
  private static final List<String> INIT_COLLECTIONS =
      List.of("saved_model_main_op", "legacy_init_op");

  /** The time at which an entry point runs, which decides what the loader feeds. */
  public enum Phase {
    /** The restoring: the checkpoint's name and the assets' paths are fed. */
    RESTORE,
    /** The start-up ops: the assets' paths are fed. */
    START,
    /** A signature, or the reading of a variable. */
    CALL
  }

  /**
   * One beginning.
   *
   * @param phase when
   * @param what human-readable name, {@code signature 'step'}
   * @param nodes of the main graph that run, by name
   */
  public record Entry(Phase phase, String what, Set<String> nodes) {}

  private ModelEntries() {}

  /** All of them, in the order in which they run. */
  public static List<Entry> of(MetaGraphDef model, GraphNodes nodes) {
    List<Entry> entries = new ArrayList<>();
    Set<String> assets = assets(model);
    Set<String> fed = new TreeSet<>(assets);
    fed.add(GraphNodes.fullName(model.getSaverDef().getFilenameTensorName()));
    entries.add(
        new Entry(
            Phase.RESTORE,
            "the restoring of the variables",
            nodes.running(List.of(model.getSaverDef().getRestoreOpName()), fed)));
    for (String op : startOps(model)) {
      entries.add(
          new Entry(
              Phase.START, "the start-up op '" + op + "'", nodes.running(List.of(op), assets)));
    }
    signatures(model)
        .forEach(
            (key, signature) ->
                entries.add(
                    new Entry(
                        Phase.CALL,
                        "the signature '" + key + "'",
                        nodes.running(
                            tensors(signature.getOutputsMap()),
                            Set.copyOf(tensors(signature.getInputsMap()))))));
    entries.add(
        new Entry(
            Phase.CALL,
            "the reading of the variables",
            nodes.running(ModelVariables.readTensors(model).values(), Set.of())));
    return entries;
  }

  /** The nodes that run when signatures are called. */
  public static Set<String> called(MetaGraphDef model, GraphNodes nodes) {
    Set<String> called = new LinkedHashSet<>();
    for (SignatureDef signature : signatures(model).values()) {
      called.addAll(
          nodes.running(
              tensors(signature.getOutputsMap()), Set.copyOf(tensors(signature.getInputsMap()))));
    }
    return called;
  }

  /** The signatures that can be called, by key. */
  public static Map<String, SignatureDef> signatures(MetaGraphDef model) {
    Map<String, SignatureDef> signatures = new LinkedHashMap<>(model.getSignatureDefMap());
    signatures.keySet().removeIf(key -> key.startsWith("__saved_model"));
    return signatures;
  }

  /** The ops that loaders run after the restoring: every place that one of them looks at. */
  public static Set<String> startOps(MetaGraphDef model) {
    Set<String> ops = new LinkedHashSet<>();
    for (String collection : INIT_COLLECTIONS) {
      CollectionDef nodesOf = model.getCollectionDefMap().get(collection);
      if (nodesOf != null) {
        ops.addAll(nodesOf.getNodeList().getValueList());
      }
    }
    SignatureDef signature = model.getSignatureDefMap().get(INIT_SIGNATURE);
    if (signature != null) {
      signature.getOutputsMap().values().forEach(info -> ops.add(GraphNodes.opOf(info.getName())));
    }
    return ops;
  }

  /** The tensors that take the path of an asset when the model is loaded. */
  public static Set<String> assets(MetaGraphDef model) {
    Set<String> tensors = new TreeSet<>();
    for (AssetFileDef asset : AssetFiles.of(model)) {
      tensors.add(GraphNodes.fullName(asset.getTensorInfo().getName()));
    }
    return tensors;
  }

  /** The names of the tensors of a signature's inputs or outputs; sparse ones have three. */
  public static List<String> tensors(Map<String, TensorInfo> infos) {
    List<String> names = new ArrayList<>();
    for (TensorInfo info : infos.values()) {
      switch (info.getEncodingCase()) {
        case COO_SPARSE -> {
          names.add(info.getCooSparse().getValuesTensorName());
          names.add(info.getCooSparse().getIndicesTensorName());
          names.add(info.getCooSparse().getDenseShapeTensorName());
        }
        case COMPOSITE_TENSOR ->
            info.getCompositeTensor()
                .getComponentsList()
                .forEach(part -> names.add(part.getName()));
        default -> names.add(info.getName());
      }
    }
    return names.stream().map(GraphNodes::fullName).toList();
  }
}

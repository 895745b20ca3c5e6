// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.Tolerance;
import org.hypernet4j.export.savedmodel.GraphNodes;
import org.hypernet4j.export.savedmodel.ModelEntries;
import org.hypernet4j.export.savedmodel.ModelVariables;
import org.hypernet4j.graph.Role;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Checks a manifest against the graph that it describes. {@link CheckpointCheck} checks that the
 * graph agrees with the checkpoint, and whether the values are those of the manifest for {@link
 * OutputCheck}.
 */
final class ManifestCheck {
  private static final Set<String> ROLES =
      Arrays.stream(Role.values())
          .filter(role -> role != Role.SLOT)
          .map(Role::name)
          .collect(Collectors.toCollection(TreeSet::new));

  private final Manifest manifest;
  private final MetaGraphDef model;
  private final List<Fault> faults = new ArrayList<>();

  private ManifestCheck(Manifest manifest, MetaGraphDef model) {
    this.manifest = manifest;
    this.model = model;
  }

  /** Everything in which the two differ. */
  static List<Fault> faults(Manifest manifest, MetaGraphDef model) {
    ManifestCheck check = new ManifestCheck(manifest, model);
    check.checkHead();
    check.checkParameters();
    check.checkSignatures();
    return check.faults;
  }

  private void checkHead() {
    if (!manifest.model().matches(ExportRequest.NAME)) {
      add(
          "'"
              + ModelIntegrity.visible(manifest.model())
              + "' is not a valid name of a served model");
    }
    if (!List.of(ExportRequest.GENERATED, ExportRequest.BAKED).contains(manifest.form())) {
      add("'" + ModelIntegrity.visible(manifest.form()) + "' is not a form of export");
    }
    String made = model.getMetaInfoDef().getTensorflowVersion();
    require(
        "the version of TensorFlow", made, String.valueOf(manifest.versions().get("tensorflow")));
    if (!manifest.tolerance().provesSomething()) {
      add(
          "the tolerance is %s, more than %s proves nothing"
              .formatted(manifest.tolerance(), Tolerance.MOST));
    }
  }

  private void checkParameters() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    for (NodeDef variable : GraphNodes.of(model.getGraphDef()).variables()) {
      shapes.put(
          variable.getName(),
          sizes(variable.getAttrOrDefault("shape", AttrValue.getDefaultInstance()).getShape()));
    }
    Set<String> trainable =
        ModelVariables.listed(model, ModelVariables.TRAINABLE_VARIABLES).keySet();
    Set<String> seen = new LinkedHashSet<>();
    long count = 0;
    long trainableCount = 0;
    for (Manifest.ParameterEntry entry : manifest.parameters()) {
      String where = "parameter '" + ModelIntegrity.visible(entry.name()) + "'";
      if (!seen.add(entry.name())) {
        add(where + " is there twice");
        continue;
      }
      List<Long> shape = shapes.get(entry.name());
      if (shape == null) {
        add(where + " is not a variable of the graph");
        continue;
      }
      require("the shape of " + where, shape, entry.shape());
      require(where + " being trainable", trainable.contains(entry.name()), entry.trainable());
      if (!ROLES.contains(entry.role())) {
        add(where + " has the role '" + ModelIntegrity.visible(entry.role()) + "'");
      } else if (manifest.form().equals(ExportRequest.BAKED)
          && entry.role().equals(Role.GENERATOR.name())) {
        add(where + " belongs to a generator, which a baked model does not have");
      }
      long size = shape.stream().reduce(1L, (a, b) -> a * b);
      count += size;
      trainableCount += trainable.contains(entry.name()) ? size : 0;
    }
    Set<String> missing = new LinkedHashSet<>(shapes.keySet());
    missing.removeAll(seen);
    missing.forEach(name -> add("the variable '" + name + "' is not among the parameters"));
    if (missing.isEmpty() && seen.size() == shapes.size()) {
      require("the number of parameters", count, manifest.parameterCount());
      require("the number of trainable ones", trainableCount, manifest.trainableParameterCount());
      List<String> order =
          List.copyOf(ModelVariables.listed(model, ModelVariables.VARIABLES).keySet());
      if (new LinkedHashSet<>(order).equals(seen)) {
        require("the order of the parameters", order, List.copyOf(seen));
      }
    }
  }

  private void checkSignatures() {
    Map<String, SignatureDef> signatures = ModelEntries.signatures(model);
    manifest
        .signatures()
        .forEach(
            (key, entry) -> {
              SignatureDef signature = signatures.remove(key);
              if (signature != null) { // OutputCheck reports missing ones
                String where = "signature '" + key + "': ";
                checkTensors(where + "input ", signature.getInputsMap(), entry.inputs());
                checkTensors(where + "output ", signature.getOutputsMap(), entry.outputs());
              }
            });
    signatures.keySet().forEach(key -> add("it does not know the signature '" + key + "'"));
  }

  private void checkTensors(
      String where, Map<String, TensorInfo> graph, Map<String, Manifest.TensorEntry> listed) {
    Set<String> aliases = new TreeSet<>(graph.keySet());
    aliases.addAll(listed.keySet());
    for (String alias : aliases) {
      TensorInfo info = graph.get(alias);
      Manifest.TensorEntry entry = listed.get(alias);
      String what = where + "'" + ModelIntegrity.visible(alias) + "'";
      if (info == null || entry == null) {
        add(what + (info == null ? " is not in the graph" : " is not in the manifest"));
      } else {
        Manifest.TensorEntry actual =
            new Manifest.TensorEntry(
                info.getName(), info.getDtype().name(), sizes(info.getTensorShape()));
        require(what, actual, entry);
      }
    }
  }

  private static List<Long> sizes(TensorShapeProto shape) {
    return shape.getDimList().stream().map(TensorShapeProto.Dim::getSize).toList();
  }

  private void require(String what, Object graph, Object listed) {
    if (!graph.equals(listed)) {
      add(
          "%s is %s in the model, the manifest records %s"
              .formatted(what, graph, ModelIntegrity.visible(String.valueOf(listed))));
    }
  }

  private void add(String message) {
    faults.add(new Fault(Fault.Kind.MANIFEST, message));
  }
}

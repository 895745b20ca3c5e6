// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.ModelFiles;
import org.hypernet4j.export.TensorArrays;
import org.hypernet4j.export.savedmodel.ModelVariables;
import org.hypernet4j.export.savedmodel.ObjectGraph;
import org.hypernet4j.io.internal.BundledTensor;
import org.hypernet4j.io.internal.TensorBundle;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedVariable;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject.SerializedTensor;

/**
 * The objects that Python makes of a model are written twice: in the graph's file, with what they
 * are, and in the checkpoint, with the keys under which their values lie. Servers look at neither,
 * Python refuses a model in which one of the two is broken.
 */
final class ObjectGraphCheck {
  private final MetaGraphDef model;
  private final TensorBundle checkpoint;
  private final List<Fault> faults;

  ObjectGraphCheck(MetaGraphDef model, TensorBundle checkpoint, List<Fault> faults) {
    this.model = model;
    this.checkpoint = checkpoint;
    this.faults = faults;
  }

  /**
   * Adds the faults found.
   *
   * @param ours whether this library wrote the model, so that the two must agree in everything
   */
  void run(boolean ours) {
    if (!checkpoint.tensors().containsKey(ObjectGraph.IN_CHECKPOINT)) {
      if (ours) {
        add("'" + ObjectGraph.IN_CHECKPOINT + "' is not in the checkpoint: Python cannot load it");
      }
      return;
    }
    TrackableObjectGraph stored = read();
    if (stored == null) {
      return;
    }
    Set<String> keys = new TreeSet<>();
    for (TrackableObject object : stored.getNodesList()) {
      for (SerializedTensor tensor : object.getAttributesList()) {
        keys.add(tensor.getCheckpointKey());
      }
    }
    keys.removeIf(this::isStored);
    if (!keys.isEmpty()) {
      add("the objects in the checkpoint name tensors that are not in it: " + Fault.names(keys));
    }
    if (ours) {
      compare(stored);
    }
  }

  /** A lookup table's key is the beginning of two: its keys' and its values'. */
  private boolean isStored(String key) {
    return checkpoint.tensors().containsKey(key)
        || checkpoint.tensors().keySet().containsAll(List.of(key + "-keys", key + "-values"));
  }

  private @Nullable TrackableObjectGraph read() {
    try {
      return TrackableObjectGraph.parseFrom(checkpoint.readText(ObjectGraph.IN_CHECKPOINT));
    } catch (InvalidProtocolBufferException | UserError e) {
      add(
          "the objects in the checkpoint cannot be read, Python refuses the model: "
              + Verifier.oneLine(e));
      return null;
    }
  }

  private void compare(TrackableObjectGraph stored) {
    List<SavedObject> objects = model.getObjectGraphDef().getNodesList();
    if (!stored.equals(ObjectGraph.inCheckpoint(objects))) {
      add("the objects in the checkpoint are not those of " + ModelFiles.MODEL);
    }
    List<String> known = new ArrayList<>();
    for (SavedObject object : objects) {
      if (object.hasVariable()) {
        SavedVariable variable = object.getVariable();
        known.add(variable.getName());
        compare(variable);
      } else if (object.hasBareConcreteFunction()) {
        String function = object.getBareConcreteFunction().getConcreteFunctionName();
        if (!model.getObjectGraphDef().containsConcreteFunctions(function)
            || model.getGraphDef().getLibrary().getFunctionList().stream()
                .noneMatch(each -> each.getSignature().getName().equals(function))) {
          add("the function '" + ModelIntegrity.visible(function) + "' is not in the graph");
        }
      }
    }
    Map<String, String> listed = ModelVariables.readTensors(model);
    if (!known.equals(List.copyOf(listed.keySet()))) {
      add("the variables among the objects are not those of the collection 'variables'");
    }
  }

  private void compare(SavedVariable variable) {
    BundledTensor stored = checkpoint.tensors().get(ObjectGraph.keyOf(variable.getName()));
    List<Long> shape =
        variable.getShape().getDimList().stream().map(TensorShapeProto.Dim::getSize).toList();
    boolean trainable =
        ModelVariables.listed(model, ModelVariables.TRAINABLE_VARIABLES)
            .containsKey(variable.getName());
    if (stored == null
        || stored.type() != variable.getDtype()
        || !stored.shape().equals(shape)
        || trainable != variable.getTrainable()) {
      add(
          "the object '%s' is %s %s%s, which contradicts the checkpoint or the collections"
              .formatted(
                  ModelIntegrity.visible(variable.getName()),
                  TensorArrays.name(variable.getDtype().name()),
                  shape,
                  variable.getTrainable() ? ", trainable" : ""));
    }
  }

  private void add(String message) {
    faults.add(new Fault(Fault.Kind.VARIABLE, message));
  }
}

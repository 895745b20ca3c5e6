// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.savedmodel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.internal.GraphFunction;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedBareConcreteFunction;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedConcreteFunction;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedUserObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedVariable;
import org.tensorflow.proto.Struct;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject.ObjectReference;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject.SerializedTensor;
import org.tensorflow.proto.VersionDef;

/**
 * The model as the objects that TensorFlow 2 makes of it in Python: the variables, the lists {@code
 * variables} and {@code trainable_variables}, and every signature as a function of its inputs and
 * the variables that it reads.
 *
 * <p>The main graph with its signatures is unchanged: servers and loaders of TensorFlow 1 do not
 * look at the objects.
 */
public final class ObjectGraph {
  /** The tensor of the checkpoint that records which object owns which others. */
  public static final String IN_CHECKPOINT = "_CHECKPOINTABLE_OBJECT_GRAPH";

  private static final String VALUE = "VARIABLE_VALUE";
  private static final String KEY_END = "/.ATTRIBUTES/" + VALUE;
  private static final String FUNCTION_PREFIX = "signature_";

  private final List<Parameter> parameters;
  private final List<ServingSignature> signatures;
  // a signature's variables as arguments, found when its function is made
  private final Map<String, List<Parameter>> captures = new HashMap<>();

  public ObjectGraph(List<Parameter> parameters, List<ServingSignature> signatures) {
    this.parameters = parameters;
    this.signatures = signatures;
  }

  /** The key under which Python looks for a variable in the checkpoint. */
  public static String keyOf(String variable) {
    return variable + KEY_END;
  }

  /** The variable of a key; a key of another kind is its own name. */
  public static String variableOf(String key) {
    return key.endsWith(KEY_END) ? key.substring(0, key.length() - KEY_END.length()) : key;
  }

  /** The content of the checkpoint's tensor {@link #IN_CHECKPOINT}. */
  public TrackableObjectGraph inCheckpoint() {
    return inCheckpoint(objects());
  }

  /** The content of the checkpoint's tensor, from the objects in the graph's file. */
  public static TrackableObjectGraph inCheckpoint(List<SavedObject> objects) {
    TrackableObjectGraph.Builder graph = TrackableObjectGraph.newBuilder();
    for (SavedObject object : objects) {
      TrackableObject.Builder node =
          TrackableObject.newBuilder().addAllChildren(object.getChildrenList());
      if (object.hasVariable()) {
        String name = object.getVariable().getName();
        node.addAttributes(
            SerializedTensor.newBuilder()
                .setName(VALUE)
                .setFullName(name)
                .setCheckpointKey(keyOf(name)));
      }
      graph.addNodes(node);
    }
    return graph.build();
  }

  /**
   * Adds the signatures' functions to the graph's library.
   *
   * @param graph of the signatures, which must not depend on foreign placeholders
   */
  public void define(Graph graph) {
    GraphNodes nodes = GraphNodes.of(graph.toGraphDef());
    for (ServingSignature signature : signatures) {
      List<Operand<?>> arguments = new ArrayList<>(sorted(signature.inputs()).values());
      List<Operand<?>> results = new ArrayList<>(sorted(signature.outputs()).values());
      Set<String> inputs = new HashSet<>();
      arguments.forEach(argument -> inputs.add(argument.op().name()));
      Set<String> needed = new HashSet<>();
      results.forEach(result -> needed.addAll(nodes.ancestors(result.op().name(), inputs)));
      List<Parameter> read = parameters.stream().filter(p -> needed.contains(p.name())).toList();
      read.forEach(parameter -> arguments.add(parameter.handle()));
      GraphFunction.define(graph, functionOf(signature), graph, arguments, results);
      captures.put(signature.key(), read);
    }
  }

  /** The model, made of the graph to which {@link #define} was applied, with the objects in it. */
  public MetaGraphDef addTo(MetaGraphDef model) {
    Set<String> ours = new HashSet<>();
    signatures.forEach(signature -> ours.add(functionOf(signature)));
    MetaGraphDef.Builder whole = model.toBuilder();
    for (FunctionDef.Builder function :
        whole.getGraphDefBuilder().getLibraryBuilder().getFunctionBuilderList()) {
      if (ours.contains(function.getSignature().getName())) {
        // variables change while Python trains: two calls are not one
        function.getSignatureBuilder().setIsStateful(true);
      }
    }
    SavedObjectGraph.Builder graph = SavedObjectGraph.newBuilder().addAllNodes(objects());
    for (ServingSignature signature : signatures) {
      SavedConcreteFunction.Builder function =
          SavedConcreteFunction.newBuilder()
              .setCanonicalizedInputSignature(
                  tuple(tuple(), dictionary(sorted(signature.inputs()))))
              .setOutputSignature(dictionary(sorted(signature.outputs())));
      captures
          .getOrDefault(signature.key(), List.of())
          .forEach(parameter -> function.addBoundInputs(1 + parameters.indexOf(parameter)));
      graph.putConcreteFunctions(functionOf(signature), function.build());
    }
    return whole.setObjectGraphDef(graph).build();
  }

  /** The root is object 0, then come the variables, their lists, and the signatures. */
  private List<SavedObject> objects() {
    List<SavedObject> objects = new ArrayList<>();
    SavedObject.Builder root = user("_generic_user_object");
    SavedObject.Builder all = user("trackable_list_wrapper");
    SavedObject.Builder trainable = user("trackable_list_wrapper");
    for (Parameter parameter : parameters) {
      objects.add(
          SavedObject.newBuilder()
              .setVariable(
                  SavedVariable.newBuilder()
                      .setName(parameter.name())
                      .setDtype(DataType.DT_FLOAT)
                      .setShape(ModelGraph.shape(parameter.shape()))
                      .setTrainable(parameter.trainable()))
              .build());
      int id = objects.size();
      root.addChildren(child(parameter.name().replace('/', '.'), id));
      all.addChildren(child(String.valueOf(all.getChildrenCount()), id));
      if (parameter.trainable()) {
        trainable.addChildren(child(String.valueOf(trainable.getChildrenCount()), id));
      }
    }
    SavedObject.Builder map = user("signature_map");
    int first = objects.size();
    root.addChildren(child(ModelVariables.VARIABLES, first + 1))
        .addChildren(child(ModelVariables.TRAINABLE_VARIABLES, first + 2))
        .addChildren(child("signatures", first + 3));
    List<SavedObject> functions = new ArrayList<>();
    for (ServingSignature signature : signatures) {
      functions.add(
          SavedObject.newBuilder()
              .setBareConcreteFunction(
                  SavedBareConcreteFunction.newBuilder()
                      .setConcreteFunctionName(functionOf(signature))
                      .addAllArgumentKeywords(sorted(signature.inputs()).keySet())
                      .setAllowedPositionalArguments(1))
              .build());
      map.addChildren(child(signature.key(), first + 3 + functions.size()));
    }
    objects.add(0, root.build());
    objects.addAll(List.of(all.build(), trainable.build(), map.build()));
    objects.addAll(functions);
    return objects;
  }

  private static String functionOf(ServingSignature signature) {
    return FUNCTION_PREFIX + signature.key();
  }

  /** Python flattens dictionaries in the order of their keys. */
  private static Map<String, Operand<?>> sorted(Map<String, Operand<?>> operands) {
    return new TreeMap<>(operands);
  }

  private static SavedObject.Builder user(String identifier) {
    return SavedObject.newBuilder()
        .setUserObject(
            SavedUserObject.newBuilder()
                .setIdentifier(identifier)
                .setVersion(VersionDef.newBuilder().setProducer(1).setMinConsumer(1)));
  }

  private static ObjectReference child(String name, int id) {
    return ObjectReference.newBuilder().setLocalName(name).setNodeId(id).build();
  }

  private static Struct.StructuredValue tuple(Struct.StructuredValue... values) {
    return Struct.StructuredValue.newBuilder()
        .setTupleValue(Struct.TupleValue.newBuilder().addAllValues(List.of(values)))
        .build();
  }

  private static Struct.StructuredValue dictionary(Map<String, Operand<?>> operands) {
    Struct.DictValue.Builder fields = Struct.DictValue.newBuilder();
    operands.forEach(
        (alias, operand) -> {
          Output<?> output = operand.asOutput();
          fields.putFields(
              alias,
              Struct.StructuredValue.newBuilder()
                  .setTensorSpecValue(
                      Struct.TensorSpecProto.newBuilder()
                          .setName(alias)
                          .setDtype(output.dataType())
                          .setShape(ModelGraph.shape(output.shape())))
                  .build());
        });
    return Struct.StructuredValue.newBuilder().setDictValue(fields).build();
  }
}

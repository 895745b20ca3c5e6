// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.savedmodel;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.proto.VariableDef;

/** The variables that a saved model's graph and collections name. */
public final class ModelVariables {
  public static final String PREDICT_METHOD = "tensorflow/serving/predict";
  public static final String VARIABLES = "variables";
  public static final String TRAINABLE_VARIABLES = "trainable_variables";

  private ModelVariables() {}

  /** The variables that matter: of others' models those that signatures reach. */
  public static List<NodeDef> variables(MetaGraphDef model, GraphNodes nodes, boolean ours) {
    if (ours) {
      return nodes.variables();
    }
    Set<String> called = ModelEntries.called(model, nodes);
    return nodes.variables().stream().filter(each -> called.contains(each.getName())).toList();
  }

  /** The variables that the collections list, by name, with the tensor that reads each. */
  public static Map<String, String> readTensors(MetaGraphDef model) {
    return listed(model, VARIABLES);
  }

  /** The same of one of the two collections. */
  public static Map<String, String> listed(MetaGraphDef model, String collection) {
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

  /** The sizes of a shape. */
  public static String describe(TensorShapeProto shape) {
    return shape.getUnknownRank()
        ? "of unknown rank"
        : shape.getDimList().stream().map(TensorShapeProto.Dim::getSize).toList().toString();
  }
}

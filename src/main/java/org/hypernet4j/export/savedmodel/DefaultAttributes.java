// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.savedmodel;

import java.util.HashMap;
import java.util.Map;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/**
 * Removes what older runtimes may not know: attributes that have their default value, and the
 * devices that ops were placed on where the model was trained.
 */
final class DefaultAttributes {
  private final Map<String, Map<String, AttrValue>> defaults = new HashMap<>();

  private DefaultAttributes() {
    for (OpDef op : TensorFlow.registeredOpList().getOpList()) {
      Map<String, AttrValue> values = new HashMap<>();
      for (OpDef.AttrDef attribute : op.getAttrList()) {
        if (attribute.hasDefaultValue()) {
          values.put(attribute.getName(), attribute.getDefaultValue());
        }
      }
      defaults.put(op.getName(), values);
    }
  }

  /** A copy of the graph, function bodies included, without default attributes. */
  static GraphDef strip(GraphDef graph) {
    DefaultAttributes known = new DefaultAttributes();
    GraphDef.Builder stripped = graph.toBuilder();
    stripped.getNodeBuilderList().forEach(known::strip);
    for (FunctionDef.Builder function : stripped.getLibraryBuilder().getFunctionBuilderList()) {
      function.getNodeDefBuilderList().forEach(known::strip);
    }
    if (!graph.hasLibrary()) {
      stripped.clearLibrary();
    }
    return stripped.build();
  }

  private void strip(NodeDef.Builder node) {
    node.clearDevice();
    defaults
        .getOrDefault(node.getOp(), Map.of())
        .forEach(
            (name, value) -> {
              if (value.equals(node.getAttrMap().get(name))) {
                node.removeAttr(name);
              }
            });
  }
}

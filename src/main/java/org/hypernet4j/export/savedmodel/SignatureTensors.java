// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.savedmodel;

import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/** The tensors of a signature, as the signature describes them. */
public final class SignatureTensors {
  private SignatureTensors() {}

  /** TensorFlow accepts some feeds whose shape contradicts the placeholder, so Java looks first. */
  public static boolean accepts(TensorInfo info, DataType type, long[] shape) {
    TensorShapeProto declared = info.getTensorShape();
    boolean accepts =
        info.getDtype() == type
            && (declared.getUnknownRank() || declared.getDimCount() == shape.length);
    for (int i = 0; accepts && i < declared.getDimCount(); i++) {
      long size = declared.getDim(i).getSize();
      accepts = shape[i] >= 0 && (size == -1 || size == shape[i]);
    }
    return accepts;
  }

  /** The tensor of the graph, or null if the graph has none of that name. */
  public static @Nullable Output<?> tensor(Graph graph, TensorInfo info) {
    String name = info.getName();
    GraphOperation op = name.isEmpty() ? null : graph.operation(GraphNodes.opOf(name));
    int output = GraphNodes.outputOf(name);
    return op == null || output >= op.numOutputs() ? null : op.output(output);
  }
}

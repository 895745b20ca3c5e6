// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import com.google.protobuf.ByteString;
import java.util.List;
import org.hypernet4j.export.savedmodel.GraphNodes;
import org.tensorflow.proto.AssetFileDef;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** What somebody puts into the graph of a good model: nodes, functions, start-up ops. */
final class GraphEdits {
  private GraphEdits() {}

  static String output(MetaGraphDef.Builder graph) {
    return GraphNodes.opOf(
        graph.getSignatureDefOrThrow("serving_default").getOutputsOrThrow("logits").getName());
  }

  static void write(MetaGraphDef.Builder graph) {
    write(graph, "/nowhere/evil");
  }

  static void write(MetaGraphDef.Builder graph, String path) {
    graph
        .getGraphDefBuilder()
        .addNode(text("path", path))
        .addNode(text("content", "evil"))
        .addNode(node("evil", "WriteFile").addInput("path").addInput("content"));
  }

  static void beforeOp(MetaGraphDef.Builder graph, String op, String input) {
    for (NodeDef.Builder node : graph.getGraphDefBuilder().getNodeBuilderList()) {
      if (node.getName().equals(op)) {
        node.addInput(input);
      }
    }
  }

  static void start(MetaGraphDef.Builder graph, String op) {
    graph.putCollectionDef(
        "saved_model_main_op",
        CollectionDef.newBuilder()
            .setNodeList(CollectionDef.NodeList.newBuilder().addValue(op))
            .build());
  }

  static void library(MetaGraphDef.Builder graph) {
    graph
        .getGraphDefBuilder()
        .getLibraryBuilder()
        .addFunction(function("leaf", node("evil", "WriteFile").build()))
        .addFunction(function("middle", new NodeDef[0]))
        .addFunction(function("middleOfTwo", node("inner", "leaf").build()));
  }

  static FunctionDef.Builder function(String name, NodeDef... nodes) {
    return FunctionDef.newBuilder()
        .setSignature(OpDef.newBuilder().setName(name))
        .addAllNodeDef(List.of(nodes));
  }

  static AttrValue function(String name) {
    return AttrValue.newBuilder().setFunc(NameAttrList.newBuilder().setName(name)).build();
  }

  static AssetFileDef asset(String name) {
    return AssetFileDef.newBuilder()
        .setTensorInfo(TensorInfo.newBuilder().setName("path:0"))
        .setFilename(name)
        .build();
  }

  static NodeDef.Builder node(String name, String op) {
    return NodeDef.newBuilder().setName(name).setOp(op);
  }

  static NodeDef text(String name, String value) {
    return node(name, "Const")
        .putAttr("dtype", AttrValue.newBuilder().setType(DataType.DT_STRING).build())
        .putAttr(
            "value",
            AttrValue.newBuilder()
                .setTensor(
                    TensorProto.newBuilder()
                        .setDtype(DataType.DT_STRING)
                        .setTensorShape(TensorShapeProto.getDefaultInstance())
                        .addStringVal(ByteString.copyFromUtf8(value)))
                .build())
        .build();
  }
}

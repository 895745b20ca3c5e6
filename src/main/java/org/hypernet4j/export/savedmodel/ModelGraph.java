// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.savedmodel;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.Parameter;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.TensorFlow;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.proto.VariableDef;

/** Writes by hand the messages of {@code saved_model.pb} that the stock exporter leaves out. */
public final class ModelGraph {
  public static final String TAG = "serve";
  private static final long SCHEMA_VERSION = 1;

  private ModelGraph() {}

  /** The graph with its signatures, its saver, and the collections that Python reads. */
  public static MetaGraphDef of(
      Graph graph, List<Parameter> parameters, List<ServingSignature> signatures) {
    MetaGraphDef.Builder model =
        MetaGraphDef.newBuilder()
            .setMetaInfoDef(
                MetaGraphDef.MetaInfoDef.newBuilder()
                    .addTags(TAG)
                    .setMetaGraphVersion(SavedModelFile.MARK)
                    .setTensorflowVersion(TensorFlow.version())
                    .setStrippedDefaultAttrs(true))
            .setGraphDef(DefaultAttributes.strip(graph.toGraphDef()))
            .setSaverDef(SaverNodes.saverDef());
    model.putCollectionDef(ModelVariables.VARIABLES, collection(parameters));
    model.putCollectionDef(
        ModelVariables.TRAINABLE_VARIABLES,
        collection(parameters.stream().filter(Parameter::trainable).toList()));
    for (ServingSignature signature : signatures) {
      SignatureDef.Builder def =
          SignatureDef.newBuilder().setMethodName(ModelVariables.PREDICT_METHOD);
      tensors(signature.inputs()).forEach(def::putInputs);
      tensors(signature.outputs()).forEach(def::putOutputs);
      model.putSignatureDef(signature.key(), def.build());
    }
    return model.build();
  }

  /** The bytes of {@code saved_model.pb}: equal models have equal bytes. */
  public static byte[] savedModel(MetaGraphDef model) {
    Message file =
        SavedModel.newBuilder()
            .setSavedModelSchemaVersion(SCHEMA_VERSION)
            .addMetaGraphs(model)
            .build();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(file.getSerializedSize());
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      file.writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static CollectionDef collection(List<Parameter> parameters) {
    CollectionDef.BytesList.Builder list = CollectionDef.BytesList.newBuilder();
    for (Parameter parameter : parameters) {
      ByteString bytes =
          VariableDef.newBuilder()
              .setVariableName(parameter.name() + ":0")
              .setInitializerName(parameter.assign().name())
              .setInitialValueName(tensorName(parameter.initialValue().asOutput()))
              .setSnapshotName(tensorName(parameter.value().asOutput()))
              .setIsResource(true)
              .setTrainable(parameter.trainable())
              .build()
              .toByteString();
      list.addValue(bytes);
    }
    return CollectionDef.newBuilder().setBytesList(list).build();
  }

  private static Map<String, TensorInfo> tensors(Map<String, Operand<?>> operands) {
    Map<String, TensorInfo> infos = new LinkedHashMap<>();
    operands.forEach(
        (alias, operand) -> {
          Output<?> output = operand.asOutput();
          infos.put(
              alias,
              TensorInfo.newBuilder()
                  .setName(tensorName(output))
                  .setDtype(output.dataType())
                  .setTensorShape(shape(output.shape()))
                  .build());
        });
    return infos;
  }

  /** The message of a shape. */
  static TensorShapeProto shape(Shape shape) {
    TensorShapeProto.Builder proto = TensorShapeProto.newBuilder();
    if (shape.isUnknown()) {
      return proto.setUnknownRank(true).build();
    }
    for (long size : shape.asArray()) {
      proto.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return proto.build();
  }

  private static String tensorName(Output<?> output) {
    return output.op().name() + ":" + output.index();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import com.google.gson.FormattingStyle;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.hypernet4j.predict.VersionStatus;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/** What the server tells of models, in the layout in which protobuf prints JSON. */
final class StatusJson {
  private static final Gson GSON =
      new GsonBuilder()
          .disableHtmlEscaping()
          .setFormattingStyle(FormattingStyle.PRETTY.withIndent(" "))
          .create();

  private StatusJson() {}

  /** Where versions stand. */
  static byte[] versions(List<VersionStatus> versions) {
    JsonArray all = new JsonArray();
    for (VersionStatus version : versions) {
      JsonObject status = new JsonObject();
      status.addProperty("error_code", version.errorCode());
      status.addProperty("error_message", version.message());
      JsonObject one = new JsonObject();
      one.addProperty("version", Long.toString(version.version()));
      one.addProperty("state", version.state().name());
      one.add("status", status);
      all.add(one);
    }
    JsonObject root = new JsonObject();
    root.add("model_version_status", all);
    return bytes(GSON.toJson(root) + "\n");
  }

  /** A version's signatures, with the names of their tensors in the graph. */
  static byte[] metadata(String name, long version, MetaGraphDef model) {
    JsonObject spec = new JsonObject();
    spec.addProperty("name", name);
    spec.addProperty("signature_name", "");
    spec.addProperty("version", Long.toString(version));
    JsonObject signatures = new JsonObject();
    new TreeMap<>(model.getSignatureDefMap())
        .forEach((key, signature) -> signatures.add(key, signature(signature)));
    JsonObject all = new JsonObject();
    all.add("signature_def", signatures);
    // two messages put together by hand there, which shows in the layout
    return bytes(
        "{\n\"model_spec\":"
            + GSON.toJson(spec)
            + "\n,\n\"metadata\": {\"signature_def\": "
            + GSON.toJson(all)
            + "\n}\n}\n");
  }

  private static JsonObject signature(SignatureDef signature) {
    JsonObject json = new JsonObject();
    json.add("inputs", tensors(signature.getInputsMap()));
    json.add("outputs", tensors(signature.getOutputsMap()));
    json.addProperty("method_name", signature.getMethodName());
    json.add("defaults", new JsonObject());
    return json;
  }

  private static JsonObject tensors(Map<String, TensorInfo> tensors) {
    JsonObject json = new JsonObject();
    new TreeMap<>(tensors).forEach((alias, info) -> json.add(alias, tensor(info)));
    return json;
  }

  private static JsonObject tensor(TensorInfo info) {
    JsonArray sizes = new JsonArray();
    for (TensorShapeProto.Dim dim : info.getTensorShape().getDimList()) {
      JsonObject size = new JsonObject();
      size.addProperty("size", Long.toString(dim.getSize()));
      size.addProperty("name", dim.getName());
      sizes.add(size);
    }
    JsonObject shape = new JsonObject();
    shape.add("dim", sizes);
    shape.addProperty("unknown_rank", info.getTensorShape().getUnknownRank());
    JsonObject json = new JsonObject();
    json.addProperty("dtype", info.getDtype().name());
    json.add("tensor_shape", shape);
    json.addProperty("name", info.getName());
    return json;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

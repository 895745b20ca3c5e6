// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import com.google.protobuf.AnyProto;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TextFormat;
import com.google.protobuf.WrappersProto;
import java.util.Objects;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorProto;

/**
 * TensorFlow Serving's messages by protobuf's own code, from their fields in {@code
 * tensorflow_serving/apis/*.proto}: nothing here is of the server.
 */
final class ServingProtos {
  private static final String MESSAGES =
      """
      ModelSpec: optional string name 1; optional .google.protobuf.Int64Value version 2 oneof; optional string signature_name 3; optional string version_label 4 oneof
      PredictRequest: optional .tensorflow.serving.ModelSpec model_spec 1; map .tensorflow.TensorProto inputs 2; repeated string output_filter 3
      PredictResponse: map .tensorflow.TensorProto outputs 1; optional .tensorflow.serving.ModelSpec model_spec 2
      GetModelMetadataRequest: optional .tensorflow.serving.ModelSpec model_spec 1; repeated string metadata_field 2
      GetModelMetadataResponse: optional .tensorflow.serving.ModelSpec model_spec 1; map .google.protobuf.Any metadata 2
      SignatureDefMap: map .tensorflow.SignatureDef signature_def 1
      GetModelStatusRequest: optional .tensorflow.serving.ModelSpec model_spec 1
      StatusProto: optional int32 error_code 1; optional string error_message 2
      ModelVersionStatus: optional int64 version 1; optional int32 state 2; optional .tensorflow.serving.StatusProto status 3
      GetModelStatusResponse: repeated .tensorflow.serving.ModelVersionStatus model_version_status 1
      HealthCheckRequest: optional string service 1
      HealthCheckResponse: optional int32 status 1
      """;

  private static final FileDescriptor FILE = file();

  private ServingProtos() {}

  private static FileDescriptor file() {
    FileDescriptor[] needed = {
      TensorProto.getDescriptor().getFile(),
      SignatureDef.getDescriptor().getFile(),
      WrappersProto.getDescriptor(),
      AnyProto.getDescriptor()
    };
    FileDescriptorProto.Builder file =
        FileDescriptorProto.newBuilder()
            .setName("serving.proto")
            .setPackage("tensorflow.serving")
            .setSyntax("proto3");
    for (FileDescriptor each : needed) {
      file.addDependency(each.getFullName());
    }
    MESSAGES.lines().forEach(line -> file.addMessageType(message(line)));
    try {
      return FileDescriptor.buildFrom(file.build(), needed);
    } catch (DescriptorValidationException e) {
      throw new AssertionError(e);
    }
  }

  private static DescriptorProto message(String line) {
    String name = line.substring(0, line.indexOf(':'));
    StringBuilder text = new StringBuilder("name: '" + name + "' ");
    for (String field : line.substring(name.length() + 1).split(";", -1)) {
      String[] words = field.strip().split(" ", -1);
      String label = words[0];
      String type = words[1];
      if (label.equals("map")) {
        String entry = words[2].replace("_", "") + "Entry";
        entry = Character.toUpperCase(entry.charAt(0)) + entry.substring(1);
        entry = words[2].equals("signature_def") ? "SignatureDefEntry" : entry;
        text.append("nested_type { name: '" + entry + "' options { map_entry: true } ")
            .append(field("optional", "string", "key", "1", ""))
            .append(field("optional", type, "value", "2", ""))
            .append("} ");
        label = "repeated";
        type = ".tensorflow.serving." + name + "." + entry;
      }
      text.append(field(label, type, words[2], words[3], words.length > 4 ? "oneof_index: 0" : ""));
    }
    if (line.contains(" oneof")) {
      text.append("oneof_decl { name: 'version_choice' }");
    }
    DescriptorProto.Builder built = DescriptorProto.newBuilder();
    merge(text.toString(), built);
    return built.build();
  }

  private static String field(String label, String type, String name, String number, String oneof) {
    return "field { name: '%s' number: %s label: LABEL_%s %s %s } "
        .formatted(
            name,
            number,
            label.toUpperCase(java.util.Locale.ROOT),
            type.startsWith(".")
                ? "type: TYPE_MESSAGE type_name: '" + type + "'"
                : "type: TYPE_" + type.toUpperCase(java.util.Locale.ROOT),
            oneof);
  }

  private static void merge(String text, com.google.protobuf.Message.Builder builder) {
    try {
      TextFormat.merge(text, builder);
    } catch (TextFormat.ParseException e) {
      throw new AssertionError(text, e);
    }
  }

  /** The bytes of a message, from protobuf's text form. */
  static byte[] bytes(String message, String text) {
    DynamicMessage.Builder builder =
        DynamicMessage.newBuilder(Objects.requireNonNull(FILE.findMessageTypeByName(message)));
    merge(text, builder);
    return builder.build().toByteArray();
  }

  /** A message of such bytes; nothing in it is unknown. */
  static DynamicMessage message(String message, byte[] bytes) {
    try {
      DynamicMessage read =
          DynamicMessage.parseFrom(
              Objects.requireNonNull(FILE.findMessageTypeByName(message)), bytes);
      if (!read.getUnknownFields().asMap().isEmpty()) {
        throw new AssertionError("unknown fields in " + read);
      }
      return read;
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /** Protobuf's text form of such bytes, in one line. */
  static String text(String message, byte[] bytes) {
    return TextFormat.shortDebugString(message(message, bytes));
  }
}

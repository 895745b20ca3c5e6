// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.hypernet4j.export.serving.ModelSpec;
import org.hypernet4j.export.serving.ProtoFields;
import org.hypernet4j.predict.VersionStatus;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SignatureDef;

/**
 * The messages of the gRPC interface that are small: questions about models, and answers. The
 * numbers are those of the fields in TensorFlow Serving's files {@code apis/*.proto}.
 */
final class GrpcMessages {
  /** The one field of metadata that there is. */
  static final String SIGNATURE_DEF = "signature_def";

  private static final String SIGNATURES = "type.googleapis.com/tensorflow.serving.SignatureDefMap";

  private static final int KEY = 1;
  private static final int VALUE = 2;
  private static final int FIRST_TAG = 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int SECOND_TAG = 2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;

  private GrpcMessages() {}

  /**
   * A question about a model: {@code GetModelStatusRequest} or {@code GetModelMetadataRequest}.
   *
   * @param model or null if the message does not say
   * @param fields of the metadata
   */
  record Question(@Nullable ModelSpec model, List<String> fields) {
    static Question parse(ByteString message) throws InvalidProtocolBufferException {
      @Nullable ModelSpec[] model = {null};
      List<String> fields = new ArrayList<>();
      ProtoFields.read(
          message,
          (tag, in) -> {
            switch (tag) {
              case FIRST_TAG -> model[0] = ModelSpec.parse(in.readBytes());
              case SECOND_TAG -> fields.add(in.readStringRequireUtf8());
              default -> {
                return false;
              }
            }
            return true;
          });
      return new Question(model[0], fields);
    }
  }

  /** {@code PredictResponse}. */
  static ByteString predicted(ModelSpec model, Map<String, ByteString> outputs) {
    return ProtoFields.message(
        out -> {
          for (Map.Entry<String, ByteString> output : outputs.entrySet()) {
            out.writeBytes(1, entry(output.getKey(), output.getValue()));
          }
          out.writeBytes(2, model.toByteString());
        });
  }

  /** {@code GetModelMetadataResponse}. */
  static ByteString metadata(ModelSpec model, MetaGraphDef graph) {
    ByteString signatures =
        ProtoFields.message(
            out -> {
              Map<String, SignatureDef> sorted = new TreeMap<>(graph.getSignatureDefMap());
              for (Map.Entry<String, SignatureDef> each : sorted.entrySet()) {
                out.writeBytes(1, entry(each.getKey(), each.getValue().toByteString()));
              }
            });
    ByteString any =
        ProtoFields.message(
            out -> {
              out.writeString(1, SIGNATURES);
              out.writeBytes(2, signatures);
            });
    return ProtoFields.message(
        out -> {
          out.writeBytes(1, model.toByteString());
          out.writeBytes(2, entry(SIGNATURE_DEF, any));
        });
  }

  /** {@code GetModelStatusResponse}. */
  static ByteString status(List<VersionStatus> versions) {
    return ProtoFields.message(
        out -> {
          for (VersionStatus version : versions) {
            out.writeBytes(1, status(version));
          }
        });
  }

  private static ByteString status(VersionStatus version) {
    ByteString status =
        ProtoFields.message(
            out -> {
              int code = Status.Code.valueOf(version.errorCode()).value();
              if (code != 0) {
                out.writeEnum(1, code);
              }
              if (!version.message().isEmpty()) {
                out.writeString(2, version.message());
              }
            });
    return ProtoFields.message(
        out -> {
          if (version.version() != 0) {
            out.writeInt64(1, version.version());
          }
          out.writeEnum(2, number(version.state()));
          out.writeBytes(3, status);
        });
  }

  private static int number(VersionStatus.State state) {
    return switch (state) {
      case START -> 10;
      case LOADING -> 20;
      case AVAILABLE -> 30;
      case UNLOADING -> 40;
      case END -> 50;
    };
  }

  /** The service that a {@code HealthCheckRequest} asks about; empty for the whole server. */
  static String service(ByteString message) throws InvalidProtocolBufferException {
    String[] service = {""};
    ProtoFields.read(
        message,
        (tag, in) -> {
          if (tag != FIRST_TAG) {
            return false;
          }
          service[0] = in.readStringRequireUtf8();
          return true;
        });
    return service[0];
  }

  /** {@code HealthCheckResponse}: serving, or not. */
  static ByteString health(boolean serving) {
    return ProtoFields.message(out -> out.writeEnum(1, serving ? 1 : 2));
  }

  private static ByteString entry(String key, ByteString value) {
    return ProtoFields.message(
        out -> {
          out.writeString(KEY, key);
          out.writeBytes(VALUE, value);
        });
  }
}

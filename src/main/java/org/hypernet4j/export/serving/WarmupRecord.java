// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.serving;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.TensorProto;

/**
 * One request that a server sends to a model before any client can.
 *
 * @param model the name under which the model is served
 * @param signature the key of the signature; empty for the default one
 * @param inputs the inputs by alias
 */
public record WarmupRecord(String model, String signature, Map<String, TensorProto> inputs) {
  private static final int LOG_PREDICT = 6;
  private static final int PREDICT_REQUEST = 1;

  public WarmupRecord {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
  }

  /** The record as a {@code PredictionLog}. */
  public byte[] toBytes() {
    ByteString request =
        new PredictMessage(new ModelSpec(model, null, null, signature), inputs, List.of())
            .toByteString();
    ByteString predict = ProtoFields.message(out -> out.writeBytes(PREDICT_REQUEST, request));
    return ProtoFields.message(out -> out.writeBytes(LOG_PREDICT, predict)).toByteArray();
  }

  /**
   * Reads a {@code PredictionLog}.
   *
   * @return null if it holds no predict request but something else, or nothing
   * @throws InvalidProtocolBufferException if it is not such a message
   */
  public static @Nullable WarmupRecord parse(byte[] log) throws InvalidProtocolBufferException {
    ByteString predict = field(ByteString.copyFrom(log), LOG_PREDICT);
    ByteString request = predict == null ? null : field(predict, PREDICT_REQUEST);
    if (request == null) {
      return null;
    }
    PredictMessage read = PredictMessage.parse(request);
    ModelSpec model = read.model();
    return new WarmupRecord(
        model == null ? "" : model.name(), model == null ? "" : model.signature(), read.inputs());
  }

  private static @Nullable ByteString field(ByteString message, int field)
      throws InvalidProtocolBufferException {
    @Nullable ByteString[] last = {null};
    ProtoFields.read(
        message,
        (tag, in) -> {
          if (tag != (field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
            return false;
          }
          last[0] = in.readBytes();
          return true;
        });
    return last[0];
  }
}

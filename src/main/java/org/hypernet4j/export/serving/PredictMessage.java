// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.serving;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.TensorProto;

/**
 * A call as TensorFlow Serving's clients send it: its message {@code PredictRequest}.
 *
 * @param model what is called; null if the message does not say
 * @param inputs by alias
 * @param outputs aliases of the outputs that are wanted; empty for all
 */
public record PredictMessage(
    @Nullable ModelSpec model, Map<String, TensorProto> inputs, List<String> outputs) {
  private static final int MODEL = 1;
  private static final int INPUTS = 2;
  private static final int OUTPUTS = 3;
  private static final int KEY = 1;
  private static final int VALUE = 2;

  private static final int MODEL_TAG = MODEL << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int INPUTS_TAG = INPUTS << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int OUTPUTS_TAG = OUTPUTS << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int KEY_TAG = KEY << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int VALUE_TAG = VALUE << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;

  /** Keeps the order. */
  public PredictMessage {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    outputs = List.copyOf(outputs);
  }

  /**
   * Reads the message.
   *
   * @throws InvalidProtocolBufferException if it is not such a message
   */
  public static PredictMessage parse(ByteString message) throws InvalidProtocolBufferException {
    @Nullable ModelSpec[] model = {null};
    Map<String, TensorProto> inputs = new LinkedHashMap<>();
    List<String> outputs = new ArrayList<>();
    ProtoFields.read(
        message,
        (tag, in) -> {
          switch (tag) {
            case MODEL_TAG -> model[0] = ModelSpec.parse(in.readBytes());
            case INPUTS_TAG -> input(in, inputs);
            case OUTPUTS_TAG -> outputs.add(in.readStringRequireUtf8());
            default -> {
              return false;
            }
          }
          return true;
        });
    return new PredictMessage(model[0], inputs, outputs);
  }

  private static void input(CodedInputStream message, Map<String, TensorProto> inputs)
      throws IOException {
    // a map's entry: either field may be left out when it is empty
    String[] key = {""};
    TensorProto[] value = {TensorProto.getDefaultInstance()};
    ProtoFields.read(
        message.readBytes(),
        (tag, in) -> {
          switch (tag) {
            case KEY_TAG -> key[0] = in.readStringRequireUtf8();
            case VALUE_TAG ->
                value[0] =
                    in.readMessage(TensorProto.parser(), ExtensionRegistryLite.getEmptyRegistry());
            default -> {
              return false;
            }
          }
          return true;
        });
    inputs.put(key[0], value[0]);
  }

  /** The message. */
  public ByteString toByteString() {
    return ProtoFields.message(
        out -> {
          if (model != null) {
            out.writeBytes(MODEL, model.toByteString());
          }
          for (Map.Entry<String, TensorProto> input : inputs.entrySet()) {
            out.writeBytes(
                INPUTS,
                ProtoFields.message(
                    entry -> {
                      entry.writeString(KEY, input.getKey());
                      entry.writeMessage(VALUE, input.getValue());
                    }));
          }
          for (String output : outputs) {
            out.writeString(OUTPUTS, output);
          }
        });
  }
}

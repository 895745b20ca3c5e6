// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.serving;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.TensorProto;

/**
 * One request that a server sends to a model before any client can. TensorFlow Java has no classes
 * for TensorFlow Serving's messages; these are the few fields of them that a request needs.
 *
 * @param model the name under which the model is served
 * @param signature the key of the signature; empty for the default one
 * @param inputs the inputs by alias
 */
public record WarmupRecord(String model, String signature, Map<String, TensorProto> inputs) {
  private static final int LOG_PREDICT = 6;
  private static final int PREDICT_REQUEST = 1;
  private static final int REQUEST_MODEL = 1;
  private static final int REQUEST_INPUTS = 2;
  private static final int MODEL_NAME = 1;
  private static final int MODEL_SIGNATURE = 3;
  private static final int ENTRY_KEY = 1;
  private static final int ENTRY_VALUE = 2;

  public WarmupRecord {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
  }

  /** The record as a {@code PredictionLog}. */
  public byte[] toBytes() {
    ByteString spec =
        message(
            out -> {
              out.writeString(MODEL_NAME, model);
              out.writeString(MODEL_SIGNATURE, signature);
            });
    ByteString request =
        message(
            out -> {
              out.writeBytes(REQUEST_MODEL, spec);
              for (Map.Entry<String, TensorProto> input : inputs.entrySet()) {
                out.writeBytes(
                    REQUEST_INPUTS,
                    message(
                        entry -> {
                          entry.writeString(ENTRY_KEY, input.getKey());
                          entry.writeMessage(ENTRY_VALUE, input.getValue());
                        }));
              }
            });
    ByteString predict = message(out -> out.writeBytes(PREDICT_REQUEST, request));
    return message(out -> out.writeBytes(LOG_PREDICT, predict)).toByteArray();
  }

  /**
   * Reads a {@code PredictionLog}.
   *
   * @return null if it holds no predict request but something else, or nothing
   * @throws InvalidProtocolBufferException if it is not such a message
   */
  public static @Nullable WarmupRecord parse(byte[] log) throws InvalidProtocolBufferException {
    Fields fields = new Fields();
    fields.read(ByteString.copyFrom(log), LOG_PREDICT, fields::predict);
    return fields.found ? new WarmupRecord(fields.model, fields.signature, fields.inputs) : null;
  }

  /** The fields read so far. */
  private static final class Fields {
    private final Map<String, TensorProto> inputs = new LinkedHashMap<>();
    private String model = "";
    private String signature = "";
    private boolean found;

    private void predict(ByteString message) throws InvalidProtocolBufferException {
      read(message, PREDICT_REQUEST, this::request);
    }

    private void request(ByteString message) throws InvalidProtocolBufferException {
      found = true;
      read(message, REQUEST_MODEL, this::spec);
      read(message, REQUEST_INPUTS, this::input);
    }

    private void spec(ByteString message) throws InvalidProtocolBufferException {
      read(message, MODEL_NAME, text -> model = text.toStringUtf8());
      read(message, MODEL_SIGNATURE, text -> signature = text.toStringUtf8());
    }

    private void input(ByteString message) throws InvalidProtocolBufferException {
      // a map's entry: either field may be left out when it is empty
      String[] key = {""};
      TensorProto[] value = {TensorProto.getDefaultInstance()};
      read(message, ENTRY_KEY, text -> key[0] = text.toStringUtf8());
      read(message, ENTRY_VALUE, bytes -> value[0] = TensorProto.parseFrom(bytes));
      inputs.put(key[0], value[0]);
    }

    /** Passes every field of one number to a reader, and skips the others. */
    private void read(ByteString message, int field, Reader reader)
        throws InvalidProtocolBufferException {
      try {
        CodedInputStream in = message.newCodedInput();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
          if (tag == (field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
            reader.read(in.readBytes());
          } else if (!in.skipField(tag)) {
            throw new InvalidProtocolBufferException("a group ends that has not begun");
          }
        }
      } catch (InvalidProtocolBufferException e) {
        throw e;
      } catch (IOException e) {
        throw new InvalidProtocolBufferException(e);
      }
    }
  }

  @FunctionalInterface
  private interface Reader {
    void read(ByteString field) throws InvalidProtocolBufferException;
  }

  @FunctionalInterface
  private interface Writer {
    void write(CodedOutputStream out) throws IOException;
  }

  private static ByteString message(Writer fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ByteString.copyFrom(bytes.toByteArray());
  }
}

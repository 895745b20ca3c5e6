// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.serving;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a request of TensorFlow Serving is for, and who answered it: its message {@code ModelSpec}.
 *
 * @param name of the model; may be empty
 * @param version its number, or null
 * @param label of a version, or null; not with a number
 * @param signature its key; empty for the default one
 */
public record ModelSpec(
    String name, @Nullable Long version, @Nullable String label, String signature) {
  private static final int NAME = 1;
  private static final int VERSION = 2;
  private static final int SIGNATURE = 3;
  private static final int LABEL = 4;
  private static final int VALUE = 1;

  private static final int NAME_TAG = NAME << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int VERSION_TAG = VERSION << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int SIGNATURE_TAG = SIGNATURE << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int LABEL_TAG = LABEL << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int VALUE_TAG = VALUE << 3 | WireFormat.WIRETYPE_VARINT;

  /**
   * Reads the message.
   *
   * @throws InvalidProtocolBufferException if it is not such a message
   */
  public static ModelSpec parse(ByteString message) throws InvalidProtocolBufferException {
    Fields fields = new Fields();
    ProtoFields.read(
        message,
        (tag, in) -> {
          switch (tag) {
            case NAME_TAG -> fields.name = in.readStringRequireUtf8();
            case SIGNATURE_TAG -> fields.signature = in.readStringRequireUtf8();
            case VERSION_TAG -> {
              fields.version = number(in.readBytes());
              fields.label = null; // of the two the last one counts
            }
            case LABEL_TAG -> {
              fields.label = in.readStringRequireUtf8();
              fields.version = null;
            }
            default -> {
              return false;
            }
          }
          return true;
        });
    return new ModelSpec(fields.name, fields.version, fields.label, fields.signature);
  }

  /** The fields read so far. */
  private static final class Fields {
    private String name = "";
    private String signature = "";
    private @Nullable Long version;
    private @Nullable String label;
  }

  private static long number(ByteString message) throws InvalidProtocolBufferException {
    long[] value = {0};
    ProtoFields.read(
        message,
        (tag, in) -> {
          if (tag != VALUE_TAG) {
            return false;
          }
          value[0] = in.readInt64();
          return true;
        });
    return value[0];
  }

  /** The message. */
  public ByteString toByteString() {
    return ProtoFields.message(
        out -> {
          if (!name.isEmpty()) {
            out.writeString(NAME, name);
          }
          if (version != null) {
            out.writeBytes(VERSION, number(version));
          }
          if (!signature.isEmpty()) {
            out.writeString(SIGNATURE, signature);
          }
          if (label != null) {
            out.writeString(LABEL, label);
          }
        });
  }

  private static ByteString number(long value) throws IOException {
    return ProtoFields.message(
        out -> {
          if (value != 0) {
            out.writeInt64(VALUE, value);
          }
        });
  }
}

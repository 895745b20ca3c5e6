// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.serving;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Reads and writes protobuf's messages field by field, for those of TensorFlow Serving: TensorFlow
 * Java has no classes of them.
 */
public final class ProtoFields {
  private ProtoFields() {}

  /** Takes the fields of a message. */
  @FunctionalInterface
  public interface Reader {
    /**
     * Reads the field that begins.
     *
     * @param tag number and kind of the field
     * @return false, with nothing read, for a field that nobody wants
     */
    boolean read(int tag, CodedInputStream in) throws IOException;
  }

  /** Gives the fields of a message. */
  @FunctionalInterface
  public interface Writer {
    /** Writes them. */
    void write(CodedOutputStream out) throws IOException;
  }

  /**
   * Reads a message to its end.
   *
   * @throws InvalidProtocolBufferException if it is none
   */
  public static void read(ByteString message, Reader reader) throws InvalidProtocolBufferException {
    try {
      CodedInputStream in = message.newCodedInput();
      in.enableAliasing(true); // tensors stay where they are
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (!reader.read(tag, in) && !in.skipField(tag)) {
          throw new InvalidProtocolBufferException("a group ends that has not begun");
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw e;
    } catch (IOException e) {
      throw new InvalidProtocolBufferException(e);
    }
  }

  /** A message of these fields. */
  public static ByteString message(Writer fields) {
    ByteString.Output bytes = ByteString.newOutput();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteString();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io.internal;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.Npy;
import org.jspecify.annotations.Nullable;

/**
 * Reads records in TensorFlow's TFRecord framing (see {@link TfRecordWriter}) and checks both
 * checksums of each.
 *
 * <pre>{@code
 * try (TfRecordReader reader = TfRecordReader.open(file)) {
 *   for (byte[] record = reader.read(); record != null; record = reader.read()) {
 *     examples.add(Example.parseFrom(record));
 *   }
 * }
 * }</pre>
 */
public final class TfRecordReader implements Closeable {
  private static final int HEADER_BYTES = 12;
  private static final int FOOTER_BYTES = 4;

  private final InputStream in;
  private final String where;
  private long offset;

  /**
   * Reads from a stream.
   *
   * @param where name of the stream in errors
   */
  public TfRecordReader(InputStream in, String where) {
    this.in = in;
    this.where = where;
  }

  /**
   * Opens a file.
   *
   * @throws UserError when it cannot be opened
   */
  public static TfRecordReader open(Path file) {
    try {
      return new TfRecordReader(
          new BufferedInputStream(RegularFiles.newInputStream(file), 1 << 16), file.toString());
    } catch (IOException e) {
      throw Npy.unreadable(file, e);
    }
  }

  /**
   * Reads all records of a file.
   *
   * @throws UserError as {@link #read}
   */
  public static List<byte[]> readAll(Path file) {
    List<byte[]> records = new ArrayList<>();
    try (TfRecordReader reader = open(file)) {
      for (byte[] record = reader.read(); record != null; record = reader.read()) {
        records.add(record);
      }
    } catch (IOException e) {
      throw Npy.unreadable(file, e);
    }
    return records;
  }

  /**
   * The next record, or null after the last.
   *
   * @throws UserError when the file ends inside a record, a checksum does not fit, or the file
   *     cannot be read
   */
  public byte @Nullable [] read() {
    try {
      byte[] header = in.readNBytes(HEADER_BYTES);
      if (header.length == 0) {
        return null;
      }
      requireWhole(header.length, HEADER_BYTES);
      ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
      long length = fields.getLong();
      requireChecksum("length", MaskedCrc32c.of(header, 0, Long.BYTES), fields.getInt());
      if (length < 0 || length > Integer.MAX_VALUE - HEADER_BYTES) {
        throw damaged("a record of " + Long.toUnsignedString(length) + " bytes");
      }
      // readNBytes grows as bytes arrive, so a false length costs no memory
      byte[] record = in.readNBytes((int) length);
      requireWhole(record.length, (int) length);
      byte[] footer = in.readNBytes(FOOTER_BYTES);
      requireWhole(footer.length, FOOTER_BYTES);
      requireChecksum(
          "data",
          MaskedCrc32c.of(record),
          ByteBuffer.wrap(footer).order(ByteOrder.LITTLE_ENDIAN).getInt());
      offset += HEADER_BYTES + length + FOOTER_BYTES;
      return record;
    } catch (IOException e) {
      throw UserError.in(where).what("cannot be read").received(e.getMessage()).cause(e).build();
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private void requireWhole(int received, int expected) {
    if (received < expected) {
      throw damaged("a file that ends inside the record");
    }
  }

  private void requireChecksum(String part, int computed, int stored) {
    if (computed != stored) {
      throw damaged("%s checksum %08x instead of %08x".formatted(part, computed, stored));
    }
  }

  private UserError damaged(String received) {
    return UserError.in(where)
        .what("broken record at byte " + offset)
        .expected("TFRecord framing with masked CRC-32C")
        .received(received)
        .next("download or write the file again, uncompressed")
        .build();
  }
}

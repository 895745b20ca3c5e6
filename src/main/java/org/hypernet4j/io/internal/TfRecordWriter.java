// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io.internal;

import java.io.Closeable;
import java.io.Flushable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes records in TensorFlow's TFRecord framing: length (unsigned 64 bits, little-endian), masked
 * CRC-32C of the length, the bytes, masked CRC-32C of the bytes.
 *
 * <pre>{@code
 * AtomicFiles.write(file, out -> new TfRecordWriter(out).write(example.toByteArray()));
 * }</pre>
 */
public final class TfRecordWriter implements Closeable, Flushable {
  private final OutputStream out;

  /** Writes to {@code out}, which should be buffered. */
  public TfRecordWriter(OutputStream out) {
    this.out = out;
  }

  /**
   * Writes one record.
   *
   * @throws IOException if writing fails
   */
  public void write(byte[] record) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(record.length);
    header.putInt(MaskedCrc32c.of(header.array(), 0, 8));
    out.write(header.array());
    out.write(record);
    ByteBuffer footer = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    out.write(footer.putInt(MaskedCrc32c.of(record)).array());
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  /** Closes the stream underneath. */
  @Override
  public void close() throws IOException {
    out.close();
  }
}

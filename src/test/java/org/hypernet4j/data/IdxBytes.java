// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPOutputStream;

/** Writes IDX files for tests, right ones and wrong ones. */
final class IdxBytes {
  private IdxBytes() {}

  /** Header words, then the payload. */
  static byte[] idx(int[] header, byte[] payload) {
    ByteBuffer bytes = ByteBuffer.allocate(header.length * Integer.BYTES + payload.length);
    for (int word : header) {
      bytes.putInt(word);
    }
    return bytes.put(payload).array();
  }

  /** An image file whose pixels count 0, 1, 2 ... modulo 251. */
  static byte[] images(int count, int height, int width) {
    return idx(new int[] {2051, count, height, width}, ramp(count * height * width));
  }

  static byte[] labels(int... labels) {
    byte[] bytes = new byte[labels.length];
    for (int i = 0; i < labels.length; i++) {
      bytes[i] = (byte) labels[i];
    }
    return idx(new int[] {2049, labels.length}, bytes);
  }

  static byte[] ramp(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i % 251);
    }
    return bytes;
  }

  static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}

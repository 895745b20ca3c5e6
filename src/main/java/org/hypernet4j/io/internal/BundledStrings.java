// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.hypernet4j.error.UserError;

/**
 * The texts of one tensor of a {@link TensorBundle}: the lengths as varints, a checksum of the
 * lengths, then the bytes of one text after the other. Checksums are over the lengths as integers
 * of 32 bits.
 */
final class BundledStrings {
  private final ByteBuffer bytes;
  private final String where;

  BundledStrings(byte[] bytes, String where) {
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    this.where = where;
  }

  /**
   * Reads all texts.
   *
   * @param count number of texts
   * @param checksum of all, masked
   * @throws UserError if a length or a checksum does not fit
   */
  List<byte[]> read(int count, int checksum) {
    CRC32C crc = new CRC32C();
    int[] lengths = new int[count];
    long all = 0;
    for (int i = 0; i < count; i++) {
      lengths[i] = length();
      all += lengths[i];
      crc.update(integer(lengths[i]));
    }
    if (all != bytes.remaining() - (long) Integer.BYTES) {
      throw damaged(all + " bytes of text in " + bytes.remaining());
    }
    int ofLengths = bytes.getInt();
    requireEqual(MaskedCrc32c.of(crc), ofLengths);
    crc.update(integer(ofLengths));
    crc.update(bytes.duplicate());
    requireEqual(MaskedCrc32c.of(crc), checksum);
    List<byte[]> texts = new ArrayList<>(count);
    for (int length : lengths) {
      byte[] text = new byte[length];
      bytes.get(text);
      texts.add(text);
    }
    return texts;
  }

  private int length() {
    try {
      long length = Varints.read(bytes);
      if (length >= 0 && length <= bytes.remaining()) {
        return (int) length;
      }
      throw damaged("a text of " + length + " bytes");
    } catch (IllegalArgumentException e) {
      throw damaged(String.valueOf(e.getMessage()));
    }
  }

  private ByteBuffer integer(int value) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(0, value);
  }

  private void requireEqual(int computed, int stored) {
    if (computed != stored) {
      throw damaged("checksum %08x instead of %08x".formatted(computed, stored));
    }
  }

  private UserError damaged(String received) {
    return UserError.in(where)
        .what("damaged text in a TensorFlow checkpoint")
        .received(received)
        .next("copy or save the checkpoint again")
        .build();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io.internal;

import io.airlift.compress.snappy.SnappyDecompressor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.hypernet4j.error.UserError;
import org.jspecify.annotations.Nullable;

/** Decompresses one block of Snappy; the library for it is optional. */
final class SnappyBlock {
  // a copy of 64 bytes takes 3
  private static final long MOST_BYTES_FOR_ONE = 22;
  private static final long MOST_BYTES = 1L << 30;

  private SnappyBlock() {}

  /**
   * Unpacks a part of an array.
   *
   * @param where the file, for errors
   * @throws UserError if it is damaged, or the library is not on the class path
   */
  static byte[] unpack(byte[] from, int start, int size, String where) {
    long claimed;
    try {
      claimed = Varints.read(ByteBuffer.wrap(from, start, size));
    } catch (IllegalArgumentException e) {
      throw damaged(where, String.valueOf(e.getMessage()), e);
    }
    // checked against the largest possible size before memory is allocated
    if (claimed < 0 || claimed > MOST_BYTES_FOR_ONE * size || claimed > MOST_BYTES) {
      throw damaged(where, claimed + " bytes packed into " + size, null);
    }
    byte[] unpacked = new byte[(int) claimed];
    // an array of its own, so that the library cannot read past the block
    int length = decompress(Arrays.copyOfRange(from, start, start + size), unpacked, where);
    if (length != unpacked.length) {
      throw damaged(where, length + " bytes instead of " + unpacked.length, null);
    }
    return unpacked;
  }

  private static int decompress(byte[] packed, byte[] unpacked, String where) {
    try {
      return new SnappyDecompressor()
          .decompress(packed, 0, packed.length, unpacked, 0, unpacked.length);
    } catch (RuntimeException e) {
      // the library's own exception must not be named here: without the library this class could
      // not load
      throw damaged(where, String.valueOf(e.getMessage()), e);
    } catch (NoClassDefFoundError e) {
      throw UserError.in(where)
          .what("the index is compressed with Snappy, and the library for that is missing")
          .expected("io.airlift:aircompressor on the class path")
          .next("add it to the dependencies, or save the checkpoint with TensorFlow 2")
          .cause(e)
          .build();
    }
  }

  private static UserError damaged(String where, String received, @Nullable Exception cause) {
    UserError.Builder error =
        UserError.in(where)
            .what("damaged, or not the index of a TensorFlow checkpoint")
            .expected("whole blocks of Snappy")
            .received(received)
            .next("copy or save the checkpoint again");
    return (cause == null ? error : error.cause(cause)).build();
  }
}

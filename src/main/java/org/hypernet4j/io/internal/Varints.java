// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io.internal;

import java.nio.ByteBuffer;

/** Whole numbers of variable length: seven bits per byte, the lowest first. */
final class Varints {
  private Varints() {}

  /**
   * Reads the next number; the top bit of a byte is set if another follows.
   *
   * @throws IllegalArgumentException if the buffer ends first, or the number has more than 64 bits
   */
  static long read(ByteBuffer from) {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE && from.hasRemaining(); shift += 7) {
      byte next = from.get();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number that does not end");
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io.internal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;

/** Damage of the kinds that disks, networks and strangers do to a file. */
final class Mutation {
  private static final long[] EXTREMES = {
    0,
    1,
    -1,
    Byte.MAX_VALUE,
    Short.MAX_VALUE,
    Short.MIN_VALUE,
    Integer.MAX_VALUE,
    Integer.MAX_VALUE - 8,
    Integer.MIN_VALUE,
    1L << 31,
    1L << 32,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    0xFFFF,
    0xFFFFFFFFL
  };

  private Mutation() {}

  /** Between one and four changes of a copy. */
  static byte[] of(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      bytes = one(bytes, random);
    }
    return bytes;
  }

  private static byte[] one(byte[] bytes, Random random) {
    if (bytes.length == 0) {
      return new byte[] {(byte) random.nextInt()};
    }
    int at = random.nextInt(bytes.length);
    int end = Math.min(bytes.length, at + 1 + random.nextInt(40));
    byte[] part = Arrays.copyOfRange(bytes, at, end);
    return switch (random.nextInt(9)) {
      case 0, 1 -> {
        byte[] flipped = bytes.clone();
        flipped[at] ^= (byte) (1 << random.nextInt(8));
        yield flipped;
      }
      case 2 -> Arrays.copyOf(bytes, at);
      case 3 -> splice(bytes, at, part, at); // twice
      case 4 -> splice(bytes, at, new byte[0], end); // gone
      case 5 -> {
        random.nextBytes(part);
        yield splice(bytes, at, part, at);
      }
      case 6 -> {
        byte[] many = new byte[1000 + random.nextInt(40_000)];
        Arrays.fill(many, bytes[at]);
        yield splice(bytes, at, many, at);
      }
      default -> number(bytes, at, random);
    };
  }

  /** A field of 1, 2, 4 or 8 bytes becomes an extreme number. */
  private static byte[] number(byte[] bytes, int at, Random random) {
    int width = 1 << random.nextInt(4);
    ByteOrder order = random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    byte[] number =
        ByteBuffer.allocate(Long.BYTES)
            .order(order)
            .putLong(EXTREMES[random.nextInt(EXTREMES.length)])
            .array();
    byte[] field =
        order == ByteOrder.LITTLE_ENDIAN
            ? Arrays.copyOf(number, width)
            : Arrays.copyOfRange(number, Long.BYTES - width, Long.BYTES);
    return splice(bytes, at, field, Math.min(bytes.length, at + width));
  }

  private static byte[] splice(byte[] bytes, int at, byte[] part, int from) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(bytes, 0, at);
    out.writeBytes(part);
    out.write(bytes, from, bytes.length - from);
    return out.toByteArray();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.util.Arrays;
import java.util.Random;

/** Ways to damage bytes. */
enum ByteDamage {
  FLIPPED,
  SEVERAL_FLIPPED,
  CUT,
  EMPTIED,
  LONGER,
  GARBAGE_WITHIN,
  ALL_GARBAGE,
  HEAD_CHANGED,
  PART_TWICE;

  private static final int HEAD = 64;

  static ByteDamage any(Random random) {
    return values()[random.nextInt(values().length)];
  }

  /** Flips a bit in place and returns the index of its byte. */
  static int flipBit(byte[] bytes, Random random) {
    int at = random.nextInt(bytes.length);
    bytes[at] ^= (byte) (1 << random.nextInt(8));
    return at;
  }

  /** A damaged copy of bytes, of which there are some. */
  byte[] apply(byte[] sound, Random random) {
    byte[] bytes = sound.clone();
    int at = random.nextInt(bytes.length);
    switch (this) {
      case FLIPPED -> flipBit(bytes, random);
      case SEVERAL_FLIPPED -> {
        for (int i = 1 + random.nextInt(20); i > 0; i--) {
          flipBit(bytes, random);
        }
      }
      case CUT -> bytes = Arrays.copyOf(bytes, at);
      case EMPTIED -> bytes = new byte[0];
      case LONGER -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(1000));
      case GARBAGE_WITHIN -> {
        byte[] garbage = garbage(1 + random.nextInt(Math.min(200, bytes.length - at)), random);
        System.arraycopy(garbage, 0, bytes, at, garbage.length);
      }
      case ALL_GARBAGE -> bytes = garbage(1 + random.nextInt(2000), random);
      case HEAD_CHANGED -> bytes[at % Math.min(HEAD, bytes.length)] = (byte) random.nextInt();
      case PART_TWICE -> {
        byte[] twice = Arrays.copyOf(bytes, bytes.length + bytes.length - at);
        System.arraycopy(bytes, at, twice, bytes.length, bytes.length - at);
        bytes = twice;
      }
    }
    return bytes;
  }

  private static byte[] garbage(int length, Random random) {
    byte[] garbage = new byte[length];
    random.nextBytes(garbage);
    return garbage;
  }
}

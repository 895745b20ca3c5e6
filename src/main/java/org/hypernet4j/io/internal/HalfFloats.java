// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io.internal;

import java.nio.ByteBuffer;
import java.nio.ShortBuffer;
import org.tensorflow.proto.DataType;

/** Converts 16-bit floats to 32-bit floats, which represent each of them exactly. */
public final class HalfFloats {
  private static final int FRACTION_BITS = 10;
  private static final int FRACTION = (1 << FRACTION_BITS) - 1;
  private static final int LARGEST_EXPONENT = 31;
  private static final int EXPONENT_BIAS = 15;

  private HalfFloats() {}

  /**
   * Copies all of {@code from}.
   *
   * @param type {@code DT_HALF} or {@code DT_BFLOAT16}
   * @param offset of the first in {@code to}
   */
  public static void get(ByteBuffer from, DataType type, float[] to, int offset) {
    ShortBuffer bits = from.asShortBuffer();
    boolean ieee = type == DataType.DT_HALF;
    for (int i = 0; i < bits.remaining(); i++) {
      to[offset + i] = ieee ? ofBinary16(bits.get(i)) : ofBfloat16(bits.get(i));
    }
  }

  /** A bfloat16 is the upper half of a float of 32 bits. */
  static float ofBfloat16(short bits) {
    return Float.intBitsToFloat(bits << Short.SIZE);
  }

  /** An IEEE 754 binary16 has 5 bits of exponent and 10 of fraction. */
  static float ofBinary16(short bits) {
    int exponent = bits >> FRACTION_BITS & LARGEST_EXPONENT;
    int fraction = bits & FRACTION;
    float magnitude;
    if (exponent == LARGEST_EXPONENT) {
      magnitude = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    } else if (exponent == 0) {
      magnitude = Math.scalb((float) fraction, 1 - EXPONENT_BIAS - FRACTION_BITS);
    } else {
      magnitude =
          Math.scalb(1f * (fraction | FRACTION + 1), exponent - EXPONENT_BIAS - FRACTION_BITS);
    }
    return bits < 0 ? -magnitude : magnitude;
  }
}

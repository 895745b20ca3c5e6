// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The element types of a {@link NpyArray} and the Java array that holds each. */
public enum NpyType {
  /** 32-bit floats, in a {@code float[]}. */
  F4("float32", "<f4", 4),
  /** 64-bit floats, in a {@code double[]}. */
  F8("float64", "<f8", 8),
  /** Signed bytes, in a {@code byte[]}. */
  I1("int8", "|i1", 1),
  /** Unsigned bytes, in a {@code byte[]}: 200 is held as {@code (byte) 200}. */
  U1("uint8", "|u1", 1),
  /** 16-bit integers, in a {@code short[]}. */
  I2("int16", "<i2", 2),
  /** 32-bit integers, in an {@code int[]}. */
  I4("int32", "<i4", 4),
  /** 64-bit integers, in a {@code long[]}. */
  I8("int64", "<i8", 8),
  /** Truth values, in a {@code byte[]} of 0 and 1. */
  BOOL("bool", "|b1", 1);

  private final String numpyName;
  private final String descriptor;
  private final int bytes;

  NpyType(String numpyName, String descriptor, int bytes) {
    this.numpyName = numpyName;
    this.descriptor = descriptor;
    this.bytes = bytes;
  }

  /** NumPy's name of this type, for example {@code float32}. */
  public String numpyName() {
    return numpyName;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  boolean isFloating() {
    return this == F4 || this == F8;
  }

  /** The value of {@code descr} in a file's header, little-endian. */
  String descriptor() {
    return descriptor;
  }

  /** The type of a {@code descr} whatever its byte order, or null when there is none. */
  static @Nullable NpyType ofDescriptor(String text) {
    if (text.length() != 3 || "<>|=".indexOf(text.charAt(0)) < 0) {
      return null;
    }
    for (NpyType type : values()) {
      // "no byte order" makes sense for single bytes only
      if (text.endsWith(type.descriptor.substring(1))
          && (text.charAt(0) != '|' || type.bytes == 1)) {
        return type;
      }
    }
    return null;
  }

  Object allocate(int count) {
    return switch (this) {
      case F4 -> new float[count];
      case F8 -> new double[count];
      case I1, U1, BOOL -> new byte[count];
      case I2 -> new short[count];
      case I4 -> new int[count];
      case I8 -> new long[count];
    };
  }

  /** Copies {@code count} elements from the start of {@code from}, in its byte order. */
  public void get(ByteBuffer from, Object to, int offset, int count) {
    switch (this) {
      case F4 -> from.asFloatBuffer().get((float[]) to, offset, count);
      case F8 -> from.asDoubleBuffer().get((double[]) to, offset, count);
      case I1, U1, BOOL -> from.duplicate().get((byte[]) to, offset, count);
      case I2 -> from.asShortBuffer().get((short[]) to, offset, count);
      case I4 -> from.asIntBuffer().get((int[]) to, offset, count);
      case I8 -> from.asLongBuffer().get((long[]) to, offset, count);
    }
  }

  /** Copies {@code count} elements to the start of {@code to}, in its byte order. */
  void put(Object from, int offset, int count, ByteBuffer to) {
    switch (this) {
      case F4 -> to.asFloatBuffer().put((float[]) from, offset, count);
      case F8 -> to.asDoubleBuffer().put((double[]) from, offset, count);
      case I1, U1, BOOL -> to.duplicate().put((byte[]) from, offset, count);
      case I2 -> to.asShortBuffer().put((short[]) from, offset, count);
      case I4 -> to.asIntBuffer().put((int[]) from, offset, count);
      case I8 -> to.asLongBuffer().put((long[]) from, offset, count);
    }
  }
}

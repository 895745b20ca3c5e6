// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io;

import java.util.Arrays;
import java.util.Objects;
import org.hypernet4j.error.UserError;

/**
 * An immutable array as NumPy stores it: an element type, a shape, and the elements flat in C order
 * (the last axis runs fastest).
 *
 * <p>Factories and accessors copy, so an array cannot be changed from outside. The accessors
 * convert if every value is represented exactly ({@code int32} 7 as a float); otherwise they refuse
 * and name the first value that is not.
 *
 * <pre>{@code
 * NpyArray kernel = NpyArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
 * double[] values = kernel.doubles(); // row by row
 * }</pre>
 */
public final class NpyArray {
  private final NpyType type;
  private final long[] shape;
  private final Object data;
  private final int size;
  private final String source;

  private NpyArray(NpyType type, long[] shape, Object data, int size, String source) {
    if (NpyHeader.elements(shape) != size) {
      throw new IllegalArgumentException(
          size + " values do not fill an array of shape " + Arrays.toString(shape));
    }
    this.type = type;
    this.shape = shape;
    this.data = data;
    this.size = size;
    this.source = source;
  }

  /** Takes over {@code data}, the Java array matching {@code type}, without a copy. */
  public static NpyArray wrap(NpyType type, long[] shape, Object data, String source) {
    return new NpyArray(type, shape, data, java.lang.reflect.Array.getLength(data), source);
  }

  /**
   * A {@code float32} array.
   *
   * @param values flat in C order; copied
   * @param shape lengths of the axes; none for a scalar
   */
  public static NpyArray of(float[] values, long... shape) {
    return copy(NpyType.F4, values.clone(), shape);
  }

  /** A {@code float64} array; arguments as in {@link #of(float[], long...)}. */
  public static NpyArray of(double[] values, long... shape) {
    return copy(NpyType.F8, values.clone(), shape);
  }

  /** An {@code int16} array; arguments as in {@link #of(float[], long...)}. */
  public static NpyArray of(short[] values, long... shape) {
    return copy(NpyType.I2, values.clone(), shape);
  }

  /** An {@code int32} array; arguments as in {@link #of(float[], long...)}. */
  public static NpyArray of(int[] values, long... shape) {
    return copy(NpyType.I4, values.clone(), shape);
  }

  /** An {@code int64} array; arguments as in {@link #of(float[], long...)}. */
  public static NpyArray of(long[] values, long... shape) {
    return copy(NpyType.I8, values.clone(), shape);
  }

  /** A {@code bool} array; arguments as in {@link #of(float[], long...)}. */
  public static NpyArray of(boolean[] values, long... shape) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (values[i] ? 1 : 0);
    }
    return copy(NpyType.BOOL, bytes, shape);
  }

  /** An {@code int8} array; arguments as in {@link #of(float[], long...)}. */
  public static NpyArray ofSigned(byte[] values, long... shape) {
    return copy(NpyType.I1, values.clone(), shape);
  }

  /** A {@code uint8} array; arguments as in {@link #of(float[], long...)}. */
  public static NpyArray ofUnsigned(byte[] values, long... shape) {
    return copy(NpyType.U1, values.clone(), shape);
  }

  private static NpyArray copy(NpyType type, Object data, long[] shape) {
    return wrap(type, shape.clone(), data, "array");
  }

  /** The type of the elements. */
  public NpyType type() {
    return type;
  }

  /** The lengths of the axes; empty for a scalar. */
  public long[] shape() {
    return shape.clone();
  }

  /** Number of elements. */
  public int size() {
    return size;
  }

  /**
   * The elements as floats, in C order.
   *
   * @throws UserError when a value has no equal float
   */
  public float[] floats() {
    if (data instanceof float[] same) {
      return same.clone();
    }
    float[] result = new float[size];
    for (int i = 0; i < size; i++) {
      if (type.isFloating()) {
        double value = floatingAt(i);
        result[i] = (float) value;
        require(result[i] == value || Double.isNaN(value), i, "float32");
      } else {
        long value = integerAt(i);
        result[i] = (float) value;
        // 2^63 is not a long, and the cast back would turn it into the largest one
        require(result[i] != 0x1p63f && (long) result[i] == value, i, "float32");
      }
    }
    return result;
  }

  /**
   * The elements as float32, in C order; float64 is rounded to the nearest.
   *
   * @param where begins the message of an error
   * @throws UserError if a number is too large for float32, or an integer has no equal one
   */
  public float[] roundedFloats(String where) {
    if (type != NpyType.F8) {
      return floats();
    }
    double[] exact = doubles();
    float[] rounded = new float[exact.length];
    for (int i = 0; i < exact.length; i++) {
      rounded[i] = (float) exact[i];
      if (Float.isInfinite(rounded[i]) && Double.isFinite(exact[i])) {
        throw UserError.in(where)
            .what("a number is too large for a parameter")
            .expected("at most " + Float.MAX_VALUE + ", the largest float32")
            .received(exact[i] + " at flat index " + i + " of " + this)
            .build();
      }
    }
    return rounded;
  }

  /**
   * The elements as doubles, in C order.
   *
   * @throws UserError when a value has no equal double (an {@code int64} beyond 2^53)
   */
  public double[] doubles() {
    if (data instanceof double[] same) {
      return same.clone();
    }
    double[] result = new double[size];
    for (int i = 0; i < size; i++) {
      if (type.isFloating()) {
        result[i] = floatingAt(i);
      } else {
        long value = integerAt(i);
        result[i] = (double) value;
        require(result[i] != 0x1p63 && (long) result[i] == value, i, "float64");
      }
    }
    return result;
  }

  /**
   * The elements as ints, in C order; truth values are 0 and 1.
   *
   * @throws UserError when a value is no whole number or too large
   */
  public int[] ints() {
    if (data instanceof int[] same) {
      return same.clone();
    }
    int[] result = new int[size];
    for (int i = 0; i < size; i++) {
      if (type.isFloating()) {
        double value = floatingAt(i);
        result[i] = (int) value;
        require(result[i] == value, i, "int32");
      } else {
        long value = integerAt(i);
        result[i] = (int) value;
        require(result[i] == value, i, "int32");
      }
    }
    return result;
  }

  /**
   * The elements as longs, in C order; truth values are 0 and 1.
   *
   * @throws UserError when a value is no whole number or too large
   */
  public long[] longs() {
    if (data instanceof long[] same) {
      return same.clone();
    }
    long[] result = new long[size];
    for (int i = 0; i < size; i++) {
      if (type.isFloating()) {
        double value = floatingAt(i);
        result[i] = (long) value;
        require(value != 0x1p63 && (double) result[i] == value, i, "int64");
      } else {
        result[i] = integerAt(i);
      }
    }
    return result;
  }

  /**
   * The elements of an array whose type has one byte, as stored: {@code uint8} 200 is {@code (byte)
   * 200}, truth values are 0 and 1.
   *
   * @throws UserError when the type is wider
   */
  public byte[] bytes() {
    if (data instanceof byte[] same) {
      return same.clone();
    }
    throw UserError.in(source)
        .what("cannot be read as bytes")
        .expected("int8, uint8 or bool")
        .received(this)
        .build();
  }

  /**
   * The Java array itself, without a copy, as {@link #wrap} took it over: {@code float[]} for
   * {@code float32} and so on, {@code byte[]} for {@code int8}, {@code uint8} and {@code bool}. It
   * is for reading: whoever changes it changes an array that is immutable for all others.
   */
  public Object data() {
    return data;
  }

  private double floatingAt(int i) {
    return data instanceof float[] floats ? floats[i] : ((double[]) data)[i];
  }

  private long integerAt(int i) {
    return switch (type) {
      case I1, BOOL -> ((byte[]) data)[i];
      case U1 -> ((byte[]) data)[i] & 0xFF;
      case I2 -> ((short[]) data)[i];
      case I4 -> ((int[]) data)[i];
      case I8 -> ((long[]) data)[i];
      case F4, F8 -> throw new IllegalStateException(type.numpyName());
    };
  }

  private void require(boolean exact, int i, String target) {
    if (!exact) {
      throw UserError.in(source)
          .what("cannot be read as " + target + " without loss")
          .received(
              (type.isFloating() ? String.valueOf(floatingAt(i)) : String.valueOf(integerAt(i)))
                  + " at flat index "
                  + i
                  + " of "
                  + this)
          .build();
    }
  }

  /** Equal type, shape and elements; NaN equals NaN, and 0.0 differs from -0.0. */
  @Override
  public boolean equals(Object other) {
    return other instanceof NpyArray that
        && type == that.type
        && Arrays.equals(shape, that.shape)
        && Objects.deepEquals(data, that.data);
  }

  @Override
  public int hashCode() {
    return 31 * type.hashCode() + Arrays.deepHashCode(new Object[] {shape, data});
  }

  /** Type and shape, for example {@code float32 [2, 3]}. */
  @Override
  public String toString() {
    return type.numpyName() + " " + Arrays.toString(shape);
  }
}

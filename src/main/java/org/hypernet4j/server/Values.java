// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.hypernet4j.export.TensorArrays;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.NpyType;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArray;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TString;

/** The elements of an input, as they come out of the JSON: a flat array that grows. */
abstract class Values {
  private static final int LARGEST = Integer.MAX_VALUE - 8;

  /** Number of elements so far. */
  protected int size;

  private Values() {}

  /** The name of a type in the errors of TensorFlow: {@code float}, {@code int64}. */
  static String name(DataType type) {
    return type.name().substring("DT_".length()).toLowerCase(Locale.ROOT);
  }

  /** Whether JSON has values for a type, and TensorFlow for Java has tensors of it. */
  static boolean has(DataType type) {
    return switch (type) {
      case DT_FLOAT, DT_DOUBLE, DT_INT32, DT_INT64, DT_UINT8, DT_BOOL, DT_STRING -> true;
      default -> false;
    };
  }

  /** Empty values of a type that {@link #has} knows. */
  static Values of(DataType type) {
    return switch (type) {
      case DT_FLOAT -> new Floats();
      case DT_DOUBLE -> new Doubles();
      case DT_INT32 -> new Ints();
      case DT_INT64 -> new Longs();
      case DT_UINT8 -> new Bytes(NpyType.U1);
      case DT_BOOL -> new Bytes(NpyType.BOOL);
      case DT_STRING -> new Strings();
      default -> throw new IllegalArgumentException(type.toString());
    };
  }

  /** Takes a number, if the type can hold it. */
  boolean number(JsonNumber number) {
    return false;
  }

  /** Takes a truth value, if the type can hold it. */
  boolean truth(boolean value) {
    return false;
  }

  /** Takes a text, if the type can hold it. */
  boolean string(byte[] value) {
    return false;
  }

  /** The values as an array; not for texts. */
  abstract NpyArray array(long[] shape);

  /** The values as a tensor, which the caller closes. */
  Tensor tensor(long[] shape) {
    return TensorArrays.toTensor(array(shape));
  }

  /** The capacity for one more element. */
  protected static int larger(int capacity) {
    if (capacity == LARGEST) {
      throw RestError.invalid("an input of more than " + LARGEST + " elements");
    }
    return capacity > LARGEST / 2 ? LARGEST : 2 * capacity;
  }

  private static final class Floats extends Values {
    private float[] data = new float[16];

    @Override
    boolean number(JsonNumber number) {
      data = size < data.length ? data : Arrays.copyOf(data, larger(size));
      data[size++] = (float) number.value();
      return true;
    }

    @Override
    NpyArray array(long[] shape) {
      return NpyArray.wrap(NpyType.F4, shape, Arrays.copyOf(data, size), "request");
    }
  }

  private static final class Doubles extends Values {
    private double[] data = new double[16];

    @Override
    boolean number(JsonNumber number) {
      data = size < data.length ? data : Arrays.copyOf(data, larger(size));
      data[size++] = number.value();
      return true;
    }

    @Override
    NpyArray array(long[] shape) {
      return NpyArray.wrap(NpyType.F8, shape, Arrays.copyOf(data, size), "request");
    }
  }

  private static final class Ints extends Values {
    private int[] data = new int[16];

    @Override
    boolean number(JsonNumber number) {
      data = size < data.length ? data : Arrays.copyOf(data, larger(size));
      data[size++] = (int) number.integer();
      return number.isInt();
    }

    @Override
    NpyArray array(long[] shape) {
      return NpyArray.wrap(NpyType.I4, shape, Arrays.copyOf(data, size), "request");
    }
  }

  private static final class Longs extends Values {
    private long[] data = new long[16];

    @Override
    boolean number(JsonNumber number) {
      data = size < data.length ? data : Arrays.copyOf(data, larger(size));
      data[size++] = number.integer();
      return number.isLong();
    }

    @Override
    NpyArray array(long[] shape) {
      return NpyArray.wrap(NpyType.I8, shape, Arrays.copyOf(data, size), "request");
    }
  }

  private static final class Bytes extends Values {
    private final NpyType type;
    private byte[] data = new byte[16];

    private Bytes(NpyType type) {
      this.type = type;
    }

    private void add(int value) {
      data = size < data.length ? data : Arrays.copyOf(data, larger(size));
      data[size++] = (byte) value;
    }

    @Override
    boolean number(JsonNumber number) {
      add((int) number.integer());
      return type == NpyType.U1
          && number.isLong()
          && number.integer() >= 0
          && number.integer() <= 255;
    }

    @Override
    boolean truth(boolean value) {
      add(value ? 1 : 0);
      return type == NpyType.BOOL;
    }

    @Override
    NpyArray array(long[] shape) {
      return NpyArray.wrap(type, shape, Arrays.copyOf(data, size), "request");
    }
  }

  private static final class Strings extends Values {
    private final List<byte[]> data = new ArrayList<>();

    @Override
    boolean string(byte[] value) {
      data.add(value);
      size++;
      return true;
    }

    @Override
    NpyArray array(long[] shape) {
      throw new IllegalStateException("texts are no numbers");
    }

    @Override
    Tensor tensor(long[] shape) {
      NdArray<byte[]> texts = NdArrays.ofObjects(byte[].class, Shape.of(shape));
      int[] next = {0};
      texts.scalars().forEach(each -> each.setObject(data.get(next[0]++)));
      return TString.tensorOfBytes(texts);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export;

import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.NpyType;
import org.jspecify.annotations.Nullable;
import org.tensorflow.RawTensor;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/** Copies between tensors and arrays, for the types that may cross a signature. */
public final class TensorArrays {
  private static final String SOURCE = "array";
  private static final Map<DataType, NpyType> TYPES =
      Map.of(
          DataType.DT_FLOAT, NpyType.F4,
          DataType.DT_DOUBLE, NpyType.F8,
          DataType.DT_INT32, NpyType.I4,
          DataType.DT_INT64, NpyType.I8,
          DataType.DT_UINT8, NpyType.U1,
          DataType.DT_BOOL, NpyType.BOOL);

  private TensorArrays() {}

  /** The array type of a tensor type, or null for one that may not cross a signature. */
  public static @Nullable NpyType typeOf(DataType type) {
    return TYPES.get(type);
  }

  /**
   * The tensor type of an array type; {@code DT_INVALID} for one that may not cross a signature.
   */
  public static DataType dataTypeOf(NpyType type) {
    return TYPES.entrySet().stream()
        .filter(entry -> entry.getValue() == type)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(DataType.DT_INVALID);
  }

  /** The usual name of a type: {@code float32} for {@code DT_FLOAT}. */
  public static String name(String dataType) {
    NpyType type = typeOf(DataType.valueOf(dataType));
    return type == null ? dataType : type.numpyName();
  }

  /** A tensor of the array's type and shape, with one copy of its values; the caller closes it. */
  public static Tensor toTensor(NpyArray array) {
    Shape shape = Shape.of(array.shape());
    Shapes.requireTensor("array", "the tensor", shape);
    return switch (array.type()) {
      case F4 -> TFloat32.tensorOf(shape, DataBuffers.of((float[]) array.data(), true, false));
      case F8 -> TFloat64.tensorOf(shape, DataBuffers.of((double[]) array.data(), true, false));
      case I4 -> TInt32.tensorOf(shape, DataBuffers.of((int[]) array.data(), true, false));
      case I8 -> TInt64.tensorOf(shape, DataBuffers.of((long[]) array.data(), true, false));
      case U1 -> TUint8.tensorOf(shape, DataBuffers.of((byte[]) array.data(), true, false));
      case BOOL ->
          TBool.tensorOf(shape, DataBuffers.of(booleans((byte[]) array.data()), true, false));
      case I1, I2 ->
          throw UserError.in("array")
              .what("its type cannot cross a signature")
              .expected(TYPES.values())
              .received(array)
              .build();
    };
  }

  /**
   * The array of a tensor's values, copied once.
   *
   * @throws UserError for a type that {@link #typeOf} does not know
   */
  public static NpyArray toArray(Tensor tensor) {
    RawTensor raw = tensor.asRawTensor();
    long[] shape = tensor.shape().asArray();
    int size = Math.toIntExact(tensor.shape().size());
    NpyType type = typeOf(tensor.dataType());
    if (type == null) {
      throw UserError.in("tensor")
          .what("its type cannot cross a signature")
          .expected(TYPES.keySet())
          .received(tensor.dataType())
          .build();
    }
    ByteDataBuffer data = raw.data();
    switch (type) {
      case F4 -> {
        float[] values = new float[size];
        data.asFloats().read(values);
        return NpyArray.wrap(type, shape, values, SOURCE);
      }
      case F8 -> {
        double[] values = new double[size];
        data.asDoubles().read(values);
        return NpyArray.wrap(type, shape, values, SOURCE);
      }
      case I4 -> {
        int[] values = new int[size];
        data.asInts().read(values);
        return NpyArray.wrap(type, shape, values, SOURCE);
      }
      case I8 -> {
        long[] values = new long[size];
        data.asLongs().read(values);
        return NpyArray.wrap(type, shape, values, SOURCE);
      }
      case U1, BOOL -> {
        byte[] values = new byte[size];
        data.read(values);
        return type == NpyType.U1
            ? NpyArray.wrap(type, shape, values, SOURCE)
            : NpyArray.of(booleans(values), shape);
      }
      default -> throw new IllegalStateException(type.numpyName());
    }
  }

  private static boolean[] booleans(byte[] bytes) {
    boolean[] values = new boolean[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      values[i] = bytes[i] != 0;
    }
    return values;
  }
}

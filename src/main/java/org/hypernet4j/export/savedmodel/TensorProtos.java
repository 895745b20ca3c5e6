// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.savedmodel;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.TensorArrays;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.NpyType;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArray;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/** Copies between tensors and the message in which requests carry them. */
public final class TensorProtos {
  // a request's shape is a number that anybody can write: it must not decide how much we allocate
  private static final long MAX_ELEMENTS = 1L << 26;

  private TensorProtos() {}

  /**
   * The message of an array with another batch size.
   *
   * @param array {@code [batch, ...]} with at least one row
   * @param rows size of axis 0 in the message; rows are repeated from the first, or left out
   */
  public static TensorProto of(NpyArray array, int rows) {
    long[] shape = array.shape();
    TensorShapeProto.Builder sizes = TensorShapeProto.newBuilder();
    sizes.addDim(TensorShapeProto.Dim.newBuilder().setSize(rows));
    for (int axis = 1; axis < shape.length; axis++) {
      sizes.addDim(TensorShapeProto.Dim.newBuilder().setSize(shape[axis]));
    }
    byte[] all = bytes(array);
    int row = all.length / (int) shape[0];
    byte[] content = new byte[Math.multiplyExact(rows, row)];
    for (int i = 0; i < rows; i++) {
      System.arraycopy(all, i % (int) shape[0] * row, content, i * row, row);
    }
    return TensorProto.newBuilder()
        .setDtype(TensorArrays.dataTypeOf(array.type()))
        .setTensorShape(sizes)
        .setTensorContent(ByteString.copyFrom(content))
        .build();
  }

  /** Sizes of the message's axes. */
  public static long[] shape(TensorProto proto) {
    return proto.getTensorShape().getDimList().stream()
        .mapToLong(TensorShapeProto.Dim::getSize)
        .toArray();
  }

  /**
   * A tensor of the message's values; the caller closes it.
   *
   * @throws UserError if the values do not fill the shape or the type is not a plain one
   */
  public static Tensor toTensor(TensorProto proto) {
    int size = size(proto);
    Shape shape = Shape.of(shape(proto));
    Shapes.requireTensor("tensor", "the value", shape); // which has a limit of its own for the rank
    if (proto.getDtype() == DataType.DT_STRING) {
      NdArray<byte[]> texts = NdArrays.ofObjects(byte[].class, shape);
      Iterator<ByteString> next = texts(proto).iterator();
      texts
          .scalars()
          .forEach(
              text -> {
                fit(proto, next.hasNext());
                text.setObject(next.next().toByteArray());
              });
      return TString.tensorOfBytes(texts);
    }
    Class<? extends TType> type =
        switch (proto.getDtype()) {
          case DT_FLOAT -> TFloat32.class;
          case DT_DOUBLE -> TFloat64.class;
          case DT_INT32 -> TInt32.class;
          case DT_INT64 -> TInt64.class;
          case DT_UINT8 -> TUint8.class;
          case DT_BOOL -> TBool.class;
          default -> throw notATensor(proto, "a type that is not supported here");
        };
    byte[] content =
        proto.getTensorContent().isEmpty()
            ? listed(proto, size)
            : proto.getTensorContent().toByteArray();
    NpyType element = TensorArrays.typeOf(proto.getDtype());
    fit(proto, element != null && content.length == (long) size * element.bytes());
    return Tensor.of(type, shape, DataBuffers.of(content, true, false));
  }

  /**
   * The array of the message's values.
   *
   * @throws UserError if the values do not fill the shape or there are no arrays of the type
   */
  public static NpyArray toArray(TensorProto proto) {
    NpyType type = TensorArrays.typeOf(proto.getDtype());
    if (type == null) {
      throw notATensor(proto, "a type that is not supported here");
    }
    int size = size(proto);
    ByteBuffer values =
        proto.getTensorContent().isEmpty()
            ? ByteBuffer.wrap(listed(proto, size))
            : proto.getTensorContent().asReadOnlyByteBuffer();
    fit(proto, values.remaining() == (long) size * type.bytes());
    return NpyArray.wrap(
        type, shape(proto), elements(type, values.order(ByteOrder.LITTLE_ENDIAN), size), "tensor");
  }

  private static Object elements(NpyType type, ByteBuffer values, int size) {
    switch (type) {
      case F4 -> {
        float[] floats = new float[size];
        values.asFloatBuffer().get(floats);
        return floats;
      }
      case F8 -> {
        double[] doubles = new double[size];
        values.asDoubleBuffer().get(doubles);
        return doubles;
      }
      case I4 -> {
        int[] ints = new int[size];
        values.asIntBuffer().get(ints);
        return ints;
      }
      case I8 -> {
        long[] longs = new long[size];
        values.asLongBuffer().get(longs);
        return longs;
      }
      default -> {
        byte[] bytes = new byte[size];
        values.get(bytes);
        return bytes;
      }
    }
  }

  /** How many values are written in the message; the last one may stand for more. */
  public static int valuesWritten(TensorProto proto) {
    ByteString content = proto.getTensorContent();
    NpyType type = TensorArrays.typeOf(proto.getDtype());
    if (!content.isEmpty()) {
      return type == null ? content.size() : content.size() / type.bytes();
    }
    return switch (proto.getDtype()) {
      case DT_FLOAT -> proto.getFloatValCount();
      case DT_DOUBLE -> proto.getDoubleValCount();
      case DT_INT64 -> proto.getInt64ValCount();
      case DT_BOOL -> proto.getBoolValCount();
      case DT_STRING -> proto.getStringValCount();
      default -> proto.getIntValCount();
    };
  }

  /**
   * The values of a tensor of texts, as far as they are written: either one by one, or all lengths
   * and then all texts in one piece, as constants of a graph are.
   */
  public static List<ByteString> texts(TensorProto proto) {
    ByteString content = proto.getTensorContent();
    if (content.isEmpty()) {
      return proto.getStringValList();
    }
    try {
      CodedInputStream in = content.newCodedInput();
      int[] lengths = new int[Math.min(size(proto), content.size())]; // a byte each at least
      for (int i = 0; i < lengths.length; i++) {
        lengths[i] = in.readRawVarint32();
      }
      List<ByteString> texts = new ArrayList<>();
      for (int length : lengths) {
        texts.add(ByteString.copyFrom(in.readRawBytes(length)));
      }
      return texts;
    } catch (IOException e) {
      return List.of(); // no such list
    }
  }

  private static byte[] bytes(NpyArray array) {
    byte[] bytes = new byte[array.size() * array.type().bytes()];
    try (Tensor tensor = TensorArrays.toTensor(array)) {
      tensor.asRawTensor().data().read(bytes);
    }
    return bytes;
  }

  /**
   * The other encoding of values: one by one, where the last is repeated for all that are omitted.
   */
  private static byte[] listed(TensorProto proto, int size) {
    int written = valuesWritten(proto);
    fit(proto, written <= size);
    NpyType type = TensorArrays.typeOf(proto.getDtype());
    int bytes = type == null ? Double.BYTES : type.bytes();
    ByteBuffer content = ByteBuffer.allocate(size * bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < size; i++) {
      int from = Math.min(i, written - 1); // -1 where none is written: all are zero
      switch (proto.getDtype()) {
        case DT_FLOAT -> content.putFloat(from < 0 ? 0 : proto.getFloatVal(from));
        case DT_DOUBLE -> content.putDouble(from < 0 ? 0 : proto.getDoubleVal(from));
        case DT_INT64 -> content.putLong(from < 0 ? 0 : proto.getInt64Val(from));
        case DT_INT32 -> content.putInt(from < 0 ? 0 : proto.getIntVal(from));
        case DT_BOOL -> content.put((byte) (from >= 0 && proto.getBoolVal(from) ? 1 : 0));
        default -> content.put((byte) (from < 0 ? 0 : proto.getIntVal(from)));
      }
    }
    return content.array();
  }

  private static int size(TensorProto proto) {
    long size = 1;
    for (long length : shape(proto)) {
      if (length < 0 || length > MAX_ELEMENTS || (size *= length) > MAX_ELEMENTS) {
        throw notATensor(proto, "a shape that no tensor here has");
      }
    }
    return (int) size;
  }

  private static void fit(TensorProto proto, boolean fits) {
    if (!fits) {
      throw notATensor(proto, "not as many values as the shape has places");
    }
  }

  private static UserError notATensor(TensorProto proto, String reason) {
    return UserError.in("tensor")
        .what("cannot be read from its message")
        .received(reason + ": " + proto.getDtype() + " " + Arrays.toString(shape(proto)))
        .build();
  }
}

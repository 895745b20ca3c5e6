// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.export.TensorArrays;
import org.hypernet4j.export.serving.ProtoFields;
import org.hypernet4j.io.NpyArray;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArray;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TString;

/**
 * An output as a {@code TensorProto}, its values one by one in the field of their type: TensorFlow
 * Serving writes them so, and some clients read nothing else.
 */
final class TensorMessage {
  private static final int TYPE = 1;
  private static final int SHAPE = 2;
  private static final int FLOATS = 5;
  private static final int DOUBLES = 6;
  private static final int INTS = 7;
  private static final int TEXTS = 8;
  private static final int LONGS = 10;
  private static final int TRUTHS = 11;
  private static final int DIM = 2;
  private static final int SIZE = 1;

  private TensorMessage() {}

  /** A tensor of texts, numbers or truth values, which need not live longer than this call. */
  static ByteString of(Tensor tensor) {
    if (!(tensor instanceof TString strings)) {
      return of(TensorArrays.toArray(tensor));
    }
    List<byte[]> texts = new ArrayList<>();
    NdArray<byte[]> values = strings.asBytes();
    if (values.rank() == 0) {
      texts.add(values.getObject());
    } else {
      values.scalars().forEach(each -> texts.add(each.getObject()));
    }
    return ProtoFields.message(
        out -> {
          head(out, DataType.DT_STRING, tensor.shape().asArray());
          for (byte[] text : texts) {
            out.writeByteArray(TEXTS, text);
          }
        });
  }

  /** An array. */
  static ByteString of(NpyArray array) {
    return ProtoFields.message(
        out -> {
          head(out, TensorArrays.dataTypeOf(array.type()), array.shape());
          if (array.size() > 0) {
            values(out, array);
          }
        });
  }

  private static void head(CodedOutputStream out, DataType type, long[] shape) throws IOException {
    out.writeEnum(TYPE, type.getNumber());
    out.writeBytes(
        SHAPE,
        ProtoFields.message(
            sizes -> {
              for (long size : shape) {
                sizes.writeBytes(
                    DIM,
                    ProtoFields.message(
                        dim -> {
                          if (size != 0) {
                            dim.writeInt64(SIZE, size);
                          }
                        }));
              }
            }));
  }

  private static void values(CodedOutputStream out, NpyArray array) throws IOException {
    switch (array.type()) {
      case F4 -> {
        ByteBuffer bytes = ByteBuffer.allocate(4 * array.size());
        bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(array.floats());
        out.writeByteArray(FLOATS, bytes.array());
      }
      case F8 -> {
        ByteBuffer bytes = ByteBuffer.allocate(8 * array.size());
        bytes.order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().put(array.doubles());
        out.writeByteArray(DOUBLES, bytes.array());
      }
      case BOOL -> out.writeByteArray(TRUTHS, array.bytes());
      case I8 -> varints(out, LONGS, array.longs());
      default -> varints(out, INTS, array.longs());
    }
  }

  private static void varints(CodedOutputStream out, int field, long[] values) throws IOException {
    int size = 0;
    for (long value : values) {
      size += CodedOutputStream.computeInt64SizeNoTag(value);
    }
    out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    out.writeUInt32NoTag(size);
    for (long value : values) {
      out.writeInt64NoTag(value);
    }
  }
}

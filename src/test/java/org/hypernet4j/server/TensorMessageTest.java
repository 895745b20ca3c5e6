// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.stream.IntStream;
import org.hypernet4j.export.savedmodel.TensorProtos;
import org.hypernet4j.io.NpyArray;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.NdArray;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TString;

/** The messages of tensors, read by protobuf's generated class. */
class TensorMessageTest {
  private static TensorProto.Builder of(DataType type, int... sizes) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    IntStream.of(sizes)
        .forEach(size -> shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size)));
    return TensorProto.newBuilder().setDtype(type).setTensorShape(shape);
  }

  private static void requireSame(NpyArray array, TensorProto.Builder expected)
      throws InvalidProtocolBufferException {
    ByteString message = TensorMessage.of(array);
    TensorProto read = TensorProto.parseFrom(message);
    assertThat(read).isEqualTo(expected.build());
    assertThat(message).isEqualTo(expected.build().toByteString());
    assertThat(TensorProtos.toArray(read)).isEqualTo(array);
  }

  @Test
  void everyTypeInTheFieldOfItsValues() throws InvalidProtocolBufferException {
    requireSame(
        NpyArray.of(new float[] {1.5f, -0f, Float.MIN_VALUE, Float.NEGATIVE_INFINITY}, 2, 2),
        of(DataType.DT_FLOAT, 2, 2)
            .addAllFloatVal(List.of(1.5f, -0f, Float.MIN_VALUE, Float.NEGATIVE_INFINITY)));
    requireSame(
        NpyArray.of(new double[] {Math.PI, Double.MAX_VALUE}, 1, 2),
        of(DataType.DT_DOUBLE, 1, 2).addDoubleVal(Math.PI).addDoubleVal(Double.MAX_VALUE));
    requireSame(
        NpyArray.of(new int[] {0, -1, 300, Integer.MIN_VALUE}, 4),
        of(DataType.DT_INT32, 4).addAllIntVal(List.of(0, -1, 300, Integer.MIN_VALUE)));
    requireSame(
        NpyArray.of(new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 127, 128}, 5),
        of(DataType.DT_INT64, 5)
            .addAllInt64Val(List.of(-1L, Long.MIN_VALUE, Long.MAX_VALUE, 127L, 128L)));
    requireSame(
        NpyArray.ofUnsigned(new byte[] {0, 127, (byte) 255}, 3),
        of(DataType.DT_UINT8, 3).addAllIntVal(List.of(0, 127, 255)));
    requireSame(
        NpyArray.of(new boolean[] {true, false, true}, 3),
        of(DataType.DT_BOOL, 3).addAllBoolVal(List.of(true, false, true)));
  }

  @Test
  void tensorsWithoutAxesAndWithoutElements() throws InvalidProtocolBufferException {
    requireSame(NpyArray.of(new float[] {7}), of(DataType.DT_FLOAT).addFloatVal(7));
    requireSame(NpyArray.of(new long[0], 0, 3), of(DataType.DT_INT64, 0, 3));
  }

  @Test
  void texts() throws InvalidProtocolBufferException {
    byte[] binary = {0, (byte) 0xff, 10};
    NdArray<byte[]> values = NdArrays.ofObjects(byte[].class, Shape.of(1, 3));
    values.setObject("ä".getBytes(UTF_8), 0, 0);
    values.setObject(new byte[0], 0, 1);
    values.setObject(binary, 0, 2);
    try (TString tensor = TString.tensorOfBytes(values);
        TString alone = TString.scalarOf("one")) {
      assertThat(TensorProto.parseFrom(TensorMessage.of(tensor)))
          .isEqualTo(
              of(DataType.DT_STRING, 1, 3)
                  .addStringVal(ByteString.copyFromUtf8("ä"))
                  .addStringVal(ByteString.EMPTY)
                  .addStringVal(ByteString.copyFrom(binary))
                  .build());
      assertThat(TensorProto.parseFrom(TensorMessage.of(alone)))
          .isEqualTo(of(DataType.DT_STRING).addStringVal(ByteString.copyFromUtf8("one")).build());
    }
  }
}

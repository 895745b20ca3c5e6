// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.TensorArrays;
import org.hypernet4j.io.NpyArray;
import org.junit.jupiter.api.Test;
import org.tensorflow.Tensor;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TString;

class TensorProtosTest {
  @Test
  void everyTypeComesBackAsItWentAndRowsAreRepeatedOrLeftOut() {
    NpyArray[] arrays = {
      NpyArray.of(new float[] {1, -0f, Float.NaN, 4}, 2, 2),
      NpyArray.of(new double[] {1e300, 2, 3, 4}, 2, 2),
      NpyArray.of(new int[] {Integer.MIN_VALUE, 2, 3, 4}, 2, 2),
      NpyArray.of(new long[] {Long.MAX_VALUE, 2, 3, 4}, 2, 2),
      NpyArray.ofUnsigned(new byte[] {0, -1, 3, 4}, 2, 2),
      NpyArray.of(new boolean[] {true, false, false, true}, 2, 2)
    };
    for (NpyArray array : arrays) {
      assertThat(read(TensorProtos.of(array, 2))).isEqualTo(array);
    }
    assertThat(read(TensorProtos.of(arrays[2], 3)).ints())
        .containsExactly(Integer.MIN_VALUE, 2, 3, 4, Integer.MIN_VALUE, 2);
    assertThat(read(TensorProtos.of(arrays[3], 1)).longs()).containsExactly(Long.MAX_VALUE, 2);
  }

  @Test
  void valuesOneByOneOfWhichTheLastStandsForTheRest() {
    assertThat(read(proto(DataType.DT_FLOAT, 3).addFloatVal(2.5f).build()).floats())
        .containsExactly(2.5f, 2.5f, 2.5f);
    assertThat(read(proto(DataType.DT_DOUBLE, 2).addDoubleVal(1).addDoubleVal(2).build()).doubles())
        .containsExactly(1, 2);
    assertThat(read(proto(DataType.DT_INT32, 2).addIntVal(-7).build()).ints())
        .containsExactly(-7, -7);
    assertThat(read(proto(DataType.DT_INT64, 1).addInt64Val(1L << 40).build()).longs())
        .containsExactly(1L << 40);
    assertThat(read(proto(DataType.DT_UINT8, 2).addIntVal(200).build()).longs())
        .containsExactly(200, 200);
    assertThat(read(proto(DataType.DT_BOOL, 2).addBoolVal(true).build()).longs())
        .containsExactly(1, 1);
    assertThat(read(proto(DataType.DT_INT32, 2).build()).ints()).containsExactly(0, 0);
  }

  @Test
  void textsInBothForms() {
    TensorProto listed =
        proto(DataType.DT_STRING, 2)
            .addStringVal(ByteString.copyFromUtf8("a"))
            .addStringVal(ByteString.copyFromUtf8("bcd"))
            .build();
    TensorProto packed =
        proto(DataType.DT_STRING, 2)
            .setTensorContent(ByteString.copyFromUtf8("\u0001\u0003abcd"))
            .build();
    for (TensorProto proto : new TensorProto[] {listed, packed}) {
      try (TString tensor = (TString) TensorProtos.toTensor(proto)) {
        assertThat(tensor.getObject(0)).isEqualTo("a");
        assertThat(tensor.getObject(1)).isEqualTo("bcd");
      }
    }
  }

  @Test
  void whatDoesNotFillItsShapeNeverReachesTensorFlow() {
    refused(proto(DataType.DT_FLOAT, 2).setTensorContent(ByteString.copyFromUtf8("12345")));
    refused(proto(DataType.DT_FLOAT, 1).addFloatVal(1).addFloatVal(2));
    refused(proto(DataType.DT_FLOAT, -1));
    refused(proto(DataType.DT_FLOAT, 1L << 40));
    refused(proto(DataType.DT_STRING, 2).addStringVal(ByteString.EMPTY));
    refused(proto(DataType.DT_STRING, 2).setTensorContent(ByteString.copyFromUtf8("\u0009")));
    refused(proto(DataType.DT_COMPLEX64, 1));
    refused(proto(DataType.DT_INVALID, 1));
  }

  private static void refused(TensorProto.Builder proto) {
    assertThatThrownBy(() -> TensorProtos.toTensor(proto.build()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("cannot be read from its message");
  }

  private static TensorProto.Builder proto(DataType type, long size) {
    return TensorProto.newBuilder()
        .setDtype(type)
        .setTensorShape(
            TensorShapeProto.newBuilder().addDim(TensorShapeProto.Dim.newBuilder().setSize(size)));
  }

  private static NpyArray read(TensorProto proto) {
    try (Tensor tensor = TensorProtos.toTensor(proto)) {
      return TensorArrays.toArray(tensor);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.io.NpyArray;
import org.junit.jupiter.api.Test;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArray;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TString;

/** The layouts are those of RapidJSON's PrettyWriter, as TensorFlow Serving drives it. */
class PredictAnswerTest {
  private static String write(boolean rows, Map<String, NpyArray> outputs) {
    return new String(PredictAnswer.ofArrays(outputs).write(rows), UTF_8);
  }

  @Test
  void oneOutputByRow() {
    assertThat(write(true, Map.of("y", NpyArray.of(new float[] {2.5f, 3, Float.NaN}, 3))))
        .isEqualTo("{\n    \"predictions\": [2.5, 3.0, NaN\n    ]\n}");
    assertThat(write(true, Map.of("y", NpyArray.of(new int[] {1, 2, 3, 4}, 2, 2))))
        .isEqualTo("{\n    \"predictions\": [[1, 2], [3, 4]\n    ]\n}");
  }

  @Test
  void severalOutputsByRow() {
    Map<String, NpyArray> outputs = new LinkedHashMap<>();
    outputs.put("b", NpyArray.of(new boolean[] {true, false}, 2));
    outputs.put("a", NpyArray.of(new double[] {0.1, -1e300, 2, 3}, 2, 2));

    assertThat(write(true, outputs))
        .isEqualTo(
            """
            {
                "predictions": [
                    {
                        "b": true,
                        "a": [0.1, -1e+300]
                    },
                    {
                        "b": false,
                        "a": [2.0, 3.0]
                    }
                ]
            }\
            """);
  }

  @Test
  void byColumn() {
    assertThat(write(false, Map.of("y", NpyArray.of(new long[] {1, Long.MIN_VALUE}, 2, 1))))
        .isEqualTo(
            """
            {
                "outputs": [
                    [
                        1
                    ],
                    [
                        -9223372036854775808
                    ]
                ]
            }\
            """);
    Map<String, NpyArray> outputs = new LinkedHashMap<>();
    outputs.put("scalar", NpyArray.ofUnsigned(new byte[] {(byte) 200}));
    outputs.put("empty", NpyArray.of(new float[0], 0, 3));
    assertThat(write(false, outputs))
        .isEqualTo(
            "{\n    \"outputs\": {\n        \"scalar\": 200,\n        \"empty\": []\n    }\n}");
  }

  @Test
  void textsAndBytes() {
    NdArray<byte[]> bytes = NdArrays.ofObjects(byte[].class, Shape.of(2));
    bytes.setObject("é\"\n\u0001".getBytes(UTF_8), 0).setObject(new byte[] {(byte) 0xFF}, 1);
    try (Tensor tensor = TString.tensorOfBytes(bytes)) {
      Map<String, Tensor> outputs = new LinkedHashMap<>();
      outputs.put("text", tensor);
      outputs.put("raw_bytes", tensor);
      byte[] json = PredictAnswer.ofTensors(outputs).write(true);

      assertThat(new String(json, UTF_8))
          .contains("\"text\": \"é\\\"\\n\\u0001\"")
          .contains("\"raw_bytes\": {\n                \"b64\": \"w6kiCgE=\"\n            }")
          .contains("\"b64\": \"/w==\"");
      assertThat(json).containsSequence('"', 0xFF, '"'); // no UTF-8, and not for us to judge
    }
  }

  @Test
  void outputsWithoutRows() {
    Map<String, NpyArray> outputs = new LinkedHashMap<>();
    outputs.put("a", NpyArray.of(new int[] {1, 2}, 2));
    outputs.put("b", NpyArray.of(new int[] {1, 2, 3}, 3));

    assertThatThrownBy(() -> write(true, outputs))
        .hasMessage("Tensor name: b has inconsistent batch size: 3 expecting: 2");
    assertThatThrownBy(() -> write(true, Map.of("s", NpyArray.of(new int[] {1}))))
        .hasMessage("Tensor name: s has no shape information ");
    assertThatThrownBy(() -> write(false, Map.of()))
        .hasMessage("Cannot convert empty tensor map to JSON");
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.predict.SignatureDescription;
import org.hypernet4j.predict.TensorDescription;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Tensor;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TString;

/** The words of the errors are those of TensorFlow Serving's json_tensor.cc. */
class PredictRequestTest {
  private static SignatureDescription signature(Object... namesAndTypes) {
    Map<String, TensorDescription> inputs = new TreeMap<>();
    for (int i = 0; i < namesAndTypes.length; i += 2) {
      inputs.put(
          (String) namesAndTypes[i],
          new TensorDescription((DataType) namesAndTypes[i + 1], new long[] {-1}));
    }
    return new SignatureDescription("serving_default", inputs, Map.of());
  }

  private static PredictRequest read(String body, Object... signature) {
    return PredictRequest.read(body.getBytes(UTF_8), key -> signature(signature));
  }

  private static NpyArray array(PredictRequest request, String name) {
    return Objects.requireNonNull(request.inputs().get(name)).array(request.rows());
  }

  @Test
  void rowsOfOneInput() {
    PredictRequest request =
        read("{\"instances\": [[1, 2.5], [NaN, -Infinity], [1e39, 0]]}", "x", DataType.DT_FLOAT);

    assertThat(request.rows()).isTrue();
    assertThat(array(request, "x"))
        .isEqualTo(
            NpyArray.of(
                new float[] {
                  1, 2.5f, Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, 0
                },
                3,
                2));
  }

  @Test
  void rowsOfSeveralInputsInAnyOrder() {
    PredictRequest request =
        read(
            "{\"instances\": [{\"a\": 9223372036854775807, \"b\": [true]},"
                + " {\"b\": [false], \"a\": -3}]}",
            "a",
            DataType.DT_INT64,
            "b",
            DataType.DT_BOOL);

    assertThat(array(request, "a")).isEqualTo(NpyArray.of(new long[] {Long.MAX_VALUE, -3}, 2));
    assertThat(array(request, "b")).isEqualTo(NpyArray.of(new boolean[] {true, false}, 2, 1));
  }

  @Test
  void columns() {
    PredictRequest bare = read("{\"inputs\": [[1], [2]]}", "x", DataType.DT_DOUBLE);
    PredictRequest named =
        read(
            "{\"inputs\": {\"y\": 7, \"x\": [], \"more\": 1}}",
            "x",
            DataType.DT_INT32,
            "y",
            DataType.DT_UINT8);

    assertThat(bare.rows()).isFalse();
    assertThat(array(bare, "x")).isEqualTo(NpyArray.of(new double[] {1, 2}, 2, 1));
    assertThat(array(named, "x")).isEqualTo(NpyArray.of(new int[0], 0));
    assertThat(array(named, "y")).isEqualTo(NpyArray.ofUnsigned(new byte[] {7}));
  }

  @Test
  void textsAndBytes() {
    PredictRequest request =
        read(
            "{\"signature_name\": \"s\", \"instances\": [\"caf\\u00e9\", {\"b64\": \"AP8=\"},"
                + " {\"b64\": \"/w\"}]}",
            "x",
            DataType.DT_STRING);

    try (Tensor tensor = Objects.requireNonNull(request.inputs().get("x")).tensor(true)) {
      TString texts = (TString) tensor;
      assertThat(texts.shape().asArray()).containsExactly(3);
      assertThat(texts.getObject(0)).isEqualTo("café");
      assertThat(texts.asBytes().getObject(1)).containsExactly(0, 0xFF);
      assertThat(texts.asBytes().getObject(2)).containsExactly(0xFF);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "{\"signature_name\": 1} | not formatted correctly. 'signature_name' key must be a string"
            + " value.",
        "{\"a\": 1} | Missing 'inputs' or 'instances' key",
        "{\"instances\": 1} | Expecting 'instances' to be an list/array",
        "{\"instances\": []} | No values in 'instances' array",
        "{\"instances\": [1], \"inputs\": [1]} | Not formatted correctly expecting only one of"
            + " 'inputs' or 'instances' keys to exist",
        "{\"instances\": [\"x\"]} | Failed to process element: 0 of 'instances' list. Error:"
            + " INVALID_ARGUMENT: JSON Value: \"x\" Type: String is not of expected type: float",
        "{\"instances\": [1, true]} | Failed to process element: 1 of 'instances' list. Error:"
            + " INVALID_ARGUMENT: JSON Value: true Type: True is not of expected type: float",
        "{\"instances\": [null]} | JSON Value: null Type: Null is not of expected type: float",
        "{\"instances\": [{\"b64\": \"AA\"}]} | Type: Object is not of expected type: float",
        "{\"instances\": [[1, 2], [3]]} | Failed to process element: 1 of 'instances' list. Error:"
            + " INVALID_ARGUMENT: Expecting tensor size: 2 but got: 1",
        "{\"instances\": [[[1, 2]], [[1], [2]]]} | Expecting shape [1,2] but got: [2,1]",
        "{\"instances\": [[1, [2]]]} | Encountered list at unexpected level: 1 expected < 1",
        "{\"instances\": [[[1], 2]]} | JSON Value: 2 found at incorrect level: 2 in the JSON DOM."
            + " Expected at level: 2",
        "{\"instances\": [[[1, 2], [3]]]} | Encountered list at unexpected size: 1 at level: 1"
            + " expected size: 2",
        "{\"inputs\": [[1, 2], [\"x\", 3, 4]]} | Encountered list at unexpected size: 3 at level: 1"
            + " expected size: 2",
        "{\"instances\": [1, {\"x\": 1}]} | Expecting value/list but got object at item 1 of input"
            + " list",
        "{\"instances\": [{\"x\": 1}, 1]} | Expecting object but got list at item 1 of input list",
        "{\"instances\": [{\"y\": 1}]} | Failed to process element: 0 key: y of 'instances' list."
            + " Error: INVALID_ARGUMENT: JSON object: does not have named input: y",
        "{\"instances\": [{}]} | Failed to process element: 0 of 'instances' list. JSON object: {}"
            + " keys must be equal to: x",
        "{\"instances\": [{\"x\": 1, \"x\": 2}]} | keys must be equal to: x",
        "{\"inputs\": {\"y\": 1}} | Missing named input: x in 'inputs' object.",
      })
  void whatDoesNotFitOneInput(String body, String error) {
    assertThatThrownBy(() -> read(body, "x", DataType.DT_FLOAT))
        .isInstanceOf(RestError.class)
        .hasMessageContaining(error)
        .extracting(e -> ((RestError) e).code())
        .isEqualTo(RestError.Code.INVALID_ARGUMENT);
  }

  @Test
  void whatDoesNotFitSeveralInputs() {
    Object[] two = {"x", DataType.DT_FLOAT, "y", DataType.DT_FLOAT};

    assertThatThrownBy(() -> read("{\"instances\": [1, 2]}", two))
        .hasMessage(
            "instances is a plain list, but expecting list of objects as multiple input tensors"
                + " required as per tensorinfo_map");
    assertThatThrownBy(() -> read("{\"inputs\": [1, 2]}", two))
        .hasMessage(
            "inputs is a plain value/list, but expecting an object as multiple input tensors"
                + " required as per tensorinfo_map");
    assertThatThrownBy(() -> read("{\"instances\": [{\"x\": 1}]}", two))
        .hasMessageEndingWith("JSON object: {\n    \"x\": 1\n} keys must be equal to: x,y");
    assertThatThrownBy(() -> read("{\"inputs\": {\"x\": 1}}", two))
        .hasMessage("Missing named input: y in 'inputs' object.");
  }

  @ParameterizedTest
  @CsvSource({
    "DT_INT32, 2147483648, int32",
    "DT_INT32, 1.0, int32",
    "DT_INT32, NaN, int32",
    "DT_INT64, 9223372036854775808, int64",
    "DT_INT64, 1e3, int64",
    "DT_UINT8, 256, uint8",
    "DT_UINT8, -1, uint8",
    "DT_BOOL, 1, bool",
    "DT_STRING, 1, string",
  })
  void numbersThatTheTypeCannotHold(DataType type, String value, String name) {
    assertThatThrownBy(() -> read("{\"inputs\": " + value + "}", "x", type))
        .hasMessageEndingWith(" Type: Number is not of expected type: " + name);
  }

  @Test
  void badBase64AndTypesWithoutJson() {
    assertThatThrownBy(() -> read("{\"inputs\": {\"b64\": \"*\"}}", "x", DataType.DT_STRING))
        .hasMessage("Unable to base64 decode");
    assertThatThrownBy(() -> read("{\"inputs\": [{\"b64\": 1}]}", "x", DataType.DT_STRING))
        .hasMessageEndingWith("not formatted correctly for base64 data");
    assertThatThrownBy(() -> read("{\"inputs\": [1]}", "x", DataType.DT_HALF))
        .hasMessage("Conversion of JSON Value: [1] to type: half");
    assertThatThrownBy(() -> read("{\"inputs\": 1}"))
        .hasMessage("Failed to get input map for signature: DEFAULT");
  }

  @Test
  void aValueInAnErrorIsCutOff() {
    String list = "[" + "1.25, ".repeat(100_000) + "1]";

    assertThatThrownBy(
            () -> read("{\"a\": " + list + ", \"instances\": 1}", "x", DataType.DT_FLOAT))
        .hasMessageStartingWith("JSON Value: {\n    \"a\": [1.25, 1.25, ")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeBetween(256, 400));
  }

  @Test
  void tooManyAxes() {
    assertThatThrownBy(
            () ->
                read(
                    "{\"inputs\": " + "[".repeat(255) + "]".repeat(255) + "}",
                    "x",
                    DataType.DT_FLOAT))
        .hasMessageContaining("deeper than 254");
  }
}

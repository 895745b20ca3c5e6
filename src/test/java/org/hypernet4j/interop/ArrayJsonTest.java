// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.io.NpyArray;
import org.junit.jupiter.api.Test;

class ArrayJsonTest {
  @Test
  void noNumberChanges() {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    float[] floats = {0.1f, -0f, Float.MIN_VALUE, Float.MAX_VALUE, 1f / 3, -16777215f};
    arrays.put("floats", NpyArray.of(floats, 2, 3));
    arrays.put("ints", NpyArray.of(new int[] {Integer.MIN_VALUE, 7}, 2));
    arrays.put("longs", NpyArray.of(new long[] {Long.MAX_VALUE, (1L << 53) + 1}, 2, 1));
    arrays.put("none", NpyArray.of(new float[0], 0, 3));

    assertThat(ArrayJson.read(throughText(ArrayJson.write(arrays)))).isEqualTo(arrays);
  }

  @Test
  void whatIsNotFiniteStaysSo() {
    JsonObject json =
        throughText(
            ArrayJson.write(
                Map.of("x", NpyArray.of(new float[] {Float.NaN, Float.POSITIVE_INFINITY, 1}, 3))));

    assertThat(json.getAsJsonObject("x").get("values")).hasToString("[null,null,1.0]");
    assertThat(Objects.requireNonNull(ArrayJson.read(json).get("x")).floats())
        .containsExactly(Float.NaN, Float.NaN, 1);
  }

  /** JavaScript writes a float32 with the digits of the double that it is. */
  @Test
  void theDigitsOfJavaScript() {
    JsonObject json =
        throughText(
            "{\"x\": {\"dtype\": \"float32\", \"shape\": [1], \"values\": [0.10000000149011612]}}");

    assertThat(ArrayJson.read(json))
        .containsOnly(Map.entry("x", NpyArray.of(new float[] {0.1f}, 1)));
  }

  @Test
  void otherTypesAreRefused() {
    assertThatThrownBy(() -> ArrayJson.write(Map.of("x", NpyArray.of(new double[] {1}, 1))))
        .hasMessageContaining("float64 [1]");
    assertThatThrownBy(
            () ->
                ArrayJson.read(
                    throughText("{\"x\": {\"dtype\": \"bool\", \"shape\": [0], \"values\": []}}")))
        .hasMessageContaining("bool");
  }

  private static JsonObject throughText(Object json) {
    return JsonParser.parseString(json.toString()).getAsJsonObject();
  }
}

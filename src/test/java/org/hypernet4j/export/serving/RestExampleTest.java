// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.io.NpyArray;
import org.junit.jupiter.api.Test;

/** The texts are written by hand after the REST interface's description. */
class RestExampleTest {
  @Test
  void oneInputGoesByRows() {
    Map<String, NpyArray> outputs = new LinkedHashMap<>();
    outputs.put("logits", NpyArray.of(new float[] {1, -2.5f, 1e-10f, 16777216f}, 2, 2));
    outputs.put("class", NpyArray.of(new long[] {0, Long.MIN_VALUE}, 2));
    RestExample example =
        new RestExample(
            new ReferenceCase(
                "serving_default",
                Map.of("image", NpyArray.ofUnsigned(new byte[] {0, 7, (byte) 200, -1}, 2, 1, 2)),
                outputs));

    assertThat(example.request())
        .isEqualToIgnoringWhitespace(
            "{\"signature_name\": \"serving_default\", \"instances\": [[[0, 7]], [[200, 255]]]}");
    assertThat(example.answer())
        .isEqualToIgnoringWhitespace(
            """
            {"predictions": [{"logits": [1.0, -2.5], "class": 0},
              {"logits": [1.0E-10, 1.6777216E7], "class": -9223372036854775808}]}
            """);
  }

  @Test
  void severalInputsGoByColumnsAndALoneOutputIsBare() {
    Map<String, NpyArray> inputs = new LinkedHashMap<>();
    inputs.put("ids", NpyArray.of(new int[] {3, -4}, 2, 1));
    inputs.put("mask", NpyArray.of(new boolean[] {true, false}, 2));
    RestExample example =
        new RestExample(
            new ReferenceCase(
                "step",
                inputs,
                Map.of(
                    "h",
                    NpyArray.of(
                        new float[] {
                          Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f
                        },
                        2,
                        2))));

    assertThat(example.request())
        .isEqualToIgnoringWhitespace(
            "{\"signature_name\": \"step\","
                + " \"inputs\": {\"ids\": [[3], [-4]], \"mask\": [true, false]}}");
    assertThat(example.answer())
        .isEqualToIgnoringWhitespace("{\"outputs\": [[NaN, Infinity], [-Infinity, -0.0]]}");
  }

  @Test
  void aLoneScalarPerRowIsAFlatList() {
    RestExample example =
        new RestExample(
            new ReferenceCase(
                "zeros",
                Map.of("like", NpyArray.of(new int[] {5, 6}, 2)),
                Map.of("h", NpyArray.of(new double[] {0.5, 1e300}, 2))));

    assertThat(example.request()).contains("\"instances\": [5,\n  6]");
    assertThat(example.answer()).isEqualToIgnoringWhitespace("{\"predictions\": [0.5, 1.0E300]}");
  }
}

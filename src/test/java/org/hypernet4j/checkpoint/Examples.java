// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.checkpoint;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.graph.Role;
import org.hypernet4j.io.NpyArray;

/** Checkpoints that the tests of this package share. */
final class Examples {
  private Examples() {}

  /** A small checkpoint whose values depend on the step. */
  static Checkpoint of(long step) {
    Map<String, NpyArray> values = new LinkedHashMap<>();
    values.put(
        "conv1/kernel", NpyArray.of(new float[] {step, -0.0f, Float.NaN, Float.MIN_VALUE}, 2, 2));
    values.put("conv1/bias", NpyArray.of(new float[] {Float.NEGATIVE_INFINITY, 0.1f}, 2));
    values.put("optimizer/adam/beta1_power", NpyArray.of(new float[] {0.9f}));
    values.put("empty", NpyArray.of(new float[0], 0, 3));
    Map<String, Role> roles = new LinkedHashMap<>();
    values.keySet().forEach(name -> roles.put(name, Role.KERNEL));
    roles.put("conv1/bias", Role.BIAS);
    roles.put("optimizer/adam/beta1_power", Role.SLOT);
    return new Checkpoint(
        step,
        Long.MIN_VALUE + 1,
        "{\"name\": \"Zürich\",\n \"rate\": 1e-3, \"html\": \"<&>\"}",
        "sha256:00ff",
        values,
        roles,
        state());
  }

  /** As many floats as asked for, in one array. */
  static Checkpoint ofSize(long step, int floats) {
    return new Checkpoint(
        step,
        1,
        "{}",
        "none",
        Map.of("kernel", NpyArray.of(new float[floats], floats)),
        new JsonObject());
  }

  private static JsonObject state() {
    return JsonParser.parseString(
            "{'early-stopping': {'best': 0.1, 'since': 9007199254740993, 'of': null}}")
        .getAsJsonObject();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.interop;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.hypernet4j.io.NpyArray;

/**
 * Arrays as JSON, {@code {"logits": {"dtype": "float32", "shape": [1, 2], "values": [0.5, 2]}}}.
 *
 * <p>No number changes on the way: an int64 is a string, since JavaScript's numbers end at 2^53,
 * and null stands for a float that is not finite, which JSON cannot write.
 */
final class ArrayJson {
  private ArrayJson() {}

  static JsonObject write(Map<String, NpyArray> arrays) {
    JsonObject json = new JsonObject();
    arrays.forEach((alias, array) -> json.add(alias, write(array)));
    return json;
  }

  private static JsonObject write(NpyArray array) {
    JsonArray shape = new JsonArray();
    for (long size : array.shape()) {
      shape.add(size);
    }
    JsonArray values = new JsonArray(array.size());
    switch (array.type()) {
      case F4 -> {
        for (float value : array.floats()) {
          if (Float.isFinite(value)) {
            values.add(value);
          } else {
            values.add(JsonNull.INSTANCE);
          }
        }
      }
      case I4 -> {
        for (int value : array.ints()) {
          values.add(value);
        }
      }
      case I8 -> {
        for (long value : array.longs()) {
          values.add(Long.toString(value));
        }
      }
      default -> throw new IllegalArgumentException("readers do not exchange " + array);
    }
    JsonObject json = new JsonObject();
    json.addProperty("dtype", array.type().numpyName());
    json.add("shape", shape);
    json.add("values", values);
    return json;
  }

  static Map<String, NpyArray> read(JsonObject json) {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    json.entrySet()
        .forEach(entry -> arrays.put(entry.getKey(), array(entry.getValue().getAsJsonObject())));
    return arrays;
  }

  private static NpyArray array(JsonObject json) {
    long[] shape = elements(json, "shape").mapToLong(JsonElement::getAsLong).toArray();
    List<JsonElement> values = elements(json, "values").toList();
    String dtype = json.get("dtype").getAsString();
    return switch (dtype) {
      case "float32" -> {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
          JsonElement value = values.get(i);
          floats[i] = value.isJsonNull() ? Float.NaN : value.getAsFloat();
        }
        yield NpyArray.of(floats, shape);
      }
      case "int32" -> NpyArray.of(values.stream().mapToInt(JsonElement::getAsInt).toArray(), shape);
      case "int64" ->
          NpyArray.of(values.stream().mapToLong(JsonElement::getAsLong).toArray(), shape);
      default -> throw new IllegalArgumentException("readers do not exchange " + dtype);
    };
  }

  private static Stream<JsonElement> elements(JsonObject json, String key) {
    return json.getAsJsonArray(key).asList().stream();
  }
}

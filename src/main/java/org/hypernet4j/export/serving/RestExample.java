// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.serving;

import com.google.gson.JsonPrimitive;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.io.NpyArray;

/**
 * A reference case as the JSON of TensorFlow Serving's REST interface.
 *
 * <p>A signature with one input gets the row form ({@code instances}, {@code predictions}), in
 * which an item is one row. Several inputs are easier to read by columns ({@code inputs}, {@code
 * outputs}). NaN and infinities are the unquoted words that the server reads and writes, which
 * other JSON readers may refuse.
 */
final class RestExample {
  private final ReferenceCase one;

  RestExample(ReferenceCase one) {
    this.one = one;
  }

  /** The body to send to {@code :predict}. */
  String request() {
    String key = "{\"signature_name\": " + quote(one.signature()) + ",\n \"";
    return byRow()
        ? key + "instances\": " + rows(one.inputs()) + "}\n"
        : key + "inputs\": " + columns(one.inputs()) + "}\n";
  }

  /** The body of the response. */
  String answer() {
    return byRow()
        ? "{\"predictions\": " + rows(one.outputs()) + "}\n"
        : "{\"outputs\": " + columns(one.outputs()) + "}\n";
  }

  private boolean byRow() {
    return one.inputs().size() == 1;
  }

  /** Items are bare where there is only one tensor. */
  private static String rows(Map<String, NpyArray> arrays) {
    NpyArray first = arrays.values().iterator().next();
    Map<String, IntFunction<String>> texts =
        arrays.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, entry -> element(entry.getValue())));
    return list(
        (int) first.shape()[0],
        ",\n  ",
        row ->
            arrays.size() == 1
                ? text(first, texts.values().iterator().next(), 1, row)
                : arrays.entrySet().stream()
                    .map(
                        entry ->
                            quote(entry.getKey())
                                + ": "
                                + text(
                                    entry.getValue(),
                                    texts.getOrDefault(entry.getKey(), i -> ""),
                                    1,
                                    row))
                    .collect(Collectors.joining(", ", "{", "}")));
  }

  private static String columns(Map<String, NpyArray> arrays) {
    if (arrays.size() == 1) {
      NpyArray only = arrays.values().iterator().next();
      return text(only, element(only), 0, 0);
    }
    return arrays.entrySet().stream()
        .map(
            entry ->
                quote(entry.getKey())
                    + ": "
                    + text(entry.getValue(), element(entry.getValue()), 0, 0))
        .collect(Collectors.joining(",\n  ", "{", "}"));
  }

  /** Nested lists of the elements at one index of the axes before {@code axis}. */
  private static String text(NpyArray array, IntFunction<String> element, int axis, int index) {
    long[] shape = array.shape();
    if (axis == shape.length) {
      return element.apply(index);
    }
    int length = (int) shape[axis];
    return list(
        length,
        axis == 0 ? ",\n   " : ", ",
        i -> text(array, element, axis + 1, index * length + i));
  }

  private static String list(int length, String separator, IntFunction<String> item) {
    return IntStream.range(0, length)
        .mapToObj(item)
        .collect(Collectors.joining(separator, "[", "]"));
  }

  /**
   * The server reads a number with a decimal point as a float, and accepts as an integer only one
   * without.
   */
  private static IntFunction<String> element(NpyArray array) {
    switch (array.type()) {
      case F4 -> {
        float[] values = array.floats();
        return i -> Float.toString(values[i]);
      }
      case F8 -> {
        double[] values = array.doubles();
        return i -> Double.toString(values[i]);
      }
      case BOOL -> {
        byte[] values = array.bytes();
        return i -> values[i] == 0 ? "false" : "true";
      }
      default -> {
        long[] values = array.longs();
        return i -> Long.toString(values[i]);
      }
    }
  }

  private static String quote(String text) {
    return new JsonPrimitive(text).toString();
  }
}

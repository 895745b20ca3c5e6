// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.hypernet4j.error.UserError;
import org.jspecify.annotations.Nullable;

/**
 * One line of a metrics file.
 *
 * @param metrics by name, without values that are not numbers
 * @param best whether the line says that it is the best so far
 */
record MetricLine(String kind, long step, Map<String, Double> metrics, boolean best) {
  private static final String KIND = "kind";
  private static final String STEP = "step";

  /**
   * Reads a line.
   *
   * @param number of the line in the file, from 1
   * @throws UserError if it is broken
   */
  static MetricLine of(String text, Path file, int number) {
    try {
      JsonObject json = JsonParser.parseString(text).getAsJsonObject();
      JsonElement kind = json.remove(KIND);
      JsonElement step = json.remove(STEP);
      if (kind == null || step == null) {
        throw broken(text, file, number, null);
      }
      Map<String, Double> metrics = new TreeMap<>();
      for (Map.Entry<String, JsonElement> entry : json.entrySet()) {
        Double value = value(entry.getValue());
        if (value != null) {
          metrics.put(entry.getKey(), value);
        }
      }
      boolean best = new JsonPrimitive(true).equals(json.get("best"));
      return new MetricLine(
          kind.getAsString(), step.getAsBigDecimal().longValueExact(), metrics, best);
    } catch (JsonParseException
        | IllegalStateException
        | UnsupportedOperationException
        | ArithmeticException
        | NumberFormatException e) {
      throw broken(text, file, number, e);
    }
  }

  /** The number, or null if it is none. JSON holds NaN and the infinities as texts. */
  private static @Nullable Double value(JsonElement element) {
    if (!(element instanceof JsonPrimitive value)) {
      return null;
    }
    boolean word = value.isString() && value.getAsString().matches("NaN|-?Infinity");
    return value.isNumber() || word ? value.getAsDouble() : null;
  }

  private static UserError broken(
      String text, Path file, int number, @Nullable RuntimeException cause) {
    UserError.Builder error =
        UserError.in(file + ", line " + number)
            .what("broken line")
            .expected("a JSON object with kind, a word, and step, a number")
            .received(
                text.isBlank()
                    ? "an empty line"
                    : text.length() > 80 ? text.substring(0, 80) + "..." : text)
            .next("remove the line; if it is the last, resuming the run does that");
    return (cause == null ? error : error.cause(cause)).build();
  }
}

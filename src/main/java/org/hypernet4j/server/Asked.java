// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.util.Set;
import java.util.TreeSet;
import org.hypernet4j.error.UserError;
import org.hypernet4j.json.StrictJson;
import org.jspecify.annotations.Nullable;

/** The settings of a request, each checked when it is read. */
final class Asked {
  private static final String REQUEST = "request";

  private final JsonObject fields;

  private Asked(JsonObject fields) {
    this.fields = fields;
  }

  /**
   * Reads a request.
   *
   * @throws UserError if it is not a JSON object
   */
  static Asked of(String json) {
    if (StrictJson.parse(json, REQUEST) instanceof JsonObject object) {
      return new Asked(object);
    }
    throw UserError.in(REQUEST).what("is no object").expected("{\"model\": ...}").build();
  }

  /**
   * Refuses settings that nothing would read.
   *
   * @throws UserError that names the first
   */
  void requireOnly(String... known) {
    Set<String> others = new TreeSet<>(fields.keySet());
    Set.of(known).forEach(others::remove);
    if (!others.isEmpty()) {
      throw UserError.in(others.iterator().next())
          .what("there is no such setting")
          .expected("one of " + String.join(", ", known))
          .build();
    }
  }

  /** Whether it is given, and not null. */
  boolean has(String name) {
    JsonElement value = fields.get(name);
    return value != null && !value.isJsonNull();
  }

  /**
   * A text.
   *
   * @param most UTF-16 units
   */
  String text(String name, int most) {
    if (fields.get(name) instanceof JsonPrimitive value && value.isString()) {
      String text = value.getAsString();
      if (text.length() > most) {
        throw UserError.in(name)
            .what("is too long")
            .expected("at most " + most + " characters")
            .received(text.length())
            .build();
      }
      return text;
    }
    throw wrong(name, "a text");
  }

  /** A whole number within bounds. */
  long whole(String name, long least, long most) {
    String bounds = "a whole number from " + least + " to " + most;
    BigDecimal number = number(name, bounds);
    // looked at before it is written out: 1e999999999 has a billion digits
    if (number.signum() != 0 && number.precision() - (long) number.scale() > 20) {
      throw wrong(name, bounds);
    }
    try {
      long whole = number.longValueExact();
      if (whole >= least && whole <= most) {
        return whole;
      }
    } catch (ArithmeticException e) {
      // as any other number that does not fit
    }
    throw wrong(name, bounds);
  }

  /** A number above 0 that float32 holds. */
  float positive(String name) {
    String bounds = "a number above 0";
    float value = number(name, bounds).floatValue();
    if (!(value > 0) || Float.isInfinite(value)) {
      throw wrong(name, bounds);
    }
    return value;
  }

  /** A version's number, or null for the newest. */
  @Nullable Long version() {
    return has("version") ? whole("version", 0, Long.MAX_VALUE) : null;
  }

  private BigDecimal number(String name, String bounds) {
    if (fields.get(name) instanceof JsonPrimitive value && value.isNumber()) {
      try {
        return value.getAsBigDecimal();
      } catch (NumberFormatException e) {
        throw wrong(name, bounds);
      }
    }
    throw wrong(name, bounds);
  }

  private UserError wrong(String name, String expected) {
    JsonElement value = fields.get(name);
    return UserError.in(name)
        .what(value == null ? "is missing" : "is not what it should be")
        .expected(expected)
        .received(value == null ? "nothing" : value)
        .build();
  }
}

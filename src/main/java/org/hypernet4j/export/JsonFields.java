// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.hypernet4j.error.UserError;

/**
 * The fields of an object of a file that we wrote: each is there, has its type, and there is no
 * other. Gson alone would leave missing fields null and ignore unknown ones.
 */
final class JsonFields {
  private final String where;
  private final String separator;
  private final JsonObject object;

  private JsonFields(String where, String separator, JsonObject object) {
    this.where = where;
    this.separator = separator;
    this.object = object;
  }

  /**
   * Reads the content of a file as an object.
   *
   * @param keys of its fields, all of them
   * @throws UserError if it is something else, or has other fields
   */
  static JsonFields ofFile(JsonElement element, Path file, Collection<String> keys) {
    return of(element, file.toString(), ", ", keys);
  }

  /** Reads an element inside a file, named by {@code where}, as an object. */
  static JsonFields of(JsonElement element, String where, String... keys) {
    return of(element, where, ".", List.of(keys));
  }

  private static JsonFields of(
      JsonElement element, String where, String separator, Collection<String> keys) {
    if (!(element instanceof JsonObject object)) {
      throw wrong(where, "an object", element);
    }
    Set<String> expected = new TreeSet<>(keys);
    if (!object.keySet().equals(expected)) {
      throw UserError.in(where)
          .what("has other fields than those that were exported")
          .expected(expected)
          .received(new TreeSet<>(object.keySet()))
          .next("export the model again")
          .build();
    }
    return new JsonFields(where, separator, object);
  }

  /** The object at a key, with these fields. */
  JsonFields fields(String key, String... keys) {
    return of(element(key), at(key), keys);
  }

  /** The object at a key, whatever is in it. */
  JsonObject object(String key) {
    JsonElement element = element(key);
    if (element instanceof JsonObject found) {
      return found;
    }
    throw wrong(at(key), "an object", element);
  }

  String text(String key) {
    JsonElement element = element(key);
    if (element instanceof JsonPrimitive value && value.isString()) {
      return value.getAsString();
    }
    throw wrong(at(key), "a text", element);
  }

  boolean flag(String key) {
    JsonElement element = element(key);
    if (element instanceof JsonPrimitive value && value.isBoolean()) {
      return value.getAsBoolean();
    }
    throw wrong(at(key), "true or false", element);
  }

  double number(String key) {
    JsonElement element = element(key);
    if (element instanceof JsonPrimitive value && value.isNumber()) {
      return value.getAsDouble();
    }
    throw wrong(at(key), "a number", element);
  }

  long whole(String key) {
    return whole(element(key), at(key));
  }

  List<Long> wholes(String key) {
    return list(key, JsonFields::whole);
  }

  /** A list, of which {@code reader} gets every element and its place. */
  <T> List<T> list(String key, Reader<T> reader) {
    if (!(element(key) instanceof JsonArray array)) {
      throw wrong(at(key), "a list", element(key));
    }
    List<T> values = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      values.add(reader.read(array.get(i), at(key) + "[" + i + "]"));
    }
    return values;
  }

  /** An object whose keys are names, in its order. */
  <T> Map<String, T> map(String key, Reader<T> reader) {
    Map<String, T> values = new LinkedHashMap<>();
    object(key)
        .entrySet()
        .forEach(
            entry ->
                values.put(
                    entry.getKey(), reader.read(entry.getValue(), at(key) + "." + entry.getKey())));
    return values;
  }

  /** Reads one element. */
  @FunctionalInterface
  interface Reader<T> {
    T read(JsonElement element, String where);
  }

  private static long whole(JsonElement element, String where) {
    // -0, 1e3 and 7.0 are whole numbers too, but not as we write them
    if (element instanceof JsonPrimitive value
        && value.isNumber()
        && value.getAsString().matches("0|-?[1-9][0-9]{0,17}")) {
      return Long.parseLong(value.getAsString());
    }
    throw wrong(where, "a whole number", element);
  }

  private JsonElement element(String key) {
    JsonElement element = object.get(key);
    if (element == null) {
      throw new IllegalArgumentException("'" + key + "' is not among the fields that were asked");
    }
    return element;
  }

  /** The place of a field, for errors. */
  String at(String key) {
    return where + separator + key;
  }

  private static UserError wrong(String where, String expected, JsonElement received) {
    String text = received.toString();
    return UserError.in(where)
        .what("is not what was exported")
        .expected(expected)
        .received(text.length() > 80 ? text.substring(0, 80) + "..." : text)
        .next("export the model again")
        .build();
  }
}

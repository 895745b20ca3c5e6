// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.Nearest;
import org.hypernet4j.error.UserError;
import org.hypernet4j.json.SpecType.EnumOf;
import org.hypernet4j.json.SpecType.ListOf;
import org.hypernet4j.json.SpecType.Property;
import org.hypernet4j.json.SpecType.RecordOf;
import org.hypernet4j.json.SpecType.Scalar;
import org.hypernet4j.json.SpecType.VariantOf;
import org.jspecify.annotations.Nullable;

/**
 * Checks a JSON tree against the record types and returns it in canonical form: every default
 * filled in, shorthands written out, keys in the order of the record components. The result can be
 * passed to Gson, which by itself would ignore unknown keys and use zeros for missing ones.
 */
final class Normalizer {
  private final Place place;

  Normalizer(Place place) {
    this.place = place;
  }

  JsonObject root(JsonElement element, RecordOf type) {
    if (!element.isJsonObject()) {
      throw UserError.in(place.file())
          .what("not a specification")
          .expected("an object with the keys " + String.join(", ", type.keys()))
          .received(Words.show(element))
          .build();
    }
    return fields(element.getAsJsonObject(), type, type.keys(), "", new JsonObject());
  }

  private JsonElement value(JsonElement given, SpecType type, Property property, String path) {
    JsonElement element = type instanceof EnumOf old ? old.current(given) : given;
    if (type instanceof VariantOf variant) {
      return variant(element, variant, property, path);
    } else if (type instanceof RecordOf record) {
      return record(element, record, property, path);
    }
    if (!type.accepts(element)) {
      throw wrong("wrong type", element, type, property, path);
    }
    if (type instanceof ListOf list) {
      return list(element.getAsJsonArray(), list, property, path);
    } else if (type instanceof EnumOf enumeration) {
      String name = element.getAsString();
      if (!enumeration.names().contains(name)) {
        throw unknown("value", name, enumeration.names(), path);
      }
    } else if (type instanceof Scalar scalar && scalar.isNumber()) {
      return number(element, scalar, property, path);
    } else if (property.matches() != null
        && !element.getAsString().matches(property.matches().value())) {
      throw wrong("not of the right form", element, type, property, path);
    }
    return element;
  }

  private JsonElement number(JsonElement element, Scalar type, Property property, String path) {
    BigDecimal number;
    try {
      number = element.getAsBigDecimal();
    } catch (NumberFormatException e) {
      throw wrong("out of range", element, type, property, path);
    }
    if (type.isInteger() && number.signum() != 0 && number.stripTrailingZeros().scale() > 0) {
      throw wrong("not an integer", element, type, property, path);
    }
    if (!property.limits().allow(number)) {
      throw wrong("out of range", element, type, property, path);
    }
    if (type == Scalar.DOUBLE) {
      double nearest = element.getAsDouble();
      // 1e-400 is above 0 but the double nearest to it is not
      if (!Double.isFinite(nearest) || !property.limits().allow(BigDecimal.valueOf(nearest))) {
        throw wrong("out of range", element, type, property, path);
      }
      return new JsonPrimitive(nearest);
    }
    return new JsonPrimitive(number.longValueExact());
  }

  private JsonArray list(JsonArray array, ListOf type, Property property, String path) {
    Items items = property.items();
    if (items != null && (array.size() < items.min() || array.size() > items.max())) {
      throw UserError.in(place.at(path))
          .what("wrong number of items")
          .expected(items.min() + " to " + items.max())
          .received(array.size())
          .build();
    }
    JsonArray result = new JsonArray();
    for (int i = 0; i < array.size(); i++) {
      result.add(value(array.get(i), type.item(), property, path + "[" + i + "]"));
    }
    return result;
  }

  private JsonObject record(JsonElement element, RecordOf type, Property property, String path) {
    JsonElement object = expand(element, type, null);
    if (!object.isJsonObject()) {
      throw wrong("wrong type", element, type, property, path);
    }
    return fields(object.getAsJsonObject(), type, type.keys(), path, new JsonObject());
  }

  private JsonObject variant(JsonElement element, VariantOf type, Property property, String path) {
    JsonElement expanded = expand(element, type);
    if (!expanded.isJsonObject()) {
      throw wrong("wrong type", element, type, property, path);
    }
    JsonObject object = expanded.getAsJsonObject();
    Map<String, RecordOf> variants = type.variants();
    JsonElement name = object.get(VariantOf.KEY);
    if (name == null) {
      throw UserError.in(place.at(path))
          .what("missing key 'type'")
          .expected("one of " + String.join(", ", variants.keySet()))
          .next(meaning(property))
          .build();
    }
    String namePath = Place.key(path, VariantOf.KEY);
    if (!Scalar.STRING.accepts(name)) {
      throw UserError.in(place.at(namePath))
          .what("wrong type")
          .expected("one of " + String.join(", ", variants.keySet()))
          .received(Words.show(name))
          .build();
    }
    RecordOf chosen = variants.get(name.getAsString());
    if (chosen == null) {
      throw unknown("type", name.getAsString(), List.copyOf(variants.keySet()), namePath);
    }
    JsonObject result = new JsonObject();
    result.add(VariantOf.KEY, name);
    return fields(object, chosen, VariantOf.keysOf(chosen), path, result);
  }

  private JsonObject fields(
      JsonObject object, RecordOf type, List<String> keys, String path, JsonObject result) {
    for (String key : object.keySet()) {
      if (!keys.contains(key)) {
        throw unknown("key", key, keys, path);
      }
    }
    for (Property property : type.properties()) {
      JsonElement given = object.get(property.name());
      if (given == null) {
        if (property.required()) {
          throw UserError.in(place.at(path))
              .what("missing key '" + property.name() + "'")
              .expected(property.expected())
              .next(meaning(property))
              .build();
        }
        given = property.defaultValue();
      }
      if (given != null) {
        String at = Place.key(path, property.name());
        result.add(property.name(), value(given, property.type(), property, at));
      }
    }
    return result;
  }

  /** A bare value written out as the object that it stands for; anything else unchanged. */
  static JsonElement expand(JsonElement element, SpecType type) {
    if (type instanceof RecordOf record) {
      return expand(element, record, null);
    } else if (type instanceof VariantOf variant) {
      String name = variant.shorthandFor(element);
      RecordOf chosen = name == null ? null : variant.variants().get(name);
      return chosen == null ? element : expand(element, chosen, name);
    }
    return element;
  }

  private static JsonElement expand(JsonElement element, RecordOf type, @Nullable String name) {
    String key = type.shorthand();
    Property property = key == null ? null : type.find(key);
    if (property == null || !property.type().accepts(element)) {
      return element;
    }
    JsonObject object = new JsonObject();
    if (name != null) {
      object.addProperty(VariantOf.KEY, name);
    }
    object.add(property.name(), element);
    return object;
  }

  private UserError wrong(
      String what, JsonElement received, SpecType type, Property property, String path) {
    return UserError.in(place.at(path))
        .what(what)
        .expected(property.expected(type))
        .received(Words.show(received))
        .next(meaning(property))
        .build();
  }

  private UserError unknown(String kind, String word, List<String> known, String path) {
    return UserError.in(place.at(path))
        .what("unknown " + kind + " " + Words.quote(word))
        .expected("one of " + String.join(", ", known))
        .next("did you mean '" + Nearest.of(word, known) + "'?")
        .build();
  }

  private static String meaning(Property property) {
    return "this key means: " + property.doc();
  }
}

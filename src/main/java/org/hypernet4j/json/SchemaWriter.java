// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hypernet4j.json.SpecType.EnumOf;
import org.hypernet4j.json.SpecType.ListOf;
import org.hypernet4j.json.SpecType.Property;
import org.hypernet4j.json.SpecType.RecordOf;
import org.hypernet4j.json.SpecType.Scalar;
import org.hypernet4j.json.SpecType.VariantOf;
import org.jspecify.annotations.Nullable;

/**
 * JSON Schema (2020-12) from the records, for editors that complete and check specification files.
 * It contains the rules for each key; only {@link SpecReader} checks rules that involve several
 * keys.
 */
public final class SchemaWriter {
  static final String SCHEMA_KEY = "$schema";

  private final JsonObject definitions = new JsonObject();
  private final Set<String> known = new HashSet<>();
  private final Deque<Runnable> pending = new ArrayDeque<>();

  private SchemaWriter() {}

  /** The schema of files that are read as {@code type}, as indented text with a final line feed. */
  public static String schemaFor(Class<? extends Record> type) {
    return SpecGson.WRITER.toJson(new SchemaWriter().write(type)) + "\n";
  }

  private JsonObject write(Class<? extends Record> type) {
    JsonObject schema = new JsonObject();
    schema.addProperty(SCHEMA_KEY, "https://json-schema.org/draft/2020-12/schema");
    schema.addProperty("title", "Hypernet4J specification");
    JsonObject body = object(new RecordOf(type), null);
    JsonObject pointer = new JsonObject();
    pointer.addProperty("description", "The path of this schema, for editors");
    pointer.addProperty("type", "string");
    body.getAsJsonObject("properties").add(SCHEMA_KEY, pointer);
    body.asMap().forEach(schema::add);
    while (!pending.isEmpty()) {
      pending.remove().run(); // adds definitions, which may need more
    }
    schema.add("$defs", definitions);
    return schema;
  }

  /** The schema of an object; with a variant's name it has the key {@code type} as well. */
  private JsonObject object(RecordOf type, @Nullable String variant) {
    JsonObject schema = new JsonObject();
    Doc doc = type.type().getAnnotation(Doc.class);
    if (doc != null) {
      schema.addProperty("description", doc.value());
    }
    schema.addProperty("type", "object");
    JsonObject properties = new JsonObject();
    JsonArray required = new JsonArray();
    if (variant != null) {
      JsonObject constant = new JsonObject();
      constant.addProperty("const", variant);
      properties.add(VariantOf.KEY, constant);
      required.add(VariantOf.KEY);
    }
    for (Property property : type.properties()) {
      properties.add(property.name(), property(property));
      if (property.required()) {
        required.add(property.name());
      }
    }
    schema.add("properties", properties);
    if (!required.isEmpty()) {
      schema.add("required", required);
    }
    schema.addProperty("additionalProperties", false);
    if (!type.alternatives().isEmpty()) {
      JsonArray choices = new JsonArray();
      for (String key : type.alternatives()) {
        JsonObject choice = new JsonObject();
        choice.add("required", strings(List.of(key)));
        choices.add(choice);
      }
      schema.add("oneOf", choices);
    }
    return schema;
  }

  private JsonObject property(Property property) {
    JsonObject schema = new JsonObject();
    schema.addProperty("description", property.doc());
    if (property.defaultValue() != null) {
      schema.add("default", property.defaultValue());
    }
    value(property.type(), property).asMap().forEach(schema::add);
    return schema;
  }

  private JsonObject value(SpecType type, Property property) {
    JsonObject schema = new JsonObject();
    if (type instanceof ListOf list) {
      schema.addProperty("type", "array");
      schema.add("items", value(list.item(), property));
      if (property.items() != null) {
        schema.addProperty("minItems", property.items().min());
        schema.addProperty("maxItems", property.items().max());
      }
    } else if (type instanceof EnumOf enumeration) {
      schema.add("enum", strings(enumeration.names()));
    } else if (type instanceof Scalar scalar) {
      scalar(scalar, property, schema);
    } else if (type instanceof VariantOf variant) {
      schema.addProperty("$ref", variants(variant));
    } else {
      RecordOf record = (RecordOf) type;
      schema.addProperty("$ref", record(record));
    }
    return schema;
  }

  private static void scalar(Scalar type, Property property, JsonObject schema) {
    schema.addProperty(
        "type",
        switch (type) {
          case INT, LONG -> "integer";
          case DOUBLE -> "number";
          case BOOLEAN -> "boolean";
          case STRING -> "string";
        });
    if (type.isNumber()) {
      Limits limits = property.limits();
      limit(schema, "minimum", limits.min());
      limit(schema, "maximum", limits.max());
      limit(schema, "exclusiveMinimum", limits.above());
      limit(schema, "exclusiveMaximum", limits.below());
    } else if (property.matches() != null) {
      schema.addProperty("pattern", "^(?:" + property.matches().value() + ")$");
    }
  }

  private static void limit(JsonObject schema, String keyword, @Nullable BigDecimal limit) {
    // the limits of double are those of every JSON number that a tool can read
    if (limit != null && limit.abs().compareTo(BigDecimal.valueOf(Double.MAX_VALUE)) != 0) {
      schema.addProperty(keyword, limit);
    }
  }

  private String record(RecordOf type) {
    return define(
        nameOf(type.type()), () -> withShorthand(object(type, null), type.shorthand(), type));
  }

  private String variants(VariantOf type) {
    return define(
        nameOf(type.type()),
        () -> {
          JsonArray choices = new JsonArray();
          JsonArray bare = new JsonArray();
          for (Map.Entry<String, RecordOf> entry : type.variants().entrySet()) {
            RecordOf variant = entry.getValue();
            String name = nameOf(type.type()) + "-" + entry.getKey();
            choices.add(reference(define(name, () -> object(variant, entry.getKey()))));
            Property property =
                variant.shorthand() == null ? null : variant.find(variant.shorthand());
            if (property != null) {
              bare.add(property(property));
            }
          }
          choices.addAll(bare);
          JsonObject schema = new JsonObject();
          Doc doc = type.type().getAnnotation(Doc.class);
          if (doc != null) {
            schema.addProperty("description", doc.value());
          }
          schema.add("oneOf", choices);
          return schema;
        });
  }

  private JsonObject withShorthand(JsonObject object, @Nullable String key, RecordOf type) {
    Property property = key == null ? null : type.find(key);
    if (property == null) {
      return object;
    }
    JsonArray choices = new JsonArray();
    choices.add(object);
    choices.add(property(property));
    JsonObject schema = new JsonObject();
    schema.add("oneOf", choices);
    return schema;
  }

  /** The pointer to a definition, which is written later so that records may contain themselves. */
  private String define(String name, java.util.function.Supplier<JsonObject> definition) {
    if (known.add(name)) {
      pending.add(() -> definitions.add(name, definition.get()));
    }
    return "#/$defs/" + name;
  }

  private static JsonObject reference(String pointer) {
    JsonObject schema = new JsonObject();
    schema.addProperty("$ref", pointer);
    return schema;
  }

  private static String nameOf(Class<?> type) {
    Class<?> outer = type.getEnclosingClass();
    return outer == null ? type.getSimpleName() : nameOf(outer) + "." + type.getSimpleName();
  }

  private static JsonArray strings(List<String> texts) {
    JsonArray array = new JsonArray();
    for (String text : texts) {
      JsonElement element = new JsonPrimitive(text);
      array.add(element);
    }
    return array;
  }
}

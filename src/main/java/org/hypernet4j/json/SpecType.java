// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.json;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import com.google.gson.annotations.SerializedName;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The Java types that a specification is made of, as the reader, the writer of the schema and the
 * overrides see them. Nested types are looked up when asked for, so records may contain themselves.
 */
public sealed interface SpecType {

  /** Types with no parts. */
  enum Scalar implements SpecType {
    INT,
    LONG,
    DOUBLE,
    BOOLEAN,
    STRING;

    boolean isInteger() {
      return this == INT || this == LONG;
    }

    boolean isNumber() {
      return isInteger() || this == DOUBLE;
    }
  }

  /** An enum; constants may carry Gson's {@code @SerializedName}. */
  record EnumOf(Class<?> type) implements SpecType {
    List<String> names() {
      return Stream.of(type.getFields())
          .filter(Field::isEnumConstant)
          .map(
              field -> {
                SerializedName name = field.getAnnotation(SerializedName.class);
                return name == null ? field.getName() : name.value();
              })
          .toList();
    }

    /**
     * The element, with an older version's name (Gson's {@code alternate}) made the current one.
     */
    JsonElement current(JsonElement element) {
      if (element.isJsonPrimitive()) {
        for (Field field : type.getFields()) {
          SerializedName name = field.getAnnotation(SerializedName.class);
          if (name != null && List.of(name.alternate()).contains(element.getAsString())) {
            return new JsonPrimitive(name.value());
          }
        }
      }
      return element;
    }
  }

  /** A list. */
  record ListOf(SpecType item) implements SpecType {}

  /** A record: an object with known keys. */
  record RecordOf(Class<?> type) implements SpecType {
    private static final ClassValue<List<Property>> PROPERTIES =
        new ClassValue<>() {
          @Override
          protected List<Property> computeValue(Class<?> type) {
            return Stream.of(type.getRecordComponents()).map(Property::of).toList();
          }
        };

    List<Property> properties() {
      return PROPERTIES.get(type);
    }

    List<String> keys() {
      return properties().stream().map(Property::name).toList();
    }

    @Nullable Property find(String key) {
      return properties().stream().filter(p -> p.name().equals(key)).findFirst().orElse(null);
    }

    /** The key that a bare value stands for, or null. */
    @Nullable String shorthand() {
      Shorthand shorthand = type.getAnnotation(Shorthand.class);
      return shorthand == null ? null : shorthand.value();
    }

    /** The keys of which exactly one is given; empty if the record has no such choice. */
    List<String> alternatives() {
      ExactlyOne keys = type.getAnnotation(ExactlyOne.class);
      return keys == null ? List.of() : List.of(keys.value());
    }
  }

  /** A sealed interface: an object whose key {@code type} chooses among records. */
  record VariantOf(Class<?> type) implements SpecType {
    static final String KEY = "type";

    /** The records by their {@link TypeName}, in the order in which the interface names them. */
    Map<String, RecordOf> variants() {
      Map<String, RecordOf> variants = new LinkedHashMap<>();
      for (Class<?> variant : type.getPermittedSubclasses()) {
        variants.put(nameOf(variant), new RecordOf(variant));
      }
      return variants;
    }

    public static String nameOf(Class<?> variant) {
      TypeName name = variant.getAnnotation(TypeName.class);
      if (name == null) {
        throw new IllegalStateException(variant.getName() + " needs @TypeName");
      }
      return name.value();
    }

    /** The keys of one variant, {@code type} first. */
    static List<String> keysOf(RecordOf variant) {
      List<String> keys = new ArrayList<>(List.of(KEY));
      keys.addAll(variant.keys());
      return keys;
    }

    /** The name of the variant that a bare value of this kind stands for, or null. */
    @Nullable String shorthandFor(JsonElement bare) {
      for (Map.Entry<String, RecordOf> variant : variants().entrySet()) {
        String key = variant.getValue().shorthand();
        Property property = key == null ? null : variant.getValue().find(key);
        if (property != null && property.type().accepts(bare)) {
          return variant.getKey();
        }
      }
      return null;
    }
  }

  /** Whether the JSON element is of the right kind, whatever its value. */
  default boolean accepts(JsonElement element) {
    if (this instanceof Scalar scalar) {
      return element.isJsonPrimitive()
          && switch (scalar) {
            case INT, LONG, DOUBLE -> element.getAsJsonPrimitive().isNumber();
            case BOOLEAN -> element.getAsJsonPrimitive().isBoolean();
            case STRING -> element.getAsJsonPrimitive().isString();
          };
    } else if (this instanceof EnumOf) {
      return Scalar.STRING.accepts(element);
    } else if (this instanceof ListOf) {
      return element.isJsonArray();
    }
    return element.isJsonObject();
  }

  /** The description of a Java type as it stands in a record. */
  static SpecType of(Type type) {
    if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
      return new ListOf(of(generic.getActualTypeArguments()[0]));
    }
    if (type == int.class || type == Integer.class) {
      return Scalar.INT;
    } else if (type == long.class || type == Long.class) {
      return Scalar.LONG;
    } else if (type == double.class || type == Double.class) {
      return Scalar.DOUBLE;
    } else if (type == boolean.class || type == Boolean.class) {
      return Scalar.BOOLEAN;
    } else if (type == String.class) {
      return Scalar.STRING;
    } else if (type instanceof Class<?> named && named.isEnum()) {
      return new EnumOf(named);
    } else if (type instanceof Class<?> named && named.isRecord()) {
      return new RecordOf(named);
    } else if (type instanceof Class<?> named && named.isSealed()) {
      return new VariantOf(named);
    }
    throw new IllegalStateException("a specification cannot hold " + type.getTypeName());
  }

  /**
   * One key of a record.
   *
   * @param defaultValue the value of a key that is left out; null if there is none
   * @param required whether the key must be given
   */
  record Property(
      String name,
      SpecType type,
      String doc,
      @Nullable JsonElement defaultValue,
      boolean required,
      @Nullable Range range,
      @Nullable Items items,
      @Nullable Matches matches) {

    static Property of(RecordComponent component) {
      String place = component.getDeclaringRecord().getSimpleName() + "." + component.getName();
      Doc doc = component.getAnnotation(Doc.class);
      if (doc == null) {
        throw new IllegalStateException(place + " needs @Doc");
      }
      Default given = component.getAnnotation(Default.class);
      JsonElement value = given == null ? null : StrictJson.parse(given.value(), place);
      if (value != null && value.isJsonNull() && component.getType().isPrimitive()) {
        throw new IllegalStateException(place + " is primitive and cannot be left out");
      }
      return new Property(
          component.getName(),
          SpecType.of(component.getGenericType()),
          doc.value(),
          value == null || value.isJsonNull() ? null : value,
          given == null,
          component.getAnnotation(Range.class),
          component.getAnnotation(Items.class),
          component.getAnnotation(Matches.class));
    }

    Limits limits() {
      return Limits.of(range, type instanceof ListOf list ? list.item() : type);
    }

    /** The accepted values, in words. */
    String expected() {
      return expected(type);
    }

    String expected(SpecType part) {
      if (part instanceof Scalar scalar) {
        return switch (scalar) {
          case INT, LONG -> "an integer" + limits().words();
          case DOUBLE -> "a number" + limits().words();
          case BOOLEAN -> "true or false";
          case STRING -> matches == null ? "a text" : "a text of " + matches.words();
        };
      } else if (part instanceof EnumOf enumeration) {
        return "one of " + String.join(", ", enumeration.names());
      } else if (part instanceof ListOf list) {
        return "a list, each item " + expected(list.item());
      } else if (part instanceof VariantOf variant) {
        return "an object with 'type' one of " + String.join(", ", variant.variants().keySet());
      }
      return "an object with the keys " + String.join(", ", ((RecordOf) part).keys());
    }
  }
}

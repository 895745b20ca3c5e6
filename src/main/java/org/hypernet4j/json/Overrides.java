// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hypernet4j.error.Nearest;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.json.SpecType.ListOf;
import org.hypernet4j.json.SpecType.Property;
import org.hypernet4j.json.SpecType.RecordOf;
import org.hypernet4j.json.SpecType.Scalar;
import org.hypernet4j.json.SpecType.VariantOf;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the form {@code path=value} ({@code training.optimizer.learningRate.value=0.005},
 * {@code values[2]=0.1}) written into a JSON tree before it is read.
 *
 * <p>The value is JSON if it parses as such, otherwise a text; {@code null} removes the key, so
 * that its default applies. Sections that the file leaves out are created with their defaults. A
 * new {@code type} removes the keys that the new type does not have, and one of several
 * alternatives ({@code epochs}, {@code steps}) removes the others. Settings are applied in the
 * order given.
 */
public final class Overrides {
  private static final Pattern SEGMENT =
      Pattern.compile("([^.\\[\\]]+)((?:\\[\\d{1,6}])*)(?:\\.|$)");
  private static final Pattern INDEX = Pattern.compile("\\[(\\d+)]");

  private final JsonObject root;
  private final SpecType rootType;
  private final Set<String> given = new HashSet<>();
  private final Set<String> decided = new HashSet<>();

  /**
   * @param root the tree that is changed in place
   * @param type the record that the tree will become
   */
  public Overrides(JsonObject root, Class<? extends Record> type) {
    this.root = root;
    this.rootType = new RecordOf(type);
  }

  /** The paths that settings have set. */
  public Set<String> given() {
    return given;
  }

  /** {@link #given} and the alternatives that were removed for them. */
  public Set<String> decided() {
    return decided;
  }

  /** Applies one setting {@code path=value}. */
  public void apply(String setting) {
    int equals = setting.indexOf('=');
    if (equals < 1) {
      throw UserError.in(Setting.of("override") + " " + setting)
          .what("not a setting")
          .expected("path=value, for example training.batchSize=500")
          .build();
    }
    String where = Setting.of("override") + " " + setting;
    Cursor cursor = find(setting.substring(0, equals).strip(), where);
    cursor.put(parse(setting.substring(equals + 1).strip(), cursor.type, where));
    given.add(cursor.path);
    decided.add(cursor.path);
  }

  /**
   * Sets the value at a path.
   *
   * @param where prefix of an error message
   */
  public void replace(String path, JsonElement value, String where) {
    find(path, where).put(value);
  }

  private Cursor find(String path, String where) {
    Cursor cursor = new Cursor(root, rootType, "", where);
    Matcher segment = SEGMENT.matcher(path);
    int end = 0;
    while (segment.lookingAt()) {
      cursor.down(segment.group(1));
      Matcher index = INDEX.matcher(segment.group(2));
      while (index.find()) {
        cursor.down(Integer.parseInt(index.group(1)));
      }
      end = segment.end();
      segment.region(end, path.length());
    }
    if (end != path.length() || path.endsWith(".")) {
      throw UserError.in(where)
          .what("not a path")
          .expected("keys joined by dots, items of a list as [0], for example training.seed")
          .received(path)
          .build();
    }
    return cursor;
  }

  private static JsonElement parse(String value, SpecType type, String where) {
    try {
      JsonElement parsed = StrictJson.parse(value, where);
      boolean text = type == Scalar.STRING || type instanceof SpecType.EnumOf;
      // name=2024 means the text, though 2024 parses as a number
      return text && parsed.isJsonPrimitive() && !Scalar.STRING.accepts(parsed)
          ? new JsonPrimitive(value)
          : parsed;
    } catch (UserError e) {
      if (value.startsWith("{") || value.startsWith("[")) {
        throw e;
      }
      return new JsonPrimitive(value);
    }
  }

  /** A place in the tree: a container, and the key or index in it that comes next. */
  private final class Cursor {
    private final String where;
    private JsonElement container;
    private @Nullable Object slot;
    private SpecType type;
    private String path;
    private @Nullable JsonElement defaultValue;
    private List<String> alternatives = List.of();
    private boolean choosesType;

    Cursor(JsonElement container, SpecType type, String path, String where) {
      this.container = container;
      this.type = type;
      this.path = path;
      this.where = where;
    }

    /** Descends to a key of the object at this place. */
    void down(String key) {
      JsonObject object = open().getAsJsonObject();
      RecordOf record;
      choosesType = false;
      if (type instanceof VariantOf variant) {
        if (key.equals(VariantOf.KEY)) {
          choosesType = true;
          step(object, key, null, List.of());
          return; // type stays: put() needs to know the variants
        }
        record = chosen(object, variant);
      } else {
        record = (RecordOf) type;
      }
      Property property = record.find(key);
      if (property == null) {
        List<String> known = type instanceof VariantOf ? VariantOf.keysOf(record) : record.keys();
        throw UserError.in(where)
            .what("unknown key " + Words.quote(key) + (path.isEmpty() ? "" : " in " + path))
            .expected("one of " + String.join(", ", known))
            .next("did you mean '" + Nearest.of(key, known) + "'?")
            .build();
      }
      boolean alternative = record.alternatives().contains(key);
      step(object, key, property.defaultValue(), alternative ? record.alternatives() : List.of());
      type = property.type();
    }

    private void step(
        JsonObject object, String key, @Nullable JsonElement ifAbsent, List<String> others) {
      container = object;
      slot = key;
      path = Place.key(path, key);
      defaultValue = ifAbsent;
      alternatives = others;
    }

    /** Descends to an item of the list at this place. */
    void down(int index) {
      if (choosesType || !(type instanceof ListOf list)) {
        throw notOpen("a list");
      }
      JsonArray array = open().getAsJsonArray();
      if (index >= array.size()) {
        throw UserError.in(where)
            .what("no such item of " + path)
            .expected("an index below " + array.size())
            .received(index)
            .build();
      }
      container = array;
      slot = index;
      path += "[" + index + "]";
      type = list.item();
      defaultValue = null;
      alternatives = List.of();
    }

    /** The object or list at this place, created from its default if the file leaves it out. */
    private JsonElement open() {
      if (slot == null) {
        return container;
      }
      if (choosesType || type instanceof Scalar || type instanceof SpecType.EnumOf) {
        throw notOpen("an object");
      }
      JsonElement present = read();
      JsonElement opened = present;
      if (opened == null) {
        opened = defaultValue != null ? defaultValue.deepCopy() : empty();
      }
      opened = Normalizer.expand(opened, type);
      if (!type.accepts(opened)) {
        throw UserError.in(where)
            .what("the file has no " + (type instanceof ListOf ? "list" : "object") + " at " + path)
            .received(Words.show(opened))
            .build();
      }
      if (opened != present) {
        write(opened);
      }
      return opened;
    }

    private JsonElement empty() {
      return type instanceof ListOf ? new JsonArray() : new JsonObject();
    }

    private UserError notOpen(String wanted) {
      return UserError.in(where)
          .what("'" + path + "' is not " + wanted)
          .next("end the path there")
          .build();
    }

    private RecordOf chosen(JsonObject object, VariantOf variant) {
      JsonElement name = object.get(VariantOf.KEY);
      RecordOf record =
          name == null || !Scalar.STRING.accepts(name)
              ? null
              : variant.variants().get(name.getAsString());
      if (record == null) {
        throw UserError.in(where)
            .what("the type of '" + path + "' is not known")
            .expected("one of " + String.join(", ", variant.variants().keySet()))
            .received(name == null ? "no key 'type'" : Words.show(name))
            .next("set " + path + ".type first")
            .build();
      }
      return record;
    }

    void put(JsonElement value) {
      if (choosesType) {
        forgetKeysOfOldType(value);
      }
      String parent = path.substring(0, Math.max(0, path.lastIndexOf('.')));
      for (String other : alternatives) {
        String otherPath = Place.key(parent, other);
        if (!otherPath.equals(path) && !value.isJsonNull()) {
          refuseIfGiven(otherPath);
          container.getAsJsonObject().remove(other);
          decided.add(otherPath);
        }
      }
      if (value.isJsonNull() && container.isJsonObject()) {
        container.getAsJsonObject().remove((String) Objects.requireNonNull(slot));
      } else {
        write(value);
      }
    }

    private void forgetKeysOfOldType(JsonElement value) {
      VariantOf variants = (VariantOf) type;
      RecordOf next =
          Scalar.STRING.accepts(value) ? variants.variants().get(value.getAsString()) : null;
      if (next == null) {
        return; // the reader will report which types there are
      }
      JsonObject object = container.getAsJsonObject();
      String parent = path.substring(0, path.length() - VariantOf.KEY.length());
      for (String key : List.copyOf(object.keySet())) {
        if (!VariantOf.keysOf(next).contains(key)) {
          refuseIfGiven(parent + key);
          object.remove(key);
        }
      }
    }

    private void refuseIfGiven(String lost) {
      for (String earlier : given) {
        if (earlier.equals(lost)
            || earlier.startsWith(lost + ".")
            || earlier.startsWith(lost + "[")) {
          throw UserError.in(where)
              .what("contradicts " + Setting.of("override") + " " + earlier)
              .next("give one of the two, or this one first")
              .build();
        }
      }
    }

    private @Nullable JsonElement read() {
      return slot instanceof Integer index
          ? container.getAsJsonArray().get(index)
          : container.getAsJsonObject().get((String) slot);
    }

    private void write(JsonElement value) {
      if (slot instanceof Integer index) {
        container.getAsJsonArray().set(index, value);
      } else {
        container.getAsJsonObject().add((String) Objects.requireNonNull(slot), value);
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Ways to damage a text of JSON. */
enum JsonDamage {
  CUT,
  UNKNOWN_KEY,
  KEY_TWICE,
  OTHER_TYPE,
  NOT_FINITE,
  NESTED,
  UTF_16,
  NO_UTF_8,
  OTHER_NUMBER(false),
  NULL_VALUE(false),
  KEY_GONE(false),
  FLIPPED(false),
  WORDS_SWAPPED(false);

  private static final int DEEP = 50_000;

  private final boolean hopeless;

  JsonDamage() {
    this(true);
  }

  JsonDamage(boolean hopeless) {
    this.hopeless = hopeless;
  }

  /** Whether nobody may take the result for a specification. */
  boolean isHopeless() {
    return hopeless;
  }

  static JsonDamage any(Random random) {
    return values()[random.nextInt(values().length)];
  }

  /** A damaged copy of an object's text. */
  byte[] apply(String text, Random random) {
    JsonObject root = JsonParser.parseString(text).getAsJsonObject();
    List<Place> places = new ArrayList<>();
    collect(root, places);
    Place place =
        places.isEmpty() ? new Place(root, "x") : places.get(random.nextInt(places.size()));
    switch (this) {
      case CUT -> {
        String trimmed = text.stripTrailing();
        return utf8(trimmed.substring(0, random.nextInt(trimmed.length())));
      }
      case UNKNOWN_KEY -> place.object.addProperty("kez" + random.nextInt(10), 3);
      case KEY_TWICE -> {
        return utf8(text.replaceFirst("\\{", "{\"name\": \"twice\", "));
      }
      case OTHER_TYPE -> place.set(otherType(place.value(), random));
      case NOT_FINITE -> {
        place.object.addProperty("@here", true);
        String bad = List.of("NaN", "Infinity", "1e999", "-1e9999", "0x10").get(random.nextInt(5));
        return utf8(root.toString().replace("\"@here\":true", "\"seed\":" + bad));
      }
      case NESTED -> {
        String open = random.nextBoolean() ? "[" : "{\"model\":";
        return utf8(open.repeat(DEEP));
      }
      case UTF_16 -> {
        return text.getBytes(StandardCharsets.UTF_16);
      }
      case NO_UTF_8 -> {
        byte[] bytes = utf8(text);
        bytes[random.nextInt(bytes.length)] = (byte) 0xff;
        return bytes;
      }
      case OTHER_NUMBER -> {
        List<Place> numbers =
            places.stream()
                .filter(p -> p.value() instanceof JsonPrimitive n && n.isNumber())
                .toList();
        if (!numbers.isEmpty()) {
          numbers.get(random.nextInt(numbers.size())).set(number(random));
        }
      }
      case NULL_VALUE -> place.set(JsonNull.INSTANCE);
      case KEY_GONE -> place.object.remove(place.key);
      case FLIPPED -> {
        byte[] bytes = utf8(text);
        ByteDamage.flipBit(bytes, random);
        return bytes;
      }
      case WORDS_SWAPPED -> {
        Place other = places.isEmpty() ? place : places.get(random.nextInt(places.size()));
        JsonElement kept = place.value().deepCopy();
        place.set(other.value().deepCopy());
        other.set(kept);
      }
    }
    return utf8(root.toString());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A value of a type that no key with the given value takes. */
  private static JsonElement otherType(JsonElement value, Random random) {
    if (value instanceof JsonPrimitive primitive && primitive.isString()) {
      return random.nextBoolean() ? new JsonPrimitive(17) : new JsonArray();
    }
    return random.nextBoolean() ? new JsonPrimitive("seventeen and a half") : array(3);
  }

  private static JsonArray array(int depth) {
    JsonArray array = new JsonArray();
    if (depth > 0) {
      array.add(array(depth - 1));
    }
    return array;
  }

  private static JsonPrimitive number(Random random) {
    List<Number> numbers =
        List.of(
            0,
            -1,
            1,
            2,
            7,
            0.5,
            -0.0,
            1e-300,
            1e300,
            1e18,
            Integer.MAX_VALUE,
            Integer.MIN_VALUE,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            4_294_967_296L,
            65_536,
            1_000_000,
            1e-45);
    return new JsonPrimitive(numbers.get(random.nextInt(numbers.size())));
  }

  /** A key of an object somewhere in the tree. */
  private record Place(JsonObject object, String key) {
    JsonElement value() {
      JsonElement value = object.get(key);
      return value == null ? JsonNull.INSTANCE : value;
    }

    void set(JsonElement value) {
      object.add(key, value);
    }
  }

  private static void collect(JsonElement element, List<Place> places) {
    if (element instanceof JsonObject object) {
      for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
        places.add(new Place(object, entry.getKey()));
        collect(entry.getValue(), places);
      }
    } else if (element instanceof JsonArray array) {
      array.forEach(each -> collect(each, places));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.json;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.Strictness;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hypernet4j.error.UserError;

/**
 * Parses text into a JSON tree strictly by RFC 8259: no comments, no trailing commas or data, no
 * NaN, and no key twice in one object (Gson alone would keep the last), at most 255 levels deep.
 */
public final class StrictJson {
  private static final TypeAdapter<JsonElement> ELEMENT = new Gson().getAdapter(JsonElement.class);
  private static final Pattern POSITION = Pattern.compile("at line \\d+ column \\d+");

  private StrictJson() {}

  /**
   * Reads one JSON value and nothing after it.
   *
   * @param where prefix of an error message, for example the file
   * @throws UserError if the text is anything else
   */
  public static JsonElement parse(String text, String where) {
    JsonReader in = new JsonReader(new StringReader(text));
    in.setStrictness(Strictness.STRICT);
    try {
      JsonElement value = element(in, where);
      if (in.peek() != JsonToken.END_DOCUMENT) {
        throw notJson(where, "something follows the end").build();
      }
      return value;
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      String reason = String.valueOf(e.getMessage());
      Matcher position = POSITION.matcher(reason);
      throw notJson(
              where,
              (e instanceof EOFException ? "the text ends too early " : "")
                  + (position.find() ? position.group() : ""))
          .cause(e)
          .build();
    }
  }

  private static UserError.Builder notJson(String where, String detail) {
    return UserError.in(where)
        .what("not valid JSON (" + detail + ")")
        .next("look there for a missing or surplus comma, quote or bracket, or a comment");
  }

  private static JsonElement element(JsonReader in, String where) throws IOException {
    switch (in.peek()) {
      case BEGIN_ARRAY -> {
        JsonArray array = new JsonArray();
        in.beginArray();
        while (in.hasNext()) {
          array.add(element(in, where));
        }
        in.endArray();
        return array;
      }
      case BEGIN_OBJECT -> {
        JsonObject object = new JsonObject();
        in.beginObject();
        while (in.hasNext()) {
          String key = in.nextName();
          if (object.has(key)) {
            throw UserError.in(Place.join(where, in.getPreviousPath().replaceFirst("^\\$\\.?", "")))
                .what("the key " + Words.quote(key) + " stands here twice")
                .next("keep one of the two")
                .build();
          }
          object.add(key, element(in, where));
        }
        in.endObject();
        return object;
      }
      default -> {
        return ELEMENT.read(in);
      }
    }
  }
}

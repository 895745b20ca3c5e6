// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;
import org.jspecify.annotations.Nullable;

/**
 * One drawing of Quick, Draw!: a JSON object whose {@code drawing} is a list of strokes, each
 * {@code [xs, ys]} or {@code [xs, ys, times]}.
 *
 * @param key its {@code key_id}
 * @param recognized what the game said; true if the line does not say
 * @param drawing offsets from point to point, see {@link PenTrack}
 * @param emptyStrokes strokes without a point, which are left out
 */
record QuickDrawLine(String key, boolean recognized, PenDrawing drawing, int emptyStrokes) {
  private static final Pattern COLUMN = Pattern.compile("column \\d+");
  private static final String FORM = "a list of strokes [xs, ys] or [xs, ys, times]";

  /**
   * Parses a line.
   *
   * @param where the line, for error messages
   * @throws UserError if it is not such an object
   */
  static QuickDrawLine parse(String line, String where) {
    JsonReader in = new JsonReader(new StringReader(line));
    in.setStrictness(Strictness.STRICT);
    try {
      QuickDrawLine parsed = object(in, where);
      if (in.peek() != JsonToken.END_DOCUMENT) {
        throw broken(where, "something follows the object", null);
      }
      return parsed;
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      Matcher column = COLUMN.matcher(String.valueOf(e.getMessage()));
      throw broken(
          where,
          (e instanceof EOFException ? "the line ends too early" : "not valid JSON")
              + (column.find() ? " at " + column.group() : ""),
          e);
    }
  }

  private static QuickDrawLine object(JsonReader in, String where) throws IOException {
    require(in, JsonToken.BEGIN_OBJECT, where, "a JSON object");
    Set<String> seen = new LinkedHashSet<>();
    String key = null;
    boolean recognized = true;
    PenTrack track = null;
    in.beginObject();
    while (in.hasNext()) {
      String name = in.nextName();
      if (!seen.add(name)) {
        throw broken(where, "a key stands there twice: '" + name + "'", null);
      }
      switch (name) {
        case "key_id" -> {
          if (in.peek() != JsonToken.NUMBER) {
            require(in, JsonToken.STRING, where, "a text or number as key_id");
          }
          key = in.nextString();
        }
        case "recognized" -> {
          require(in, JsonToken.BOOLEAN, where, "true or false as recognized");
          recognized = in.nextBoolean();
        }
        case "drawing" -> track = strokes(in, where);
        default -> in.skipValue();
      }
    }
    in.endObject();
    if (key == null || track == null) {
      throw UserError.in(where)
          .what("not a drawing of Quick, Draw!")
          .expected("the keys 'key_id' and 'drawing'")
          .received(seen.isEmpty() ? "no key" : "the keys " + String.join(", ", seen))
          .next("give a file of Quick, Draw!, simplified or raw")
          .build();
    }
    return new QuickDrawLine(key, recognized, track.drawing(), track.emptyStrokes());
  }

  private static PenTrack strokes(JsonReader in, String where) throws IOException {
    PenTrack track = new PenTrack(where);
    require(in, JsonToken.BEGIN_ARRAY, where, FORM + " as drawing");
    in.beginArray();
    for (int stroke = 0; in.hasNext(); stroke++) {
      require(in, JsonToken.BEGIN_ARRAY, where, FORM + " as drawing");
      in.beginArray();
      double[] xs = numbers(in, where);
      double[] ys = numbers(in, where);
      double[] times = in.hasNext() ? numbers(in, where) : null;
      require(in, JsonToken.END_ARRAY, where, FORM + " as drawing");
      in.endArray();
      if (xs.length != ys.length || (times != null && times.length != xs.length)) {
        throw UserError.in(where)
            .what("stroke " + stroke + " (counted from 0) has lists of different lengths")
            .expected("as many ys, and times if there are any, as xs: " + xs.length)
            .received(ys.length + " ys" + (times == null ? "" : ", " + times.length + " times"))
            .next("get the file again")
            .build();
      }
      for (int i = 0; i < xs.length; i++) {
        track.point(xs[i], ys[i]);
      }
      track.lift();
    }
    in.endArray();
    return track;
  }

  private static double[] numbers(JsonReader in, String where) throws IOException {
    require(in, JsonToken.BEGIN_ARRAY, where, FORM + " as drawing");
    double[] numbers = new double[32];
    int count = 0;
    in.beginArray();
    while (in.hasNext()) {
      require(in, JsonToken.NUMBER, where, "numbers as places of the pen");
      if (count == numbers.length) {
        numbers = Arrays.copyOf(numbers, 2 * count);
      }
      numbers[count++] = in.nextDouble();
    }
    in.endArray();
    return Arrays.copyOf(numbers, count);
  }

  private static void require(JsonReader in, JsonToken token, String where, String expected)
      throws IOException {
    JsonToken found = in.peek();
    if (found != token) {
      throw UserError.in(where)
          .what("not a drawing of Quick, Draw!")
          .expected(expected)
          .received(word(found) + " at " + in.getPath().replaceFirst("^\\$\\.?", ""))
          .next("give a file of Quick, Draw!, simplified or raw")
          .build();
    }
  }

  private static String word(JsonToken token) {
    return switch (token) {
      case BEGIN_ARRAY -> "a list";
      case END_ARRAY -> "the end of a list";
      case BEGIN_OBJECT, END_OBJECT, NAME -> "an object";
      case STRING -> "a text";
      case NUMBER -> "a number";
      case BOOLEAN -> "true or false";
      case NULL -> "null";
      case END_DOCUMENT -> "the end of the line";
    };
  }

  private static UserError broken(String where, String received, @Nullable Exception cause) {
    UserError.Builder error =
        UserError.in(where)
            .what("the line is broken")
            .expected("one JSON object")
            .received(received)
            .next("get the file again, or take the line out");
    return (cause == null ? error : error.cause(cause)).build();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.RegularFiles;
import org.hypernet4j.pen.PenDrawing;
import org.jspecify.annotations.Nullable;

/**
 * Drawings as plain JSON: {@code [[dx, dy, pen], ...]}, one drawing, or {@code [[[dx, dy, pen],
 * ...], ...]}, several. It is read as a stream: files may be large.
 */
public final class DrawingJson {
  private static final Pattern POSITION = Pattern.compile("line \\d+ column \\d+");

  private final String name;
  private final JsonReader in;
  private float[] rows = new float[64 * PenDrawing.COLUMNS];
  private int size;

  private DrawingJson(String name, JsonReader in) {
    this.name = name;
    this.in = in;
  }

  /**
   * Reads a file.
   *
   * @return the drawings, one at least
   * @throws UserError if it cannot be read or is anything else; the error names the place
   */
  public static List<PenDrawing> read(Path file) {
    try (Reader reader =
            new InputStreamReader(RegularFiles.newInputStream(file), StandardCharsets.UTF_8);
        JsonReader in = new JsonReader(reader)) {
      in.setStrictness(Strictness.STRICT);
      return new DrawingJson(file.toString(), in).all();
    } catch (EOFException e) {
      throw broken(file.toString(), "the text ends too early", e);
    } catch (IllegalStateException | NumberFormatException e) {
      throw broken(file.toString(), "not valid JSON" + position(e), e);
    } catch (IOException e) {
      if (e instanceof MalformedJsonException) {
        throw broken(file.toString(), "not valid JSON" + position(e), e);
      }
      throw DataStream.unreadable(file.toString(), e);
    }
  }

  private static String position(Exception e) {
    Matcher position = POSITION.matcher(String.valueOf(e.getMessage()));
    return position.find() ? " at " + position.group() : "";
  }

  /** The text that {@link #read} reads: a line a drawing. */
  public static String write(List<PenDrawing> drawings) {
    StringBuilder out = new StringBuilder("[\n");
    for (int i = 0; i < drawings.size(); i++) {
      PenDrawing drawing = drawings.get(i);
      for (int p = 0; p < drawing.points(); p++) {
        out.append(p == 0 ? "[" : ",")
            .append('[')
            .append(drawing.dx(p))
            .append(',')
            .append(drawing.dy(p))
            .append(drawing.lifted(p) ? ",1]" : ",0]");
      }
      out.append(i + 1 < drawings.size() ? "],\n" : "]\n");
    }
    return out.append("]\n").toString();
  }

  private List<PenDrawing> all() throws IOException {
    List<PenDrawing> drawings = new ArrayList<>();
    boolean single = false;
    begin();
    while (in.hasNext()) {
      begin();
      if (in.peek() == JsonToken.NUMBER && drawings.isEmpty()) {
        single = true;
        row();
      } else if (single) {
        throw broken(place(), "a row of a drawing is not three numbers", null);
      } else {
        drawings.add(drawing(name + ": drawing " + drawings.size() + " (counted from 0)"));
      }
    }
    in.endArray();
    if (in.peek() != JsonToken.END_DOCUMENT) {
      throw broken(name, "something follows the end", null);
    }
    if (single) {
      drawings.add(taken(name));
    }
    if (drawings.isEmpty()) {
      throw broken(name, "there is no drawing", null);
    }
    return drawings;
  }

  private PenDrawing drawing(String where) throws IOException {
    while (in.hasNext()) {
      begin();
      row();
    }
    in.endArray();
    return taken(where);
  }

  /** The numbers of a row, and its end. */
  private void row() throws IOException {
    if (size == PenDrawing.MOST_POINTS * PenDrawing.COLUMNS) {
      throw UserError.in(place())
          .what("the drawing has too many points")
          .expected("at most " + PenDrawing.MOST_POINTS)
          .received("more")
          .next("cut it into several drawings")
          .build();
    }
    if (size == rows.length) {
      rows = Arrays.copyOf(rows, 2 * rows.length);
    }
    for (int column = 0; column < PenDrawing.COLUMNS; column++) {
      if (in.peek() != JsonToken.NUMBER) {
        throw broken(place(), "a row of a drawing is not three numbers", null);
      }
      rows[size++] = (float) in.nextDouble();
    }
    if (in.peek() != JsonToken.END_ARRAY) {
      throw broken(place(), "a row of a drawing is not three numbers", null);
    }
    in.endArray();
  }

  private PenDrawing taken(String where) {
    PenDrawing drawing = PenDrawing.of(where, Arrays.copyOf(rows, size));
    size = 0;
    return drawing;
  }

  private void begin() throws IOException {
    if (in.peek() != JsonToken.BEGIN_ARRAY) {
      throw broken(place(), "not drawings", null);
    }
    in.beginArray();
  }

  /** {@code mine.json: $[3][17]}. */
  private String place() {
    return name + ": " + in.getPreviousPath();
  }

  private static UserError broken(String where, String what, @Nullable Exception cause) {
    UserError.Builder error =
        UserError.in(where)
            .what(what)
            .expected("[[dx, dy, pen], ...], or a list of such drawings")
            .next("look there for a missing number, comma or bracket");
    return cause == null ? error.build() : error.cause(cause).build();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import java.util.Arrays;
import java.util.Base64;
import org.hypernet4j.io.NpyArray;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Tensor;
import org.tensorflow.proto.DataType;

/**
 * One input of a request: an item, or several of one shape, become one flat array. The first
 * elements of nested lists say the shape, and all else has to agree.
 */
final class JsonTensor {
  /** The most axes of a tensor. */
  private static final int AXES = 254;

  private final JsonText text;
  private final DataType type;
  private final Values values;
  private final JsonNumber number = new JsonNumber();
  private int[] sizes = {};
  private int[] first = {};
  private int count;
  private int firstCount;
  private int items;

  /**
   * An input without values yet.
   *
   * @throws RestError if JSON has no values for the type
   */
  JsonTensor(JsonText text, DataType type, int at) {
    if (!Values.has(type)) {
      throw new RestError(
          RestError.Code.UNIMPLEMENTED,
          "Conversion of JSON Value: " + JsonDebug.of(text, at) + " to type: " + Values.name(type));
    }
    this.text = text;
    this.type = type;
    values = Values.of(type);
  }

  /**
   * Adds the item that begins at a place.
   *
   * @return the place after it
   * @throws RestError if it does not fit, or has another shape than the items before
   */
  int add(int at) {
    int rank = 0;
    int inner = at;
    while (text.peek(inner) == '[') {
      rank++;
      if (rank > AXES) {
        throw RestError.invalid(
            "lists nested deeper than " + AXES + " levels, the most of a tensor");
      }
      inner = text.skip(inner + 1);
    }
    sizes = new int[rank];
    Arrays.fill(sizes, -1);
    count = 0;
    final int end = fill(at, 0);
    if (items == 0) {
      first = sizes;
      firstCount = count;
    } else if (count != firstCount) {
      throw RestError.invalid("Expecting tensor size: " + firstCount + " but got: " + count);
    } else if (!Arrays.equals(first, sizes)) {
      throw RestError.invalid("Expecting shape " + shape(first) + " but got: " + shape(sizes));
    }
    items++;
    return end;
  }

  private static String shape(int[] sizes) {
    return Arrays.toString(sizes).replace(" ", "");
  }

  private int fill(int at, int level) {
    if (text.peek(at) != '[') {
      if (level != sizes.length) {
        throw RestError.invalid(
            "JSON Value: "
                + JsonDebug.of(text, at)
                + " found at incorrect level: "
                + (level + 1)
                + " in the JSON DOM. Expected at level: "
                + sizes.length);
      }
      count++;
      return leaf(at);
    }
    if (level >= sizes.length) {
      throw RestError.invalid(
          "Encountered list at unexpected level: " + level + " expected < " + sizes.length);
    }
    int size = 0;
    int next = text.skip(at + 1);
    try {
      while (text.peek(next) != ']') {
        next = text.skip(fill(next, level + 1));
        size++;
        next = text.peek(next) == ',' ? text.skip(next + 1) : next;
      }
    } catch (RestError e) {
      requireSize(level, size(at)); // the length of the outer list comes first
      throw e;
    }
    requireSize(level, size);
    sizes[level] = size;
    return next + 1;
  }

  private void requireSize(int level, int size) {
    if (sizes[level] >= 0 && sizes[level] != size) {
      throw RestError.invalid(
          "Encountered list at unexpected size: "
              + size
              + " at level: "
              + level
              + " expected size: "
              + sizes[level]);
    }
  }

  private int size(int at) {
    int size = 0;
    int next = text.skip(at + 1);
    while (text.peek(next) != ']') {
      next = text.skip(text.end(next));
      size++;
      next = text.peek(next) == ',' ? text.skip(next + 1) : next;
    }
    return size;
  }

  private int leaf(int at) {
    int end;
    boolean taken;
    switch (text.peek(at)) {
      case '"' -> {
        end = text.end(at);
        taken = type == DataType.DT_STRING && values.string(text.string(at, end));
      }
      case 't', 'f' -> {
        end = text.end(at);
        taken = values.truth(text.peek(at) == 't');
      }
      case 'n' -> {
        end = text.end(at);
        taken = false;
      }
      case '{' -> {
        end = text.end(at);
        taken = type == DataType.DT_STRING && values.string(base64(at));
      }
      default -> {
        number.read(text, at);
        end = number.end();
        taken = values.number(number);
      }
    }
    if (!taken) {
      throw RestError.invalid(
          "JSON Value: "
              + JsonDebug.of(text, at)
              + " Type: "
              + JsonDebug.type(text, at)
              + " is not of expected type: "
              + Values.name(type));
    }
    return end;
  }

  /** Where the text of {@code {"b64": "..."}} begins, or null for another object or value. */
  static @Nullable Integer base64Text(JsonText text, int at) {
    if (text.peek(at) != '{') {
      return null;
    }
    int key = text.skip(at + 1);
    if (text.peek(key) != '"' || !text.text(key).equals("b64")) {
      return null;
    }
    int value = text.skip(text.skip(text.end(key)) + 1);
    boolean alone = text.peek(value) == '"' && text.peek(text.skip(text.end(value))) == '}';
    return alone ? value : null;
  }

  private byte[] base64(int at) {
    Integer value = base64Text(text, at);
    if (value == null) {
      throw RestError.invalid(
          "JSON Value: " + JsonDebug.of(text, at) + " not formatted correctly for base64 data");
    }
    try {
      return Base64.getDecoder().decode(text.text(value).replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      throw RestError.invalid("Unable to base64 decode");
    }
  }

  private long[] shape(boolean rows) {
    long[] shape = new long[first.length + (rows ? 1 : 0)];
    for (int i = 0; i < first.length; i++) {
      shape[i + (rows ? 1 : 0)] = first[i];
    }
    if (rows) {
      shape[0] = items;
    }
    return shape;
  }

  /**
   * The values as an array; not for texts.
   *
   * @param rows whether the items are the rows of a batch, or there is one and it is all
   */
  NpyArray array(boolean rows) {
    return values.array(shape(rows));
  }

  /** The values as a tensor, which the caller closes. */
  Tensor tensor(boolean rows) {
    return values.tensor(shape(rows));
  }
}

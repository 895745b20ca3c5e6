// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

/** A JSON value as errors show it: laid out anew, and cut off after some 256 bytes. */
final class JsonDebug {
  private static final int LONGEST = 256;

  private final JsonText text;
  private final PrettyJson out = new PrettyJson(true);
  private final JsonNumber number = new JsonNumber();

  private JsonDebug(JsonText text) {
    this.text = text;
  }

  /** The value that begins at a place. */
  static String of(JsonText text, int at) {
    JsonDebug debug = new JsonDebug(text);
    debug.value(at);
    return new String(debug.out.bytes(), StandardCharsets.UTF_8);
  }

  /** What kind of value begins at a place. */
  static String type(JsonText text, int at) {
    return switch (text.peek(at)) {
      case '{' -> "Object";
      case '[' -> "Array";
      case '"' -> "String";
      case 't' -> "True";
      case 'f' -> "False";
      case 'n' -> "Null";
      default -> "Number";
    };
  }

  /** The place after the value; -1 when there is no more room. A value takes a byte at least. */
  private int value(int at) {
    if (out.size() >= LONGEST) {
      return -1;
    }
    switch (text.peek(at)) {
      case '{', '[' -> {
        return values(at, text.peek(at) == '[');
      }
      case '"' -> {
        int end = text.end(at);
        out.string(text.string(at, end));
        return end;
      }
      case 't', 'f', 'n' -> {
        int end = text.end(at);
        out.raw(new String(text.bytes(), at, end - at, StandardCharsets.US_ASCII));
        return end;
      }
      default -> {
        number.read(text, at);
        if (!number.isLong() && !Double.isFinite(number.value())) {
          return -1; // as the parser's own writer, which has no word for it
        }
        out.raw(number.isLong() ? Long.toString(number.integer()) : shortest(number.value()));
        return number.end();
      }
    }
  }

  private int values(int begin, boolean array) {
    out.begin(array);
    int at = text.skip(begin + 1);
    while (text.peek(at) != (array ? ']' : '}')) {
      if (!array) {
        if (out.size() >= LONGEST) {
          return -1;
        }
        int end = text.end(at);
        out.string(text.string(at, end));
        at = text.skip(text.skip(end) + 1);
      }
      at = value(at);
      if (at < 0) {
        return -1;
      }
      at = text.skip(at);
      at = text.peek(at) == ',' ? text.skip(at + 1) : at;
    }
    if (out.size() >= LONGEST) {
      return -1;
    }
    out.end();
    return at + 1;
  }

  /** The fewest digits that are the number again, in the layout of the parser's own writer. */
  private static String shortest(double value) {
    if (value == 0) {
      return 1 / value < 0 ? "-0.0" : "0.0";
    }
    BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    int point = decimal.precision() - decimal.scale(); // digits before the point
    if (point > -6 && point <= 21) {
      String plain = decimal.toPlainString();
      return plain.indexOf('.') < 0 ? plain + ".0" : plain;
    }
    String digits = decimal.unscaledValue().abs().toString();
    return (value < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + "e"
        + (point - 1);
  }
}

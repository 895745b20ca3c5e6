// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object as the body of a request: checked once from end to end, then read where it lies.
 *
 * <p>Not Gson's reader: that takes {@code NaN} and {@code Infinity}, which the interface has, only
 * together with comments, bare words and much else that a server refuses; and clients see where the
 * fault is, in the words of TensorFlow Serving's parser. What stands after the object is not looked
 * at, as there. Nesting costs no stack.
 */
final class JsonText {
  private final byte[] bytes;
  private final int root;
  private final Map<String, Integer> members = new LinkedHashMap<>();

  /**
   * Checks a text.
   *
   * @throws RestError if it is not JSON, or no object
   */
  JsonText(byte[] bytes) {
    this.bytes = bytes;
    if (bytes.length == 0) {
      throw RestError.invalid("JSON Parse error: The document is empty");
    }
    boolean marked =
        bytes.length > 2
            && bytes[0] == (byte) 0xEF
            && bytes[1] == (byte) 0xBB
            && bytes[2] == (byte) 0xBF;
    root = skip(marked ? 3 : 0);
    check();
    if (peek(root) != '{') {
      throw RestError.invalid("JSON Value: " + JsonDebug.of(this, root) + " Is not object");
    }
  }

  /** Where the object begins. */
  int root() {
    return root;
  }

  /** Where a member's value begins, that of the first one of several; null if there is none. */
  @Nullable Integer member(String name) {
    return members.get(name);
  }

  /** The byte at a place; 0 at the end. */
  int peek(int at) {
    return at < bytes.length ? bytes[at] & 0xFF : 0;
  }

  byte[] bytes() {
    return bytes;
  }

  /** The place of the next byte that is no white space. */
  int skip(int at) {
    int next = at;
    while (true) {
      int c = peek(next);
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
        return next;
      }
      next++;
    }
  }

  /** The whole text's grammar, and where the members of its object are. */
  private void check() {
    BitSet arrays = new BitSet(); // by depth, whether it is an array
    int depth = 0;
    int at = root;
    boolean first = true;
    while (true) {
      int c = peek(at);
      if (c == '{' || c == '[') {
        boolean array = c == '[';
        arrays.set(depth, array);
        depth++;
        at = skip(at + 1);
        if (peek(at) != (array ? ']' : '}')) {
          at = array ? at : key(at, depth);
          first = false;
          continue;
        }
        depth--;
        at++;
      } else {
        at = scalar(c, at, first);
      }
      first = false;
      boolean more = false;
      while (depth > 0 && !more) {
        at = skip(at);
        boolean array = arrays.get(depth - 1);
        c = peek(at);
        if (c == ',') {
          at = skip(at + 1);
          at = array ? at : key(at, depth);
          more = true;
        } else if (c == (array ? ']' : '}')) {
          depth--;
          at++;
        } else {
          throw error(
              array
                  ? "Missing a comma or ] after an array element."
                  : "Missing a comma or } after an object member.",
              at);
        }
      }
      if (!more) {
        return;
      }
    }
  }

  private int scalar(int c, int at, boolean first) {
    return switch (c) {
      case '"' -> string(at);
      case 't' -> word("true", at);
      case 'f' -> word("false", at);
      case 'n' -> word("null", at);
      case 0, '}', ']', ',', ':' ->
          throw error(first ? "The document is empty." : "Invalid value.", at);
      default -> number(at);
    };
  }

  /** A member's name and its colon; returns where the value begins. */
  private int key(int at, int depth) {
    if (peek(at) != '"') {
      throw error("Missing a name for object member.", at);
    }
    int colon = skip(string(at));
    if (peek(colon) != ':') {
      throw error("Missing a colon after a name of object member.", colon);
    }
    int value = skip(colon + 1);
    if (depth == 1) {
      members.putIfAbsent(text(at), value);
    }
    return value;
  }

  private int word(String word, int at) {
    for (int i = 1; i < word.length(); i++) {
      if (peek(at + i) != word.charAt(i)) {
        throw error("Invalid value.", at + i);
      }
    }
    return at + word.length();
  }

  private int string(int at) {
    int next = at + 1;
    while (true) {
      int c = peek(next);
      if (c == '"') {
        return next + 1;
      } else if (c == '\\') {
        next = escape(next);
      } else if (c == 0) {
        throw error("Missing a closing quotation mark in string.", next);
      } else if (c < ' ') {
        throw error("Invalid encoding in string.", next);
      } else {
        next++;
      }
    }
  }

  private int escape(int at) {
    int c = peek(at + 1);
    if (c != 'u') {
      if (c == 0 || "\"\\/bfnrt".indexOf(c) < 0) {
        throw error("Invalid escape character in string.", at);
      }
      return at + 2;
    }
    int unit = hex(at, at + 2);
    if (unit < 0xD800 || unit > 0xDFFF) {
      return at + 6;
    }
    if (unit > 0xDBFF || peek(at + 6) != '\\' || peek(at + 7) != 'u') {
      throw error("The surrogate pair in string is invalid.", at);
    }
    int low = hex(at, at + 8);
    if (low < 0xDC00 || low > 0xDFFF) {
      throw error("The surrogate pair in string is invalid.", at);
    }
    return at + 12;
  }

  private int hex(int escape, int at) {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int c = peek(at + i);
      int digit = c < 128 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        throw error("Incorrect hex digit after \\u escape in string.", escape);
      }
      value = value << 4 | digit;
    }
    return value;
  }

  private int number(int at) {
    int next = peek(at) == '-' ? at + 1 : at;
    int c = peek(next);
    if (c == 'N' || c == 'I') {
      return notFinite(next);
    }
    if (c == '0') {
      next++;
    } else if (c >= '1' && c <= '9') {
      next = digits(next);
    } else {
      throw error("Invalid value.", next);
    }
    if (peek(next) == '.') {
      int fraction = digits(next + 1);
      if (fraction == next + 1) {
        throw error("Miss fraction part in number.", fraction);
      }
      next = fraction;
    }
    boolean exponent = (peek(next) | 0x20) == 'e';
    if (exponent) {
      int begin = peek(next + 1) == '+' || peek(next + 1) == '-' ? next + 2 : next + 1;
      next = digits(begin);
      if (next == begin) {
        throw error("Miss exponent in number.", next);
      }
    }
    // no other number can be too large
    if ((exponent || next - at > 300) && Double.isInfinite(JsonNumber.exact(bytes, at, next))) {
      throw error("Number too big to be stored in double.", at);
    }
    return next;
  }

  private int digits(int at) {
    int next = at;
    while (peek(next) >= '0' && peek(next) <= '9') {
      next++;
    }
    return next;
  }

  /** {@code NaN}, {@code Inf} or {@code Infinity}. */
  private int notFinite(int at) {
    String word = peek(at) == 'N' ? "NaN" : "Inf";
    int next = word(word, at);
    return word.equals("Inf") && peek(next) == 'i' ? word("Infinity", at) : next;
  }

  /** The place after a value. */
  int end(int at) {
    int c = peek(at);
    if (c == '"') {
      return string(at);
    }
    int depth = 0;
    int next = at;
    while (true) {
      c = peek(next);
      if (c == '"') {
        next = string(next);
        continue;
      } else if (c == '[' || c == '{') {
        depth++;
      } else if (c == ']' || c == '}') {
        if (depth == 0) {
          return next; // of what is around a number or a word
        }
        depth--;
        if (depth == 0) {
          return next + 1;
        }
      } else if (depth == 0 && (c == ',' || c <= ' ')) {
        return next;
      }
      next++;
    }
  }

  /** The string that begins at a place. */
  String text(int at) {
    return new String(string(at, string(at)), StandardCharsets.UTF_8);
  }

  /** The bytes of the string that begins at a place. */
  byte[] string(int at, int end) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(end - at);
    int next = at + 1;
    while (next < end - 1) {
      int c = bytes[next];
      if (c != '\\') {
        out.write(c);
        next++;
      } else if (bytes[next + 1] == 'u') {
        int unit = hex(next, next + 2);
        boolean pair = unit >= 0xD800 && unit <= 0xDFFF;
        int point = pair ? Character.toCodePoint((char) unit, (char) hex(next, next + 8)) : unit;
        out.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
        next += pair ? 12 : 6;
      } else {
        int which = "bfnrt".indexOf(bytes[next + 1]);
        out.write(which < 0 ? bytes[next + 1] : "\b\f\n\r\t".charAt(which));
        next += 2;
      }
    }
    return out.toByteArray();
  }

  private static RestError error(String what, int at) {
    return RestError.invalid("JSON Parse error: " + what + " at offset: " + at);
  }
}

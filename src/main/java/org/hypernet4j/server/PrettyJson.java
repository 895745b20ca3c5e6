// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes JSON in the layout of TensorFlow Serving: four spaces a level, and arrays over lines or on
 * one, which may change on the way. Texts are bytes, since those of models need not be UTF-8.
 */
final class PrettyJson {
  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);
  private final Deque<Level> levels = new ArrayDeque<>();
  private boolean singleLine;

  private static final class Level {
    private final boolean array;
    private int values; // names count, too

    private Level(boolean array) {
      this.array = array;
    }
  }

  PrettyJson(boolean singleLineArrays) {
    singleLine = singleLineArrays;
  }

  /** Whether elements of arrays stand on one line from now on. */
  PrettyJson singleLineArrays(boolean on) {
    singleLine = on;
    return this;
  }

  PrettyJson beginArray() {
    return begin(true);
  }

  PrettyJson beginObject() {
    return begin(false);
  }

  PrettyJson begin(boolean array) {
    prefix();
    out.write(array ? '[' : '{');
    levels.push(new Level(array));
    return this;
  }

  /** Ends the innermost array or object. */
  PrettyJson end() {
    Level level = levels.pop();
    if (level.values > 0 && !(level.array && singleLine)) {
      newLine();
    }
    out.write(level.array ? ']' : '}');
    return this;
  }

  /** A member's name. */
  PrettyJson name(String name) {
    return string(name);
  }

  /** A number or a word. */
  PrettyJson raw(String ascii) {
    prefix();
    for (int i = 0; i < ascii.length(); i++) {
      out.write(ascii.charAt(i));
    }
    return this;
  }

  PrettyJson string(String text) {
    return string(text.getBytes(StandardCharsets.UTF_8));
  }

  PrettyJson string(byte[] utf8) {
    prefix();
    out.write('"');
    for (byte b : utf8) {
      int c = b & 0xFF;
      int which = "\b\f\n\r\t\"\\".indexOf(c);
      if (which >= 0) {
        out.write('\\');
        out.write("bfnrt\"\\".charAt(which));
      } else if (c < ' ') {
        out.writeBytes(new byte[] {'\\', 'u', '0', '0', HEX[c >> 4], HEX[c & 15]});
      } else {
        out.write(c);
      }
    }
    out.write('"');
    return this;
  }

  int size() {
    return out.size();
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  /** What stands between the last value and the next one. */
  private void prefix() {
    Level level = levels.peek();
    if (level == null) {
      return;
    }
    if (level.array) {
      if (level.values > 0) {
        out.write(',');
      }
      if (!singleLine) {
        newLine();
      } else if (level.values > 0) {
        out.write(' ');
      }
    } else if (level.values % 2 == 1) {
      out.write(':');
      out.write(' ');
    } else {
      if (level.values > 0) {
        out.write(',');
      }
      newLine();
    }
    level.values++;
  }

  private void newLine() {
    out.write('\n');
    for (int i = 0; i < 4 * levels.size(); i++) {
      out.write(' ');
    }
  }
}

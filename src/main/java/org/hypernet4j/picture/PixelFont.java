// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Letters for pictures on machines that have no fonts: ASCII and a few signs, 5 pixels wide and 9
 * high, the last two rows below the line. Text has identical pixels on every machine.
 */
final class PixelFont {
  /** Pixels from one letter to the next. */
  static final int ADVANCE = 6;

  /** Pixels from the top of a letter to the bottom of its tail. */
  static final int HEIGHT = 9;

  /** The glyph for characters that the font lacks. */
  static final String UNKNOWN = "□";

  private static final String RESOURCE = "font5x9.txt";
  private static final Map<String, boolean[][]> GLYPHS = read();

  private PixelFont() {}

  /**
   * The pixels of a character, {@code [row][column]}.
   *
   * @param character one code point
   */
  static boolean[][] glyph(String character) {
    return Objects.requireNonNull(GLYPHS.getOrDefault(character, GLYPHS.get(UNKNOWN)));
  }

  /** Reads blocks of a line of characters, then their pictures in nine lines. */
  private static Map<String, boolean[][]> read() {
    try (InputStream in = Objects.requireNonNull(PixelFont.class.getResourceAsStream(RESOURCE));
        BufferedReader reader = new BufferedReader(new InputStreamReader(in, UTF_8))) {
      List<String> lines = reader.lines().toList();
      Map<String, boolean[][]> glyphs = new HashMap<>();
      for (int top = 0; top < lines.size(); top += HEIGHT + 1) {
        String names = lines.get(top);
        for (int left = 0; left < names.length(); left += ADVANCE) {
          boolean[][] pixels = new boolean[HEIGHT][ADVANCE - 1];
          for (int row = 0; row < HEIGHT; row++) {
            String line = lines.get(top + 1 + row);
            for (int column = 0; column < ADVANCE - 1; column++) {
              pixels[row][column] = line.charAt(left + column) == '#';
            }
          }
          glyphs.put(names.substring(left, left + 1), pixels);
        }
      }
      return glyphs;
    } catch (IOException e) {
      throw new UncheckedIOException("the built-in font cannot be read", e);
    }
  }
}

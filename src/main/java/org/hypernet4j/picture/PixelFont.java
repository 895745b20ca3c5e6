// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Letters for pictures on machines that have no fonts: ASCII, the letters with marks of Western
 * European languages and a few signs, 5 pixels wide and 9 high, the last two rows below the line.
 * Text has identical pixels on every machine.
 */
final class PixelFont {
  /** Pixels from one letter to the next. */
  static final int ADVANCE = 6;

  /** Pixels from the top of a letter to the bottom of its tail. */
  static final int HEIGHT = 9;

  /** The glyph for characters that the font lacks. */
  static final String UNKNOWN = "□";

  private static final int CEDILLA = 0x327;
  private static final String RESOURCE = "font5x9.txt";
  private static final Map<String, boolean[][]> GLYPHS = read();

  /** Two rows of each mark, by its combining character; the cedilla hangs below the line. */
  private static final Map<Integer, String[]> MARKS =
      Map.of(
          0x300,
          new String[] {".#...", "..#.."},
          0x301,
          new String[] {"...#.", "..#.."},
          0x302,
          new String[] {"..#..", ".#.#."},
          0x303,
          new String[] {".#.#.", "#.#.."},
          0x308,
          new String[] {".#.#.", "....."},
          0x30a,
          new String[] {"..##.", "..##."},
          0x30c,
          new String[] {".#.#.", "..#.."},
          CEDILLA,
          new String[] {"..#..", ".#..."});

  /** The one row that a high letter has room for. */
  private static final Map<Integer, String[]> HIGH_MARKS =
      Map.of(
          0x300, new String[] {".#..."},
          0x301, new String[] {"...#."},
          0x302, new String[] {"..#.."},
          0x303, new String[] {".##.#"},
          0x308, new String[] {".#.#."},
          0x30a, new String[] {".###."},
          0x30c, new String[] {"#...#"});

  /** Rows of a high letter that remain below its mark. */
  private static final int[] SQUEEZED = {0, 1, 2, 3, 5, 6};

  private PixelFont() {}

  /**
   * The pixels of a character, {@code [row][column]}.
   *
   * @param character one code point
   */
  static boolean[][] glyph(String character) {
    boolean[][] glyph = GLYPHS.get(character);
    if (glyph == null) {
      glyph = marked(Normalizer.normalize(character, Normalizer.Form.NFD));
    }
    return Objects.requireNonNull(glyph == null ? GLYPHS.get(UNKNOWN) : glyph);
  }

  /** A letter with a mark, {@code e} and an acute accent; null if the font lacks one of the two. */
  private static boolean @Nullable [][] marked(String parts) {
    boolean[][] letter = parts.length() == 2 ? GLYPHS.get(parts.substring(0, 1)) : null;
    if (letter == null) {
      return null;
    }
    int mark = parts.charAt(1);
    boolean below = mark == CEDILLA;
    boolean dotted = parts.charAt(0) == 'i' || parts.charAt(0) == 'j';
    boolean high = !below && !dotted && (isDrawn(letter[0]) || isDrawn(letter[1]));
    String[] rows = (high ? HIGH_MARKS : MARKS).get(mark);
    if (rows == null) {
      return null;
    }
    boolean[][] glyph = new boolean[HEIGHT][];
    for (int row = 0; row < HEIGHT; row++) {
      glyph[row] = letter[high && row > 0 && row <= 6 ? SQUEEZED[row - 1] : row].clone();
    }
    int top = below ? HEIGHT - 2 : 0;
    for (int row = 0; row < rows.length; row++) {
      for (int column = 0; column < ADVANCE - 1; column++) {
        boolean kept = below && glyph[top + row][column];
        glyph[top + row][column] = kept || rows[row].charAt(column) == '#';
      }
    }
    return glyph;
  }

  private static boolean isDrawn(boolean[] row) {
    for (boolean pixel : row) {
      if (pixel) {
        return true;
      }
    }
    return false;
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

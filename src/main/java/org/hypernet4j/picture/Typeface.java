// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.awt.geom.AffineTransform;
import java.awt.geom.GeneralPath;
import java.awt.geom.Path2D;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.text.Normalizer;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.fontbox.ttf.CmapLookup;
import org.apache.fontbox.ttf.GlyphData;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.io.RandomAccessReadBuffer;

/**
 * Letters as outlines: Latin, Greek, Cyrillic and the signs of our pictures. The fonts are our own
 * resources and are read without Java's font system, which slim machines lack, so a picture has the
 * same letters everywhere.
 */
final class Typeface {
  /** What stands for a character that the fonts lack. */
  static final String UNKNOWN = "□";

  /** Letters of one width. */
  static final Typeface MONO = new Typeface("DejaVuSansMono.ttf");

  /** Letters for titles, axes and legends. */
  static final Typeface SANS = new Typeface("DejaVuSans.ttf");

  /** The same, bold; Latin only. */
  static final Typeface BOLD = new Typeface("DejaVuSans-Bold.ttf");

  /** Height of a capital letter, in sizes of the letters. */
  static final double CAPITAL = 0.729;

  private final TrueTypeFont font;
  private final CmapLookup letters;
  private final double unit;
  private final Map<Integer, Letter> known = new ConcurrentHashMap<>();

  /** Outline and width at size 1; y runs down, from the line that letters stand on. */
  private record Letter(GeneralPath outline, double advance) {}

  private Typeface(String resource) {
    try (InputStream in = Typeface.class.getResourceAsStream(resource)) {
      byte[] bytes = Objects.requireNonNull(in, resource).readAllBytes();
      font = new TTFParser().parse(new RandomAccessReadBuffer(bytes));
      letters = font.getUnicodeCmapLookup();
      unit = 1.0 / font.getUnitsPerEm();
    } catch (IOException e) {
      throw new UncheckedIOException("the font " + resource + " cannot be read", e);
    }
  }

  /** Whether the font has a letter for a character. */
  boolean has(int character) {
    return letters.getGlyphId(character) != 0;
  }

  /** Width of a line of text in sizes of the letters. */
  double width(String text) {
    return composed(text).mapToDouble(character -> letter(character).advance()).sum();
  }

  /**
   * The outline of a line of text.
   *
   * @param x where it starts
   * @param y of the line that the letters stand on
   * @param size of the letters
   */
  Path2D outline(String text, double x, double y, double size) {
    Path2D.Double outline = new Path2D.Double();
    double at = x;
    for (int character : composed(text).toArray()) {
      Letter letter = letter(character);
      AffineTransform place = new AffineTransform(size, 0, 0, size, at, y);
      outline.append(letter.outline().getPathIterator(place), false);
      at += size * letter.advance();
    }
    return outline;
  }

  /** A letter and its mark are one character where Unicode has it. */
  private static java.util.stream.IntStream composed(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFC).codePoints();
  }

  private Letter letter(int character) {
    return known.computeIfAbsent(has(character) ? character : UNKNOWN.codePointAt(0), this::read);
  }

  private Letter read(int character) {
    int glyph = letters.getGlyphId(character);
    try {
      GlyphData data = font.getGlyph().getGlyph(glyph);
      GeneralPath outline = data == null ? new GeneralPath() : data.getPath();
      outline.transform(AffineTransform.getScaleInstance(unit, -unit));
      return new Letter(outline, unit * font.getAdvanceWidth(glyph));
    } catch (IOException e) {
      throw new UncheckedIOException("a letter of a font cannot be read", e);
    }
  }
}

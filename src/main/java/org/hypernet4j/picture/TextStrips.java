// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A text with strips of numbers under it, one number for each symbol, which {@link StripPage} and
 * {@link StripPicture} show as shades of colour (paper, Fig 4).
 *
 * @param title the title of the picture
 * @param notes paragraphs that describe the numbers, the model and the text
 * @param symbols the symbols of the text, one code point each, or an empty string for a place that
 *     shows none
 * @param strips the numbers, from top to bottom
 */
public record TextStrips(
    String title, List<String> notes, List<String> symbols, List<Strip> strips) {
  /** Symbols in a line, at most. */
  static final int COLUMNS = 80;

  /**
   * The share of a strip's numbers that its colours distinguish; larger ones have the full colour.
   */
  static final double COLOURED = 0.98;

  /** Copies the lists. */
  public TextStrips {
    notes = List.copyOf(notes);
    symbols = List.copyOf(symbols);
    strips = List.copyOf(strips);
    for (Strip strip : strips) {
      if (strip.values().length != symbols.size()) {
        throw new IllegalArgumentException(
            strip.name() + ": " + strip.values().length + " numbers for " + symbols.size());
      }
    }
  }

  /**
   * One number for each symbol.
   *
   * @param name a short sign; {@code _} begins a subscript, {@code ^} a superscript: {@code W_h^i}
   * @param meaning in words
   * @param colour the colour of the largest numbers
   * @param values 0 or more; NaN where there is none
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  public record Strip(String name, String meaning, Colour colour, double[] values) {
    /** The number with the full colour; 98 of 100 are not above it. */
    public double full() {
      double[] sorted = Arrays.stream(values).filter(Double::isFinite).sorted().toArray();
      return sorted.length == 0 ? 0 : sorted[(int) Math.ceil(COLOURED * sorted.length) - 1];
    }

    /** The mean of the numbers. */
    double mean() {
      return Arrays.stream(values).filter(Double::isFinite).average().orElse(Double.NaN);
    }

    /** Intensity of the colour of each number, 0 to 1. */
    double[] shades() {
      double full = full();
      return Arrays.stream(values)
          .map(v -> Double.isFinite(v) && full > 0 ? Math.min(1, v / full) : 0)
          .toArray();
    }
  }

  /** Full colours that remain distinct with the common colour vision deficiencies. */
  public enum Colour {
    /** Blue. */
    BLUE(0x0b5fa5, 0x6db6f2),
    /** Green. */
    GREEN(0x00785a, 0x3fcf9f),
    /** Orange. */
    ORANGE(0xc04a00, 0xff9a4d),
    /** Purple. */
    PURPLE(0x8a2f7b, 0xe58fd6),
    /** Grey. */
    GREY(0x404040, 0xd0d0d0);

    final int onWhite;
    final int onBlack;

    Colour(int onWhite, int onBlack) {
      this.onWhite = onWhite;
      this.onBlack = onBlack;
    }
  }

  /**
   * A line of the picture.
   *
   * @param from the first symbol
   * @param to index after the last symbol
   */
  record Line(int from, int to) {}

  /**
   * Lines of the picture: as many lines of the text as there is room for, one that is longer than
   * that in pieces.
   */
  List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    int from = 0;
    int end = 0; // behind the last line of the text that has found room
    for (int i = 0; i < symbols.size(); i++) {
      boolean last = i + 1 == symbols.size();
      boolean ends = last || (isNewline(i) && !isNewline(i + 1));
      if (i + 1 - from > COLUMNS && end > from) {
        lines.add(new Line(from, end));
        from = end;
      }
      if (i + 1 - from == COLUMNS && !ends && end == from) {
        lines.add(new Line(from, i + 1));
        from = i + 1;
        end = from;
      }
      if (ends) {
        end = i + 1;
      }
    }
    if (end > from) {
      lines.add(new Line(from, end));
    }
    return lines;
  }

  private boolean isNewline(int at) {
    return symbols.get(at).equals("\n");
  }

  /** The drawn form of a symbol: spaces, line ends and tabs have signs, other controls a box. */
  static String visible(String symbol) {
    return switch (symbol) {
      case "", "·" -> symbol;
      case " " -> "·";
      case "\n" -> "↵";
      case "\t" -> "⇥";
      default -> drawable(symbol.codePointAt(0)) ? symbol : Typeface.UNKNOWN;
    };
  }

  /** Whether a symbol is drawn as itself rather than as a sign. */
  static boolean isPlain(String symbol) {
    return visible(symbol).equals(symbol);
  }

  private static boolean drawable(int symbol) {
    return switch (Character.getType(symbol)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.PRIVATE_USE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /** A symbol in words: {@code 'a'}, {@code space}, {@code U+0007}. */
  static String word(String symbol) {
    return switch (symbol) {
      case "" -> "rest of a character";
      case " " -> "space";
      case "\n" -> "newline";
      case "\t" -> "tab";
      default ->
          drawable(symbol.codePointAt(0))
              ? "'" + symbol + "'"
              : "U+%04X".formatted(symbol.codePointAt(0));
    };
  }

  /** A number in a few digits; {@code -} for none. */
  static String number(double value) {
    if (!Double.isFinite(value)) {
      return "-";
    }
    return new BigDecimal(value).round(new MathContext(3)).toString();
  }
}

package org.hypernet4j.data;

/**
 * A stretch of text before its symbols are numbered.
 *
 * <p>Whatever it was read from, a symbol is one code point of the string; a byte b stands as the
 * code point b (Latin-1), which Java stores in one byte.
 *
 * @param name where it came from, for error messages
 * @param offset symbols of the same source before this part
 * @param symbols the symbols
 */
public record TextPart(String name, long offset, String symbols) {
  /** A text of its own. */
  public static TextPart of(String name, String symbols) {
    return new TextPart(name, 0, symbols);
  }

  /** How many symbols there are. */
  public int length() {
    return symbols.codePointCount(0, symbols.length());
  }

  /** The first symbols: so many, or all if there are fewer. */
  public TextPart first(int count) {
    return length() <= count
        ? this
        : new TextPart(name, offset, symbols.substring(0, symbols.offsetByCodePoints(0, count)));
  }
}

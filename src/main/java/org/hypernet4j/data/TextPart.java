// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

/**
 * A stretch of text before its symbols are numbered.
 *
 * <p>A symbol is always one code point of the string; a byte b is the code point b (Latin-1), which
 * Java stores in one byte.
 *
 * @param name the source, for error messages
 * @param offset number of symbols of the source before this part
 * @param symbols the symbols
 */
public record TextPart(String name, long offset, String symbols) {
  /** A text that is not part of a larger one. */
  public static TextPart of(String name, String symbols) {
    return new TextPart(name, 0, symbols);
  }

  /** Number of symbols. */
  public int length() {
    return symbols.codePointCount(0, symbols.length());
  }

  /** The first symbols, or all if there are fewer. */
  public TextPart first(int count) {
    return length() <= count
        ? this
        : new TextPart(name, offset, symbols.substring(0, symbols.offsetByCodePoints(0, count)));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

/** Text for HTML and SVG. */
public final class Markup {
  private Markup() {}

  /** Text as content or as an attribute; what XML forbids becomes a box. */
  public static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(isXml(c) ? Character.toString(c) : Typeface.UNKNOWN);
              }
            });
    return out.toString();
  }

  /** XML 1.0, production 2. */
  private static boolean isXml(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || (c >= 0x20 && c <= 0xd7ff)
        || (c >= 0xe000 && c <= 0xfffd)
        || c >= 0x10000;
  }

  /** A sign with its subscript and superscript, {@code W_h^i}, in HTML. */
  static String sign(String name) {
    return escape(name)
        .replaceAll("_(\\w+)", "<sub>$1</sub>")
        .replaceAll("\\^(\\w+)", "<sup>$1</sup>");
  }

  /** A length in hundredths, the precision of the vector pictures. */
  static long hundredths(double length) {
    if (!Double.isFinite(length)) {
      throw new IllegalArgumentException("a length of " + length);
    }
    return Math.round(100 * length);
  }

  /** A length to two decimals, without zeros at the end. */
  static String length(double length) {
    long hundredths = hundredths(length);
    long part = Math.abs(hundredths % 100);
    String sign = hundredths < 0 ? "-" : "";
    String whole = sign + Math.abs(hundredths / 100);
    if (part == 0) {
      return whole;
    }
    return whole + (part % 10 == 0 ? "." + part / 10 : part < 10 ? ".0" + part : "." + part);
  }
}

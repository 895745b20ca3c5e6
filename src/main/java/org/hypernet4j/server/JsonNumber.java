// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import java.nio.charset.StandardCharsets;

/** Reads the numbers of a text whose grammar has been checked, one after another. */
final class JsonNumber {
  private static final double[] POWERS = new double[23];
  private static final long EXACT = 1L << 53;

  static {
    double power = 1;
    for (int i = 0; i < POWERS.length; i++) {
      POWERS[i] = power;
      power *= 10; // exact up to 10^22
    }
  }

  private int end;
  private boolean whole;
  private long integer;
  private double value;

  /** Reads the number, {@code NaN}, {@code Inf} or {@code Infinity} that begins at a place. */
  void read(JsonText text, int at) {
    boolean minus = text.peek(at) == '-';
    int next = minus ? at + 1 : at;
    int c = text.peek(next);
    if (c == 'N' || c == 'I') {
      whole = false;
      value = c == 'N' ? Double.NaN : minus ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
      end = next + (c == 'I' && text.peek(next + 3) == 'i' ? 8 : 3);
      return;
    }
    long digits = 0; // without sign
    int count = 0; // of significant ones
    int scale = 0;
    boolean point = false;
    boolean plain = true;
    while (true) {
      c = text.peek(next);
      if (c >= '0' && c <= '9') {
        if (count < 18) {
          digits = 10 * digits + (c - '0');
          count += digits == 0 ? 0 : 1;
          scale -= point ? 1 : 0;
        } else {
          count++;
        }
      } else if (c == '.' && !point) {
        point = true;
      } else {
        break;
      }
      next++;
    }
    if (c == 'e' || c == 'E') {
      plain = false;
      next += text.peek(next + 1) == '+' || text.peek(next + 1) == '-' ? 2 : 1;
      while (text.peek(next) >= '0' && text.peek(next) <= '9') {
        next++;
      }
    }
    end = next;
    whole = plain && !point;
    if (whole && count <= 18) {
      integer = minus ? -digits : digits;
      value = (double) integer;
    } else if (plain && count <= 18 && digits <= EXACT && -scale < POWERS.length) {
      // both are exact, so that the quotient is the nearest number
      value = (minus ? -digits : digits) / POWERS[-scale];
      value = digits == 0 && minus ? -0.0 : value;
    } else {
      value = exact(text.bytes(), at, end);
      if (whole) {
        large(text, at);
      }
    }
  }

  /** Integers of 19 digits and more. */
  private void large(JsonText text, int at) {
    try {
      integer = Long.parseLong(new String(text.bytes(), at, end - at, StandardCharsets.US_ASCII));
    } catch (NumberFormatException e) {
      whole = false; // the value alone tells it
    }
  }

  static double exact(byte[] bytes, int from, int to) {
    return Double.parseDouble(new String(bytes, from, to - from, StandardCharsets.US_ASCII));
  }

  int end() {
    return end;
  }

  /** Whether it is written as an integer and fits into 64 bits. */
  boolean isLong() {
    return whole;
  }

  /** The same for 32 bits. */
  boolean isInt() {
    return whole && integer == (int) integer;
  }

  long integer() {
    return integer;
  }

  double value() {
    return value;
  }
}

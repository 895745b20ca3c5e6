// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.file.Path;
import java.util.Arrays;
import org.hypernet4j.error.UserError;
import org.jspecify.annotations.Nullable;

/** The lines of a text file in UTF-8, gzipped or not, one after another. */
final class DataLines implements AutoCloseable {
  private static final int CHUNK = 1 << 16;

  private final DataStream in;
  private final int longest;
  private final String unit;
  private final byte[] chunk = new byte[CHUNK];
  private int next;
  private int end;
  private byte[] line = new byte[CHUNK];
  private long number;

  private DataLines(DataStream in, int longest, String unit) {
    this.in = in;
    this.longest = longest;
    this.unit = unit;
  }

  /**
   * Opens a file.
   *
   * @param longest bytes of a line at most
   * @param unit what a line is, for error messages: "drawing"
   */
  static DataLines open(Path file, int longest, String unit) {
    try {
      return new DataLines(DataStream.open(file), longest, unit);
    } catch (IOException e) {
      throw DataStream.unreadable(file.toString(), e);
    }
  }

  /** The place of the line last read, for error messages: {@code cat.ndjson: line 17}. */
  String where() {
    return in.name() + ": line " + number;
  }

  /**
   * The next line without its end (a line feed, or a carriage return and a line feed), or null
   * after the last. A byte order mark at the very start is not part of the text.
   *
   * @throws UserError if it is too long or not UTF-8, or the file cannot be read
   */
  @Nullable String next() {
    number++;
    int length = 0;
    while (true) {
      if (next == end) {
        next = 0;
        end = in.read(chunk, "line " + number);
        if (end == 0) {
          return length == 0 ? null : text(length);
        }
      }
      int from = next;
      while (next < end && chunk[next] != '\n') {
        next++;
      }
      int count = next - from;
      if (length + (long) count > longest) {
        throw UserError.in(where())
            .what("the line is too long")
            .expected("at most " + longest + " bytes")
            .received("more")
            .next("give a file of one " + unit + " a line")
            .build();
      }
      if (length + count > line.length) {
        line = Arrays.copyOf(line, Math.max(2 * line.length, length + count));
      }
      System.arraycopy(chunk, from, line, length, count);
      length += count;
      if (next < end) {
        next++; // the line feed
        return text(length);
      }
    }
  }

  private String text(int length) {
    int kept = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
    ByteBuffer bytes = ByteBuffer.wrap(line, 0, kept);
    CharBuffer out = CharBuffer.allocate(kept); // UTF-16 never needs more units than bytes
    CharsetDecoder decoder = UTF_8.newDecoder(); // reports what is wrong
    CoderResult end = decoder.decode(bytes, out, true);
    if (end.isError()) {
      throw UserError.in(where())
          .what("not text in UTF-8 at byte " + bytes.position() + " of the line (counted from 0)")
          .expected("text in UTF-8, one " + unit + " a line")
          .received("byte 0x%02X".formatted(line[bytes.position()]))
          .next("convert the file to UTF-8, or get it again")
          .build();
    }
    String text = out.flip().toString();
    return number == 1 && text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw DataStream.unreadable(in.name(), e);
    }
  }
}

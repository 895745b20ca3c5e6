// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Path;
import java.util.Arrays;
import org.hypernet4j.error.UserError;
import org.jspecify.annotations.Nullable;

/** The lines of a text file in UTF-8, gzipped or not, one after another. */
final class DataLines implements AutoCloseable {
  private static final int CHUNK = 1 << 16;

  private final DataStream in;
  private final int longest;
  private final byte[] chunk = new byte[CHUNK];
  private int next;
  private int end;
  private byte[] line = new byte[CHUNK];
  private long number;

  private DataLines(DataStream in, int longest) {
    this.in = in;
    this.longest = longest;
  }

  /**
   * Opens a file.
   *
   * @param longest bytes of a line at most
   */
  static DataLines open(Path file, int longest) {
    try {
      return new DataLines(DataStream.open(file), longest);
    } catch (IOException e) {
      throw DataStream.unreadable(file.toString(), e);
    }
  }

  /** The place of the line last read, for error messages: {@code cat.ndjson: line 17}. */
  String where() {
    return in.name() + ": line " + number;
  }

  /**
   * The next line without its end, or null after the last.
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
            .next("give a file of one drawing a line")
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
    try {
      return UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(line, 0, kept))
          .toString();
    } catch (CharacterCodingException e) {
      throw UserError.in(where())
          .what("not text in UTF-8")
          .expected("one JSON object a line")
          .received(e.getMessage())
          .next("get the file again")
          .cause(e)
          .build();
    }
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

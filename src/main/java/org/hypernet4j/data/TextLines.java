// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.file.Path;
import java.util.Arrays;
import org.hypernet4j.error.UserError;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a text in UTF-8, one after another: of a file, gzipped or not, or of a stream that
 * is still being written.
 *
 * <p>A line ends with a line feed, with or without a carriage return before it; the last line may
 * lack it. A byte order mark at the very start is not part of the text.
 */
public final class TextLines implements AutoCloseable {
  private static final int CHUNK = 1 << 16;
  private static final int LONGEST = 1 << 24;

  private final String name;
  private final Source source;
  private final AutoCloseable resource;
  private final byte[] chunk = new byte[CHUNK];
  private int next;
  private int end;
  private byte[] line = new byte[256];
  private int length;
  private boolean whole;
  private long number;

  /** Where bytes come from. */
  private interface Source {
    /** Reads some more bytes; 0 at the end. */
    int read(byte[] target) throws IOException;

    /** Whether {@link #read} returns without waiting for somebody to write. */
    default boolean ready() throws IOException {
      return true;
    }
  }

  private TextLines(String name, Source source, AutoCloseable resource) {
    this.name = name;
    this.source = source;
    this.resource = resource;
  }

  /**
   * Opens a file.
   *
   * @throws UserError if it cannot be read
   */
  public static TextLines open(Path file) {
    try {
      DataStream in = DataStream.open(file);
      return new TextLines(in.name(), bytes -> in.read(bytes, "lines of text"), in);
    } catch (IOException e) {
      throw DataStream.unreadable(file.toString(), e);
    }
  }

  /**
   * Reads from a stream; a line is returned as soon as it has arrived.
   *
   * @param name of the stream, for errors
   * @param in is not closed
   */
  public static TextLines of(String name, InputStream in) {
    Source source =
        new Source() {
          @Override
          public int read(byte[] target) throws IOException {
            return Math.max(0, in.read(target));
          }

          @Override
          public boolean ready() throws IOException {
            return in.available() > 0;
          }
        };
    return new TextLines(name, source, () -> {});
  }

  /** The number of the line last read, counted from 1; 0 before the first. */
  public long number() {
    return number;
  }

  /** The place of the line last read, for errors: {@code train.fr: line 17}. */
  public String where() {
    return name + ": line " + number;
  }

  /**
   * The next line without its end, or null after the last.
   *
   * @throws UserError if it is not UTF-8 or longer than 16 MiB, or the text cannot be read
   */
  public @Nullable String next() {
    while (!whole && (next < end || fill())) {
      take();
    }
    if (!whole && length == 0) {
      return null;
    }
    number++;
    int bytes = length;
    length = 0;
    whole = false;
    return text(bytes);
  }

  /**
   * Whether {@link #next} returns a line without waiting for somebody to write it. False, too, when
   * the text may be over.
   *
   * @throws UserError as {@link #next}
   */
  public boolean ready() {
    while (!whole && (next < end || (waits() && fill()))) {
      take();
    }
    return whole;
  }

  /** Takes what has been read of the line, up to its end. */
  private void take() {
    int from = next;
    while (next < end && chunk[next] != '\n') {
      next++;
    }
    int count = next - from;
    if (length + count > LONGEST) {
      throw UserError.in(name + ": line " + (number + 1))
          .what("the line is too long")
          .expected("at most " + LONGEST + " bytes")
          .received("more")
          .next("give a text with one sentence a line")
          .build();
    }
    if (length + count > line.length) {
      line = Arrays.copyOf(line, Math.max(2 * line.length, length + count));
    }
    System.arraycopy(chunk, from, line, length, count);
    length += count;
    if (next < end) {
      next++; // the line feed
      whole = true;
    }
  }

  /** Whether bytes wait to be read. */
  private boolean waits() {
    try {
      return source.ready();
    } catch (IOException e) {
      throw DataStream.unreadable(name, e);
    }
  }

  /** Reads some more bytes; false at the end. */
  private boolean fill() {
    next = 0;
    try {
      end = source.read(chunk);
    } catch (IOException e) {
      throw DataStream.unreadable(name, e);
    }
    return end > 0;
  }

  private String text(int bytes) {
    ByteBuffer in =
        ByteBuffer.wrap(line, 0, bytes > 0 && line[bytes - 1] == '\r' ? bytes - 1 : bytes);
    CharBuffer out = CharBuffer.allocate(in.remaining()); // UTF-16 never needs more units
    CharsetDecoder decoder = UTF_8.newDecoder();
    if (decoder.decode(in, out, true).isError()) {
      throw UserError.in(where())
          .what("not valid UTF-8 at byte " + in.position() + " of the line (counted from 0)")
          .expected("text in UTF-8")
          .received("byte 0x%02X".formatted(line[in.position()]))
          .next("convert the text to UTF-8")
          .build();
    }
    String text = out.flip().toString();
    return number == 1 && text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  @Override
  public void close() {
    try {
      resource.close();
    } catch (Exception e) {
      throw DataStream.unreadable(name, e instanceof IOException io ? io : new IOException(e));
    }
  }
}

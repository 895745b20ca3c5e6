// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.RegularFiles;

/**
 * The bytes of one data file, unpacked if need be, with every failure turned into a {@link
 * UserError} that names the file.
 */
final class DataStream implements AutoCloseable {
  private static final int BUFFER = 1 << 16;

  /** No deflate stream unpacks to more than this many times its length (zlib technical notes). */
  private static final int DEFLATE_LIMIT = 1032;

  private final String name;
  private final long storedBytes;
  private final boolean zipped;
  private final InputStream in;
  private long position;

  /**
   * Wraps a stream and recognises gzip by its first two bytes.
   *
   * @param storedBytes length of the stream before unpacking
   */
  DataStream(String name, long storedBytes, InputStream stored) {
    this.name = name;
    this.storedBytes = storedBytes;
    try {
      BufferedInputStream buffered = new BufferedInputStream(stored, BUFFER);
      buffered.mark(2);
      zipped = buffered.read() == 0x1f && buffered.read() == 0x8b;
      buffered.reset();
      in = zipped ? new GZIPInputStream(buffered, BUFFER) : buffered;
    } catch (IOException e) {
      throw failed(e, "gzip header");
    }
  }

  /** Opens a file, which must exist and be a regular file. */
  static DataStream open(Path file) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw UserError.in(file)
          .what("cannot be read")
          .expected("a file")
          .received(Files.isDirectory(file) ? "a folder" : "a pipe, a socket or a device")
          .next(
              Files.isDirectory(file)
                  ? "put the file of that name there, gzipped or not"
                  : "write its content to a file and give that")
          .build();
    }
    long bytes = Files.size(file);
    InputStream stored = RegularFiles.newInputStream(file);
    try {
      return new DataStream(file.toString(), bytes, stored);
    } catch (UserError e) {
      stored.close();
      throw e;
    }
  }

  static UserError unreadable(String name, IOException e) {
    String received = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    if (e instanceof NoSuchFileException) {
      received = "no such file";
    } else if (e instanceof AccessDeniedException) {
      received = "permission denied";
    }
    return UserError.in(name)
        .what("cannot be read")
        .expected("a readable file")
        .received(received)
        .next("check the path and its permissions")
        .cause(e)
        .build();
  }

  String name() {
    return name;
  }

  /** The next big-endian int32 of the header. */
  int header(String what) {
    byte[] bytes = new byte[Integer.BYTES];
    int got = read(bytes, what);
    if (got < bytes.length) {
      throw cutShort(what, "header ends after " + position + " bytes");
    }
    return ByteBuffer.wrap(bytes).getInt();
  }

  /**
   * The rest of the file, whose length must be exactly a given one.
   *
   * @param bytes the length that the header claims; a double, because a damaged header can claim
   *     2^93
   * @param what the claim in words
   * @param heapPerByte heap that the caller needs for each byte, copies included
   */
  byte[] payload(double bytes, String what, int heapPerByte) {
    requirePlausible(bytes, what, heapPerByte);
    byte[] payload = new byte[(int) bytes];
    int got = read(payload, what);
    if (got < payload.length) {
      throw cutShort(what + " (" + payload.length + " bytes)", got + " bytes");
    }
    // for gzip this read also checks the length and checksum that follow the last byte
    if (read(new byte[1], "end of file") > 0) {
      throw trailing(what, "more" + (zipped ? " after unpacking" : ""));
    }
    return payload;
  }

  /**
   * Everything up to the end of the file.
   *
   * @param what the content in words
   * @param heapPerByte heap that the caller needs for each byte, copies included
   */
  byte[] remainder(String what, int heapPerByte) {
    int limit = (int) heapLimit(heapPerByte);
    byte[] bytes;
    try {
      bytes = in.readNBytes(limit);
      position += bytes.length;
    } catch (IOException e) {
      throw failed(e, what);
    }
    if (bytes.length == limit && read(new byte[1], what) > 0) {
      throw tooLarge(limit, what + " of more than that");
    }
    return bytes;
  }

  /** A resource of this package. */
  static DataStream resource(String name) throws IOException {
    try (InputStream in = DataStream.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("this build of the library lacks the resource " + name);
      }
      byte[] stored = in.readAllBytes();
      return new DataStream("built-in " + name, stored.length, new ByteArrayInputStream(stored));
    }
  }

  /** The lines of a resource of this package, in UTF-8. */
  static List<String> lines(String resource) {
    try (DataStream in = resource(resource)) {
      return new String(in.remainder("text", 2), UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("a built-in file cannot be read", e);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private void requirePlausible(double bytes, String what, int heapPerByte) {
    long left = storedBytes - position;
    if (!zipped && left < bytes) {
      throw cutShort("%s (%.0f bytes)".formatted(what, bytes), left + " bytes");
    }
    if (!zipped && left > bytes) {
      throw trailing("%s (%.0f bytes)".formatted(what, bytes), left + " bytes");
    }
    if (bytes > (double) storedBytes * DEFLATE_LIMIT) {
      throw cutShort(
          "%s (%.0f bytes)".formatted(what, bytes), "only " + storedBytes + " gzipped bytes");
    }
    double limit = heapLimit(heapPerByte);
    if (bytes > limit) {
      throw tooLarge(limit, "%s (%.0f bytes)".formatted(what, bytes));
    }
  }

  private static double heapLimit(int heapPerByte) {
    double heap = Runtime.getRuntime().maxMemory();
    return Math.min(Integer.MAX_VALUE - 8, heap / heapPerByte);
  }

  private UserError tooLarge(double limit, String received) {
    return UserError.in(name)
        .what("too large for the memory of this Java process")
        .expected("at most %.0f bytes".formatted(limit))
        .received(received)
        .next("give Java more memory (-Xmx) or use a smaller file")
        .build();
  }

  /**
   * The next bytes, as many as the target has or are left.
   *
   * @param what the content in words
   * @return how many
   */
  int read(byte[] target, String what) {
    try {
      int got = in.readNBytes(target, 0, target.length);
      position += got;
      return got;
    } catch (IOException e) {
      throw failed(e, what);
    }
  }

  private UserError failed(IOException e, String what) {
    if (e instanceof EOFException) {
      return UserError.in(name)
          .what("gzip data is cut short")
          .expected(what)
          .received("end of file after " + storedBytes + " gzipped bytes")
          .next("get the file again")
          .cause(e)
          .build();
    }
    if (e instanceof ZipException) {
      return UserError.in(name)
          .what("gzip data is damaged")
          .expected(what)
          .received(e.getMessage())
          .next("get the file again")
          .cause(e)
          .build();
    }
    return unreadable(name, e);
  }

  private UserError cutShort(String expected, String received) {
    return UserError.in(name)
        .what("file is cut short")
        .expected(expected)
        .received(received)
        .next("get the file again")
        .build();
  }

  private UserError trailing(String expected, String received) {
    return UserError.in(name)
        .what("bytes are left over")
        .expected(expected + " and nothing after them")
        .received(received)
        .next("get the file again")
        .build();
  }
}

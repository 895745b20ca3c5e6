// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import org.hypernet4j.error.UserError;

/**
 * Opens paths named by a user, or found in a folder named by a user, and only if they are regular
 * files: reading a named pipe, a socket or a device might block for ever or never end.
 *
 * <p>Files that are read whole have a limit, so that a wrong path (the data in place of the
 * specification) or a sparse file of terabytes causes a one-line error instead of filling the
 * memory.
 */
public final class RegularFiles {
  /** Hand-written JSON files: specifications, mappings. */
  public static final long WRITTEN = 1L << 20;

  /** Files that describe something else: manifests, vocabularies, indexes, lists of cases. */
  public static final long DESCRIPTION = 64L << 20;

  /** Files with one line per step, and graphs with constants in them. */
  public static final long RECORD = 512L << 20;

  private RegularFiles() {}

  /**
   * Refuses pipes, sockets and devices. Missing files and folders are left to the code that opens
   * the path, where they fail immediately with a clear error.
   *
   * @throws UserError if the path, or the target of its link, is one of these
   */
  public static void require(Path file) {
    BasicFileAttributes found;
    try {
      found = Files.readAttributes(file, BasicFileAttributes.class);
    } catch (IOException e) {
      return;
    }
    if (found.isOther()) {
      throw UserError.in(file)
          .what("is not a file")
          .expected("a regular file")
          .received("a pipe, a socket or a device")
          .next("write its content to a file and give that")
          .build();
    }
  }

  /**
   * Opens a file of any size.
   *
   * @throws IOException if it cannot be opened
   * @throws UserError if it is not a regular file
   */
  public static InputStream newInputStream(Path file) throws IOException {
    require(file);
    return Files.newInputStream(file);
  }

  /**
   * Reads a whole file.
   *
   * @param most bytes that such a file may have, {@link #WRITTEN} for example; a file larger than a
   *     quarter of the Java heap is always refused
   * @throws IOException if it cannot be read
   * @throws UserError if it is larger, or not a regular file
   */
  public static byte[] readAllBytes(Path file, long most) throws IOException {
    require(file);
    long limit = Math.min(most, Runtime.getRuntime().maxMemory() / 4);
    try (InputStream in = Files.newInputStream(file)) {
      // the size first: a file that is too large is not read at all; it may still grow
      long size = Files.isDirectory(file) ? 0 : Files.size(file);
      byte[] bytes = size > limit ? new byte[0] : in.readNBytes((int) limit + 1);
      if (size > limit || bytes.length > limit) {
        throw tooLarge(file, limit, Math.max(size, bytes.length), most > limit);
      }
      return bytes;
    }
  }

  /**
   * Reads a whole text in UTF-8.
   *
   * @param most as in {@link #readAllBytes}
   * @throws java.nio.charset.CharacterCodingException if it is not UTF-8
   * @throws UserError as {@link #readAllBytes}
   */
  public static String readString(Path file, long most) throws IOException {
    return StandardCharsets.UTF_8
        .newDecoder()
        .onMalformedInput(CodingErrorAction.REPORT)
        .onUnmappableCharacter(CodingErrorAction.REPORT)
        .decode(ByteBuffer.wrap(readAllBytes(file, most)))
        .toString();
  }

  private static UserError tooLarge(Path file, long limit, long size, boolean heap) {
    UserError.Builder error =
        UserError.in(file)
            .what("too large for a file of its kind")
            .expected("at most " + count(limit) + (heap ? " with this Java heap" : ""))
            .received(count(size));
    return (heap
            ? error.next("give Java more memory, for example HYPERNET4J_JAVA_OPTS=-Xmx8g")
            : error.next("is it the right file?"))
        .build();
  }

  private static String count(long bytes) {
    return String.format(Locale.ROOT, "%,d bytes", bytes);
  }
}

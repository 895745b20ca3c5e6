// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.jspecify.annotations.Nullable;

/**
 * Texts from files, plain or gzipped, cut into training, validation and test by shares.
 *
 * <p>A path may be the file itself or a folder that holds this one file and nothing else (names
 * that begin with a dot do not count).
 */
public final class TextFiles {
  // the payload, the decoded text, its parts, and two bytes for each id
  private static final int HEAP_PER_BYTE = 6;
  private static final String SHAKESPEARE = "shakespeare/tinyshakespeare.txt.gz";

  private TextFiles() {}

  /**
   * A file of bytes whose symbols are the bytes themselves: enwik8.
   *
   * @param first number of bytes from the start that are used; null for all of them
   * @param validation share of the symbols
   * @param test share of the symbols
   * @throws UserError if there is no such file, it is damaged, or it is shorter than {@code first}
   */
  public static RawText bytes(Path path, @Nullable Integer first, double validation, double test) {
    Path file = fileOf(path);
    byte[] bytes = read(file);
    if (first != null && first > bytes.length) {
      throw UserError.in(file)
          .what("shorter than the part that is asked for")
          .expected("at least " + first + " bytes")
          .received(bytes.length + " bytes")
          .next("leave data.first out to use the whole file")
          .build();
    }
    int length = first == null ? bytes.length : first;
    String text = new String(bytes, 0, length, ISO_8859_1);
    return RawText.cut(Vocabulary.Kind.BYTES, TextPart.of(file.toString(), text), validation, test);
  }

  /**
   * A text in UTF-8 whose symbols are its code points. A byte order mark at the very start is not
   * part of the text; line ends stay as they are.
   *
   * @param validation share of the symbols
   * @param test share of the symbols
   * @throws UserError if there is no such file or it is not UTF-8; the error names the first wrong
   *     byte
   */
  public static RawText utf8(Path path, double validation, double test) {
    Path file = fileOf(path);
    return utf8(file.toString(), read(file), validation, test);
  }

  /**
   * The text inside this library: Tiny Shakespeare, 1,115,394 characters of 65 kinds.
   *
   * @param validation share of the symbols
   * @param test share of the symbols
   */
  public static RawText shakespeare(double validation, double test) {
    try (DataStream in = DataStream.resource(SHAKESPEARE)) {
      return utf8(in.name(), in.remainder("text", HEAP_PER_BYTE), validation, test);
    } catch (IOException e) {
      throw new UncheckedIOException("the built-in text cannot be read", e);
    }
  }

  /**
   * A whole file as one text, of bytes or of characters in UTF-8.
   *
   * @throws UserError if there is no such file, it is damaged, or it is not UTF-8
   */
  public static TextPart whole(Path path, Vocabulary.Kind kind) {
    Path file = fileOf(path);
    String name = file.toString();
    byte[] bytes = read(file);
    return TextPart.of(
        name, kind == Vocabulary.Kind.BYTES ? new String(bytes, ISO_8859_1) : decode(name, bytes));
  }

  private static RawText utf8(String name, byte[] bytes, double validation, double test) {
    TextPart whole = TextPart.of(name, decode(name, bytes));
    return RawText.cut(Vocabulary.Kind.CHARACTERS, whole, validation, test);
  }

  static String decode(String name, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length); // UTF-16 never needs more units than bytes
    CharsetDecoder decoder = UTF_8.newDecoder();
    CoderResult end = decoder.decode(in, out, true);
    if (end.isError()) {
      throw UserError.in(name)
          .what("not valid UTF-8 at byte " + in.position() + " (counted from 0)")
          .expected("text in UTF-8")
          .received("byte 0x%02X".formatted(bytes[in.position()]))
          .next("convert the file to UTF-8, or train on its bytes (data type 'bytes')")
          .build();
    }
    String text = out.flip().toString();
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  static byte[] read(Path file) {
    try (DataStream in = DataStream.open(file)) {
      return in.remainder("text", HEAP_PER_BYTE);
    } catch (IOException e) {
      throw DataStream.unreadable(file.toString(), e);
    }
  }

  private static Path fileOf(Path path) {
    if (!Files.isDirectory(path)) {
      return path;
    }
    try (Stream<Path> entries = Files.list(path)) {
      List<Path> files =
          entries.filter(file -> !file.getFileName().toString().startsWith(".")).sorted().toList();
      boolean one = files.size() == 1;
      if (!one || Files.isDirectory(files.get(0))) {
        throw UserError.in(path)
            .what("the folder does not determine which file to read")
            .expected("one file")
            .received(
                one
                    ? "a folder with a folder in it"
                    : files.isEmpty() ? "an empty folder" : files.size() + " entries")
            .next("give the path of the text file itself")
            .build();
      }
      return files.get(0);
    } catch (IOException e) {
      throw DataStream.unreadable(path.toString(), e);
    }
  }
}

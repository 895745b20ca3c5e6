// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.error.UserError;

/**
 * The Penn Treebank by characters, in Mikolov's split (Mikolov et al., "Subword language modeling
 * with neural networks", 2012): 5,017,482 / 393,042 / 442,423 symbols, 50 different ones.
 *
 * <p>The files are units of two bytes, a symbol and a space. The symbol is a printable ASCII
 * character, {@code _} for the space between words, or a newline at the end of a sentence; newlines
 * count as symbols.
 */
public final class PtbText {
  private PtbText() {}

  /**
   * Reads {@code ptb.char.train.txt}, {@code ptb.char.valid.txt} and {@code ptb.char.test.txt},
   * plain or with {@code .gz}.
   *
   * @throws UserError if a file is missing, damaged or not made of such units
   */
  public static RawText fromFolder(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw UserError.in(folder)
          .what("not a folder of Penn Treebank files")
          .expected("a folder")
          .received(Files.exists(folder) ? "a file" : "no such path")
          .next("give the folder that holds the three ptb.char files")
          .build();
    }
    return new RawText(
        Vocabulary.Kind.CHARACTERS,
        part(folder, "train"),
        part(folder, "valid"),
        part(folder, "test"));
  }

  private static TextPart part(Path folder, String part) {
    String name = "ptb.char." + part + ".txt";
    for (String candidate : List.of(name, name + ".gz")) {
      Path file = folder.resolve(candidate);
      if (Files.exists(file)) {
        return TextPart.of(file.toString(), symbols(file.toString(), TextFiles.read(file)));
      }
    }
    throw UserError.in(folder)
        .what("a Penn Treebank file is missing")
        .expected(name + " or " + name + ".gz")
        .received("neither of them")
        .next("put the three ptb.char files into the folder")
        .build();
  }

  /** The symbols of a file's payload: its bytes at even offsets. */
  static String symbols(String name, byte[] payload) {
    byte[] symbols = new byte[payload.length / 2];
    for (int i = 0; i < payload.length; i += 2) {
      boolean printable = payload[i] > ' ' && payload[i] < 0x7f;
      if (!printable && payload[i] != '\n') {
        throw wrong(name, i, "a printable ASCII character or a newline", payload[i]);
      }
      if (i + 1 == payload.length) {
        throw UserError.in(name)
            .what("the file is cut short")
            .expected("units of two bytes, a symbol and a space")
            .received("an odd number of bytes, " + payload.length)
            .next("get the file again")
            .build();
      }
      if (payload[i + 1] != ' ') {
        throw wrong(name, i + 1, "a space after each symbol", payload[i + 1]);
      }
      symbols[i / 2] = payload[i];
    }
    if (symbols.length < 2) {
      throw UserError.in(name)
          .what("there is nothing to predict")
          .expected("at least 2 symbols")
          .received(symbols.length)
          .next("get the file again")
          .build();
    }
    return new String(symbols, ISO_8859_1);
  }

  private static UserError wrong(String name, int at, String expected, byte received) {
    return UserError.in(name)
        .what("not a Penn Treebank file of characters, at byte " + at + " (counted from 0)")
        .expected(expected)
        .received("byte 0x%02X".formatted(received))
        .next("give the ptb.char files, not those of words")
        .build();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.hypernet4j.data.Subwords;
import org.hypernet4j.data.TextLines;
import org.hypernet4j.error.UserError;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vocabulary decode FOLDER [FILE]}: joins pieces to lines of text. */
@Command(
    name = "decode",
    description = "Join pieces to text again: what 'vocabulary apply' printed, a line for each.",
    footer = {
      "",
      "Examples:",
      "  ./hypernet4j vocabulary decode vocabulary train.pieces.en",
      "  echo '257 312 13' | ./hypernet4j vocabulary decode vocabulary --ids"
    })
final class VocabularyDecodeCommand extends CliCommand {
  private static final Pattern BLANKS = Pattern.compile(" +");

  @Parameters(index = "0", paramLabel = "FOLDER", description = "Folder of the vocabulary.")
  Path folder;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "FILE",
      description = "Lines of pieces, gzipped or not. Default: standard input.")
  @Nullable Path file;

  @Option(names = "--ids", description = "The lines are ids. Default: pieces.")
  boolean ids;

  @Override
  int run(Report report) {
    Subwords subwords = Subwords.read(folder);
    Set<String> pieces = new HashSet<>(subwords.pieces());
    long lines = 0;
    try (TextLines in = InputLines.open(file)) {
      for (String line = in.next(); line != null; line = in.next()) {
        List<String> words = BLANKS.splitAsStream(line).filter(word -> !word.isEmpty()).toList();
        report.stream((ids ? ofIds(words, subwords, in) : ofPieces(words, pieces, in)) + "\n");
        lines++;
      }
    }
    report.put("lines", lines).put("seconds", report.seconds());
    return ExitCode.OK;
  }

  private String ofPieces(List<String> words, Set<String> pieces, TextLines in) {
    for (String word : words) {
      // a character without a piece is printed as itself
      if (!pieces.contains(word) && word.codePointCount(0, word.length()) > 1) {
        throw wrong(in, "not a piece of the vocabulary", "a piece or one character", word);
      }
    }
    return Subwords.join(words);
  }

  private String ofIds(List<String> words, Subwords subwords, TextLines in) {
    List<Integer> numbers = new ArrayList<>();
    for (String word : words) {
      int id;
      try {
        id = Integer.parseInt(word);
      } catch (NumberFormatException e) {
        id = -1;
      }
      if (id < 0 || id >= subwords.size()) {
        throw wrong(in, "not an id of the vocabulary", "0 to " + (subwords.size() - 1), word);
      }
      numbers.add(id);
    }
    return subwords.decode(numbers.stream().mapToInt(id -> id).toArray());
  }

  private UserError wrong(TextLines in, String what, String expected, String word) {
    return UserError.in(in.where())
        .what(what)
        .expected(expected)
        .received("'" + word + "'")
        .next("give what 'vocabulary apply " + folder + "' printed")
        .build();
  }
}

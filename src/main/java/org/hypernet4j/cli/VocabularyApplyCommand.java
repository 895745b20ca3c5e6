// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.hypernet4j.data.Subwords;
import org.hypernet4j.data.TextLines;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vocabulary apply FOLDER [FILE]}: cuts lines of text into pieces. */
@Command(
    name = "apply",
    description =
        "Cut text into pieces, a line for each line, with a blank between the pieces. The mark"
            + " U+2581 begins each word.",
    footer = {
      "",
      "Examples:",
      "  ./hypernet4j vocabulary apply vocabulary train.en > train.pieces.en",
      "  echo 'Un chien court.' | ./hypernet4j vocabulary apply vocabulary --ids"
    })
final class VocabularyApplyCommand extends CliCommand {
  private static final int MOST_SHOWN = 10;

  @Parameters(index = "0", paramLabel = "FOLDER", description = "Folder of the vocabulary.")
  Path folder;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "FILE",
      description = "Text in UTF-8, gzipped or not. Default: standard input.")
  @Nullable Path file;

  @Option(names = "--ids", description = "Print ids. Default: the pieces themselves.")
  boolean ids;

  @Override
  int run(Report report) {
    Subwords subwords = Subwords.read(folder);
    long lines = 0;
    long pieces = 0;
    long unknown = 0;
    TreeSet<String> which = new TreeSet<>();
    try (TextLines in = InputLines.open(file)) {
      for (String line = in.next(); line != null; line = in.next()) {
        int[] encoded = subwords.encode(line);
        List<String> split = subwords.split(line);
        for (int i = 0; i < encoded.length; i++) {
          if (encoded[i] == Subwords.UNKNOWN) {
            unknown++;
            which.add(split.get(i));
          }
        }
        lines++;
        pieces += encoded.length;
        report.stream(
            (ids
                    ? Arrays.stream(encoded)
                        .mapToObj(Integer::toString)
                        .collect(Collectors.joining(" "))
                    : String.join(" ", split))
                + "\n");
      }
    }
    if (unknown > 0) {
      report
          .log()
          .println(
              "note: not in the vocabulary, so <unk>: %,d characters of %,d kinds: %s"
                  .formatted(unknown, which.size(), shown(which)));
    }
    report
        .put("lines", lines)
        .put("pieces", pieces)
        .put("unknownCharacters", unknown)
        .put("seconds", report.seconds());
    return ExitCode.OK;
  }

  private static String shown(TreeSet<String> characters) {
    String first =
        characters.stream()
            .limit(MOST_SHOWN)
            .map(c -> "U+%04X".formatted(c.codePointAt(0)))
            .collect(Collectors.joining(", "));
    return characters.size() > MOST_SHOWN ? first + ", ..." : first;
  }
}

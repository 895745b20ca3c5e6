// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.nio.file.Path;
import java.util.Arrays;
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
    UnknownCharacters unknown = new UnknownCharacters(subwords);
    long lines = 0;
    long pieces = 0;
    try (TextLines in = InputLines.open(file)) {
      for (String line = in.next(); line != null; line = in.next()) {
        int[] encoded = subwords.encode(line);
        unknown.add(line, encoded);
        lines++;
        pieces += encoded.length;
        report.stream(
            (ids
                    ? Arrays.stream(encoded)
                        .mapToObj(Integer::toString)
                        .collect(Collectors.joining(" "))
                    : String.join(" ", subwords.split(line)))
                + "\n");
      }
    }
    unknown.note(report);
    report
        .put("lines", lines)
        .put("pieces", pieces)
        .put("unknownCharacters", unknown.count())
        .put("seconds", report.seconds());
    return ExitCode.OK;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.hypernet4j.data.SubwordTrainer;
import org.hypernet4j.data.Subwords;
import org.hypernet4j.data.TextLines;
import org.hypernet4j.error.UserError;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vocabulary train FILES}: learns the pieces of words from text. */
@Command(
    name = "train",
    description =
        "Learn a vocabulary from text in UTF-8, one sentence a line, and write it as pieces.txt,"
            + " merges.txt and tokenizer.json, which Hugging Face tokenizers read. Every character"
            + " of the text becomes a piece. One text gives one vocabulary.",
    footer = {
      "",
      "Examples:",
      "  ./hypernet4j vocabulary train train.en.gz train.fr.gz --size 8000 --out vocabulary"
    })
final class VocabularyTrainCommand extends CliCommand {
  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Text, gzipped or not; several files share one vocabulary.")
  List<Path> files = List.of();

  @Option(
      names = "--size",
      paramLabel = "N",
      defaultValue = "8000",
      description =
          "How many pieces, with the four special ones and all characters. Default:"
              + " ${DEFAULT-VALUE}.")
  int size;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "vocabulary",
      description =
          "Folder for the files, which must not exist yet or be empty. Default: ${DEFAULT-VALUE}.")
  Path folder;

  @Override
  int run(Report report) {
    requireFree();
    SubwordTrainer trainer = new SubwordTrainer();
    for (Path file : files) {
      read(file, trainer);
    }
    Subwords subwords = trainer.train(size);
    subwords.write(folder);
    int merged = subwords.size() - (int) subwords.pieces().stream().filter(this::single).count();
    report.say(
        "%,d pieces from %,d words: 4 special ones, %,d characters, %,d made by %,d merges",
        subwords.size(),
        trainer.words(),
        subwords.size() - merged,
        merged - 4,
        subwords.merges().size());
    if (subwords.size() < size) {
      report.say(
          "fewer than --size %,d: every word of the text is one piece, nothing is left to join",
          size);
    }
    JsonArray each = new JsonArray();
    for (Path file : files) {
      each.add(measure(file, subwords, report));
    }
    report.say("written to %s, SHA-256 %s", folder, subwords.sha256());
    report
        .put("folder", folder.toString())
        .put("pieces", subwords.size())
        .put("characters", subwords.size() - merged)
        .put("merges", subwords.merges().size())
        .put("words", trainer.words())
        .put("sha256", subwords.sha256())
        .put("files", each)
        .put("seconds", report.seconds());
    return ExitCode.OK;
  }

  private boolean single(String piece) {
    return piece.codePointCount(0, piece.length()) == 1;
  }

  private void requireFree() {
    Writable.requireFolder("--out", folder);
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> content = Files.list(folder)) {
      if (content.findAny().isEmpty()) {
        return;
      }
    } catch (IOException e) {
      throw UserError.in("--out").what("cannot be read: " + e).cause(e).build();
    }
    throw UserError.in("--out")
        .what("the folder is not empty and is not overwritten")
        .expected("an empty folder, or a path where one can be made")
        .received(folder)
        .next("choose another folder, or remove it first")
        .build();
  }

  private static void read(Path file, SubwordTrainer trainer) {
    long before = trainer.words();
    try (TextLines lines = TextLines.open(file)) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        trainer.add(line);
      }
    }
    if (trainer.words() == before) {
      throw UserError.in(file)
          .what("there is no word in it")
          .expected("lines of text")
          .next("give a text that is not empty")
          .build();
    }
  }

  /** How many pieces the lines of a file have: what a model's longest sentence depends on. */
  private static JsonObject measure(Path file, Subwords subwords, Report report) {
    long pieces = 0;
    long count = 0;
    int longest = 0;
    try (TextLines lines = TextLines.open(file)) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        int length = subwords.encode(line).length;
        pieces += length;
        longest = Math.max(longest, length);
        count++;
      }
    }
    report.say(
        "%s: %,d lines of %.1f pieces on average, %,d at most",
        file, count, pieces / (double) count, longest);
    JsonObject json = new JsonObject();
    json.addProperty("file", file.toString());
    json.addProperty("lines", count);
    json.addProperty("pieces", pieces);
    json.addProperty("mostPieces", longest);
    return json;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.hypernet4j.data.TextLines;
import org.hypernet4j.device.internal.ShownGpus;
import org.hypernet4j.error.UserError;
import org.hypernet4j.translation.TranslateSettings;
import org.hypernet4j.translation.Translation;
import org.hypernet4j.translation.Translator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code translate RUN_OR_MODEL [FILE]}: translates text, line by line. */
@Command(
    name = "translate",
    description =
        "Translate text with a translation model, a line for each line; an empty line gives an"
            + " empty one. What is typed is translated at once. With --json an object is printed"
            + " for each line, before the last one.",
    footer = {
      "",
      "Examples:",
      "  ./hypernet4j translate runs/translate-sample/1",
      "  ./hypernet4j translate runs/translate-sample/1 test.en > test.fr",
      "  echo 'The cat sleeps.' | ./hypernet4j translate export/models/translate-sample/1 --nbest 3"
    })
final class TranslateCommand extends CliCommand {
  private static final Path STANDARD_INPUT = Path.of("/proc/self/fd/0");

  /** Batches that are read before they are sorted by length, if they need not be waited for. */
  private static final int BATCHES = 8;

  @Parameters(
      index = "0",
      paramLabel = "RUN_OR_MODEL",
      description =
          "Folder of a run, whose best model is taken, or of one version of an exported model.")
  Path source;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "FILE",
      description = "Text in UTF-8, a sentence a line, gzipped or not. Default: standard input.")
  @Nullable Path file;

  @Option(
      names = "--nbest",
      paramLabel = "N",
      description =
          "Print the N best translations of each line with the line's number and their scores,"
              + " separated by tabs. Default: the best, without number and score.")
  @Nullable Integer nbest;

  @Option(
      names = "--greedy",
      description =
          "Take the likeliest piece after each piece: faster, and mostly a little worse. Default:"
              + " the search that the model was exported with.")
  boolean greedy;

  @Option(
      names = "--alignment",
      description =
          "With --json, print what each step of the best translation attended to. Default: not.")
  boolean alignment;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "32",
      description = "Lines that are translated together at most. Default: ${DEFAULT-VALUE}.")
  int batch;

  @Option(
      names = "--most-pieces",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "A line of more pieces is an error; time and memory grow with its square. Default:"
              + " ${DEFAULT-VALUE}.")
  int mostPieces;

  @Mixin TrustOption trust;

  private long lines;
  private long blank;

  @Override
  int run(Report report) {
    TranslateSettings settings =
        new TranslateSettings(nbest == null ? 1 : nbest, greedy, mostPieces, batch);
    if (alignment && !common.json) {
      throw UserError.in("--alignment")
          .what("is printed as JSON only")
          .next("add --json, or draw pictures with 'visualise'")
          .build();
    }
    quietTensorFlow(ShownGpus.configuration());
    try (TextLines in = InputLines.open(file);
        Translator translator = Translator.open(source, trust.read())) {
      translator.require(settings);
      if (file != null) {
        check(file, translator, settings);
      } else if (report.interactive() && Terminal.isTerminal(STANDARD_INPUT)) {
        report
            .log()
            .printf(
                "%s to %s, a line at a time; Ctrl-D ends%n",
                translator.properties().source(), translator.properties().target());
      }
      UnknownCharacters unknown = new UnknownCharacters(translator.subwords());
      double before = report.seconds();
      translate(in, translator, settings, unknown, report);
      double seconds = report.seconds() - before;
      unknown.note(report);
      report
          .log()
          .println(
              String.format(
                  Locale.ROOT,
                  "translated %,d line%s (%,d of %,d are blank) in %.1f s",
                  lines - blank,
                  lines - blank == 1 ? "" : "s",
                  blank,
                  lines,
                  seconds));
      report
          .put("model", source.toString())
          .put("name", translator.properties().name())
          .put("from", translator.properties().source())
          .put("to", translator.properties().target())
          .put("lines", lines)
          .put("blankLines", blank)
          .put("unknownCharacters", unknown.count())
          .put("translateSeconds", seconds)
          .put("seconds", report.seconds());
    }
    return ExitCode.OK;
  }

  /** Reads a file to its end: nothing is printed of one that cannot be translated. */
  private static void check(Path file, Translator translator, TranslateSettings settings) {
    try (TextLines in = TextLines.open(file)) {
      for (String line = in.next(); line != null; line = in.next()) {
        translator.pieces(in.where(), line, settings);
      }
    }
  }

  private void translate(
      TextLines in,
      Translator translator,
      TranslateSettings settings,
      UnknownCharacters unknown,
      Report report) {
    UserError wrong = null;
    boolean over = false;
    while (!over && wrong == null) {
      List<String> some = new ArrayList<>();
      try {
        do {
          String line = in.next();
          over = line == null;
          if (line != null) {
            unknown.add(line, translator.pieces(in.where(), line, settings));
            some.add(line);
          }
        } while (!over && some.size() < BATCHES * batch && in.ready());
      } catch (UserError e) {
        wrong = e; // the lines before it are translated all the same
      }
      List<List<Translation>> translated = translator.translate(some, settings);
      for (int i = 0; i < some.size(); i++) {
        print(some.get(i), translated.get(i), translator, report);
      }
      report.requireArrived();
    }
    if (wrong != null) {
      throw wrong;
    }
  }

  private void print(
      String line, List<Translation> translations, Translator translator, Report report) {
    lines++;
    blank += translations.isEmpty() ? 1 : 0;
    if (common.json) {
      report.row(json(line, translations, translator));
    } else if (translations.isEmpty()) {
      report.stream("\n");
    } else {
      for (Translation translation : translations) {
        report.stream(
            (nbest == null
                    ? translation.text()
                    : String.format(
                        Locale.ROOT,
                        "%d\t%.4f\t%s",
                        lines,
                        translation.score(),
                        translation.text()))
                + "\n");
      }
    }
  }

  private JsonObject json(String line, List<Translation> translations, Translator translator) {
    JsonArray all = new JsonArray();
    for (Translation translation : translations) {
      JsonObject one = new JsonObject();
      one.addProperty("text", translation.text());
      one.addProperty("score", translation.score());
      one.addProperty("logProb", translation.logProb());
      one.addProperty("ended", translation.ended());
      one.add("pieces", array(translation.pieces()));
      all.add(one);
    }
    JsonObject json = new JsonObject();
    json.addProperty("line", lines);
    json.addProperty("source", line);
    json.add("pieces", array(translator.subwords().split(line)));
    json.add("translations", all);
    if (alignment && !translations.isEmpty()) {
      JsonArray steps = new JsonArray();
      for (float[] weights : translations.get(0).alignment()) {
        JsonArray step = new JsonArray();
        for (float weight : weights) {
          step.add(weight);
        }
        steps.add(step);
      }
      json.add("alignment", steps);
    }
    return json;
  }

  private static JsonArray array(List<String> texts) {
    JsonArray array = new JsonArray();
    texts.forEach(array::add);
    return array;
  }
}

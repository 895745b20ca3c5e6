// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import com.google.gson.JsonArray;
import java.nio.file.Path;
import org.hypernet4j.device.internal.ShownGpus;
import org.hypernet4j.error.UserError;
import org.hypernet4j.experiment.ModelFamilies;
import org.hypernet4j.run.DrawOptions;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.run.FinishedRun;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code visualise RUN}: draws the paper's pictures of a language model at work. */
@Command(
    name = "visualise",
    description =
        "Draw what a language model does while it reads: how far each gate's weights move from one"
            + " character to the next (page, picture, table), and histograms of tanh(c). Of a model"
            + " of images: its kernels, and its embeddings by layer in one plane. Of a model of pen"
            + " strokes: drawings, as draw makes them. Of a translator: what it attends to.",
    footer = {
      "",
      "Examples:",
      "  ./hypernet4j visualise runs/shakespeare-hyperlstm/1",
      "  ./hypernet4j visualise runs/cifar10-wrn-16-1-hyper/1",
      "  ./hypernet4j visualise runs/shakespeare-hyperlstm/1 --text 'To be, or not to be'"
    })
final class VisualiseCommand extends CliCommand {
  @Parameters(
      paramLabel = "RUN",
      description = "Folder of a run, for example runs/shakespeare-hyperlstm/1.")
  Path run;

  @Option(
      names = "--text",
      paramLabel = "STRING",
      description = "The text to read. Default: the start of the run's validation text.")
  @Nullable String text;

  @Option(
      names = "--text-file",
      paramLabel = "FILE",
      description = "A file with the text to read. Default: the start of the validation text.")
  @Nullable Path textFile;

  @Option(
      names = "--data",
      paramLabel = "PATH",
      description =
          "The data of the run, if the text is to come from its validation part. Default: the"
              + " built-in text.")
  @Nullable Path data;

  @Option(
      names = "--length",
      paramLabel = "N",
      defaultValue = "600",
      description = "Read no more than the first N characters of the text. Default: 600.")
  int length;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the files go. Default: the folder 'visualise' in the run's own.")
  @Nullable Path out;

  @Override
  int run(Report report) {
    if (length < 2) {
      throw UserError.in("--length")
          .what("there is no change in so short a text")
          .expected("2 or more")
          .received(length)
          .build();
    }
    if (text != null && textFile != null) {
      throw UserError.in("--text and --text-file")
          .what("only one text can be read")
          .next("leave one of them out")
          .build();
    }
    Path folder = out == null ? run.resolve("visualise") : out;
    quietTensorFlow(ShownGpus.configuration());
    FinishedRun finished = ModelFamilies.open(run);
    Writable.requireFolder(out == null ? "RUN" : "--out", folder);
    Drawing drawing = finished.draw(new DrawOptions(folder, text, textFile, data, length));
    drawing.lines().forEach(line -> report.say("%s", line));
    report
        .put("name", finished.specification().name())
        .put("runDir", run.toString())
        .put("bestStep", finished.bestStep());
    drawing.figures().asMap().forEach(report::put);
    JsonArray files = new JsonArray();
    drawing.files().forEach(file -> files.add(file.toString()));
    report.put("files", files).put("seconds", report.seconds());
    return ExitCode.OK;
  }
}

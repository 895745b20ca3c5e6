// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.hypernet4j.device.internal.ShownGpus;
import org.hypernet4j.error.UserError;
import org.hypernet4j.experiment.ModelFamilies;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.report.ReportPage;
import org.hypernet4j.report.RunReport;
import org.hypernet4j.run.DrawOptions;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.run.FinishedRun;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code report RUN}: writes one page about a finished run. */
@Command(
    name = "report",
    description =
        "Write one HTML page about a finished run, to send to a colleague: what was trained on"
            + " what, curves, pictures, parameters, results beside the paper's, environment and"
            + " origin, and how to use the model.",
    footer = {
      "",
      "Examples:",
      "  ./hypernet4j report runs/mnist-hyper/1",
      "  ./hypernet4j report runs/ptb-small-hyperlstm/1 --data ptb/ --out ptb.html"
    })
final class ReportCommand extends CliCommand {
  private static final int LENGTH = 200;

  @Parameters(paramLabel = "RUN", description = "Folder of a run, for example runs/mnist-hyper/1.")
  Path run;

  @Option(
      names = "--out",
      paramLabel = "FILE.html",
      description = "Where the page goes. Default: report.html in the folder of the run.")
  @Nullable Path out;

  @Option(
      names = "--data",
      paramLabel = "PATH",
      description =
          "The data of the run, for pictures that need some. Default: the built-in sample.")
  @Nullable Path data;

  @Option(
      names = "--no-pictures",
      description = "Leave the pictures of the model out, which take the most time. Default: draw.")
  boolean noPictures;

  @Override
  int run(Report report) {
    Path page = out == null ? run.resolve("report.html") : out;
    quietTensorFlow(ShownGpus.configuration());
    FinishedRun finished = ModelFamilies.open(run);
    Writable.requireFile("--out", page, ".html");
    Path pictures = temporary();
    String html;
    try {
      html = ReportPage.of(draw(finished, pictures, report));
    } finally {
      remove(pictures);
    }
    AtomicFiles.writeString(page, html);
    report.say("%s (%s)", page, ModelExport.size(html.length()));
    report
        .put("name", finished.specification().name())
        .put("runDir", run.toString())
        .put("bestStep", finished.bestStep())
        .put("out", page.toString())
        .put("seconds", report.seconds());
    return ExitCode.OK;
  }

  /** A run whose data are not at hand has a report too, which says what is missing. */
  private RunReport draw(FinishedRun finished, Path folder, Report report) {
    List<String> use = UseWords.commands(finished);
    if (noPictures) {
      return RunReport.of(finished, List.of(), List.of(), use);
    }
    Drawing drawing;
    try {
      drawing = finished.draw(new DrawOptions(folder, null, null, data, LENGTH));
    } catch (UserError e) {
      if (data != null) {
        throw e; // what the user gave is wrong
      }
      report.log().println("warning: no pictures: " + e.getMessage());
      return RunReport.of(finished, List.of(), List.of("No pictures: " + e.getMessage()), use);
    }
    return RunReport.of(finished, drawing.files(), remarks(drawing.lines(), folder), use);
  }

  /** The lines that say more than where a file is. */
  private static List<String> remarks(List<String> lines, Path folder) {
    List<String> remarks = new ArrayList<>();
    for (String line : lines) {
      if (!line.contains(folder.toString())) {
        remarks.add(line);
      }
    }
    return remarks;
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("hypernet4j-report-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void remove(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

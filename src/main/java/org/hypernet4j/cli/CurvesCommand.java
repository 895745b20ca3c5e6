// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.picture.PngFile;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.train.MetricCurve;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code curves RUN...}: draws a metric over the steps of one or several runs. */
@Command(
    name = "curves",
    description = "Draw a metric over the steps of one or several runs in one picture.",
    footer = {
      "",
      "Examples:",
      "  ./hypernet4j curves runs/ptb-small-lstm/1 runs/ptb-small-hyperlstm/1 --out ptb.png",
      "  ./hypernet4j curves runs/mnist-hyper/1 --metric loss --kind train --csv loss.csv"
    })
final class CurvesCommand extends CliCommand {
  @Parameters(
      paramLabel = "RUN",
      arity = "1..*",
      description = "Folders of runs, for example runs/ptb-small-lstm/1; a line for each.")
  List<Path> runs;

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      defaultValue = "bpc",
      description = "What to draw: loss, bpc, error, ... Default: ${DEFAULT-VALUE}.")
  String metric;

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      defaultValue = "validation",
      description = "Where it was measured: train or validation. Default: ${DEFAULT-VALUE}.")
  String kind;

  @Option(
      names = "--labels",
      paramLabel = "A,B,...",
      split = ",",
      description =
          "Words for the legend, one for each run. Default: the names of the specifications.")
  @Nullable List<String> labels;

  @Option(
      names = "--out",
      paramLabel = "FILE.png",
      description = "Where the picture goes. Default: curves.png in the folder of the first run.")
  @Nullable Path out;

  @Option(
      names = "--csv",
      paramLabel = "FILE.csv",
      description = "Write the numbers as a table too. Default: no table.")
  @Nullable Path csv;

  @Override
  int run(Report report) {
    List<RunFolder> folders = runs.stream().map(RunFolder::existing).toList();
    List<String> names = labels == null ? namesOf(folders) : labels;
    requireDistinct(names);
    Path picture = out == null ? runs.get(0).resolve("curves.png") : out;
    Writable.requireFile("--out", picture, ".png");
    if (csv != null) {
      Writable.requireFile("--csv", csv, ".csv");
    }
    List<CurveChart.Labelled> curves = new ArrayList<>();
    for (int i = 0; i < folders.size(); i++) {
      curves.add(new CurveChart.Labelled(names.get(i), curve(folders.get(i).metrics())));
    }
    BufferedImage drawn = CurveChart.draw(kind + " " + metric, metric, curves);
    if (csv != null) {
      AtomicFiles.writeString(csv, table(curves));
    }
    PngFile.write(picture, drawn);
    tell(report, picture, curves);
    return ExitCode.OK;
  }

  /** The names of the specifications, and their folders as well where several are equal. */
  private static List<String> namesOf(List<RunFolder> folders) {
    List<String> names = folders.stream().map(folder -> folder.specification().name()).toList();
    List<String> distinct = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      boolean alone = Collections.frequency(names, names.get(i)) == 1;
      distinct.add(alone ? names.get(i) : names.get(i) + " (" + folders.get(i).path() + ")");
    }
    return distinct;
  }

  private void requireDistinct(List<String> names) {
    if (names.size() != runs.size()) {
      throw UserError.in("--labels")
          .what("not one label for each run")
          .expected(runs.size() + " labels, separated by commas")
          .received(names.size() + " in " + String.join(",", names))
          .build();
    }
    for (String name : names) {
      if (name.isBlank() || Collections.frequency(names, name) > 1) {
        throw UserError.in(labels == null ? "RUN" : "--labels")
            .what("the lines could not be distinguished")
            .expected(labels == null ? "each run once" : "labels that differ and are not blank")
            .received("'" + name + "'" + (name.isBlank() ? "" : " more than once"))
            .build();
      }
    }
  }

  private MetricCurve curve(Path file) {
    MetricCurve curve = MetricCurve.read(file, kind, metric);
    if (Arrays.stream(curve.values()).noneMatch(Double::isFinite)) {
      throw UserError.in(file)
          .what("there is nothing to draw: " + metric + " is not a finite number at any step")
          .next("train again, with a smaller learning rate")
          .build();
    }
    return curve;
  }

  private String table(List<CurveChart.Labelled> curves) {
    StringBuilder text = new StringBuilder("run,step,").append(metric).append('\n');
    for (CurveChart.Labelled line : curves) {
      String label = '"' + line.label().replace("\"", "\"\"") + '"';
      long[] steps = line.curve().steps();
      for (int i = 0; i < steps.length; i++) {
        double value = line.curve().values()[i];
        text.append(label).append(',').append(steps[i]).append(',');
        // an empty field where there is no number
        text.append(Double.isFinite(value) ? Double.toString(value) : "").append('\n');
      }
    }
    return text.toString();
  }

  private void tell(Report report, Path picture, List<CurveChart.Labelled> curves) {
    JsonArray series = new JsonArray();
    for (int i = 0; i < curves.size(); i++) {
      JsonObject one = json(curves.get(i));
      one.addProperty("run", runs.get(i).toString());
      series.add(one);
      long[] steps = curves.get(i).curve().steps();
      double[] values = curves.get(i).curve().values();
      int last = steps.length - 1;
      report.say(
          "%s: points: %,d; %s %.4f at step %,d",
          curves.get(i).label(), steps.length, metric, values[last], steps[last]);
    }
    report.say("%s", picture);
    if (csv != null) {
      report.say("%s", csv);
    }
    report
        .put("kind", kind)
        .put("metric", metric)
        .put("series", series)
        .put("out", picture.toString())
        .put("csv", csv == null ? null : csv.toString());
  }

  private static JsonObject json(CurveChart.Labelled line) {
    JsonArray steps = new JsonArray();
    Arrays.stream(line.curve().steps()).forEach(steps::add);
    JsonArray values = new JsonArray();
    Arrays.stream(line.curve().values())
        .forEach(v -> values.add(Double.isFinite(v) ? new JsonPrimitive(v) : JsonNull.INSTANCE));
    JsonObject one = new JsonObject();
    one.addProperty("label", line.label());
    one.add("steps", steps);
    one.add("values", values);
    return one;
  }
}

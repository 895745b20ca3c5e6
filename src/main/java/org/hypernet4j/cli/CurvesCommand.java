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
import java.util.Locale;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.measure.Metric;
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
      "  ./hypernet4j curves runs/mnist-hyper/1",
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
      description =
          "What to draw: loss, bpc, error, ... Default: what the runs are judged by, the error of"
              + " images, bits per character of text, nats of pen strokes and translations.")
  @Nullable String metric;

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      defaultValue = "validation",
      description = "Where it was measured: train or validation. Default: ${DEFAULT-VALUE}.")
  String kind;

  @Option(
      names = "--scale",
      paramLabel = "SCALE",
      defaultValue = "auto",
      converter = CurveScale.Words.class,
      completionCandidates = CurveScale.Words.class,
      description =
          "auto, linear or log: the axis of the metric; auto is log where the largest value is at"
              + " least 20 times the smallest. Default: ${DEFAULT-VALUE}.")
  CurveScale scale;

  @Option(
      names = "--smooth",
      paramLabel = "N",
      description =
          "Draw means over N neighbouring points, an odd number, and the points themselves pale; 1"
              + " smooths nothing. Default: 1, but of more than 200 points of the training about a"
              + " fiftieth of them.")
  @Nullable Integer smooth;

  @Option(
      names = "--labels",
      paramLabel = "A,B,...",
      split = ",",
      hideParamSyntax = true,
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
    if (smooth != null && (smooth < 1 || smooth % 2 == 0)) {
      throw UserError.in("--smooth")
          .what("not a number of points with one in the middle")
          .expected("1, 3, 5, ...")
          .received(smooth)
          .build();
    }
    Path picture = out == null ? runs.get(0).resolve("curves.png") : out;
    Writable.requireFile("--out", picture, ".png");
    if (csv != null) {
      Writable.requireFile("--csv", csv, ".csv");
    }
    Metric shown = Metric.of(metric == null ? CurveChoice.metric(folders, kind) : metric);
    List<CurveChart.Labelled> curves = new ArrayList<>();
    for (int i = 0; i < folders.size(); i++) {
      MetricCurve curve = curve(folders.get(i).metrics(), shown.name());
      curves.add(
          new CurveChart.Labelled(
              names.get(i),
              curve,
              CurveChoice.best(folders.get(i), kind, shown, curve),
              smoothing(curve)));
    }
    boolean logarithmic =
        scale.isLogarithmic(shown.name(), curves.stream().map(CurveChart.Labelled::curve).toList());
    BufferedImage drawn = CurveChart.draw(title(shown, curves), shown, logarithmic, curves);
    if (csv != null) {
      AtomicFiles.writeString(csv, table(shown.name(), curves));
    }
    PngFile.write(picture, drawn);
    tell(report, picture, shown, curves);
    report.put("scale", logarithmic ? "log" : "linear");
    return ExitCode.OK;
  }

  private int smoothing(MetricCurve curve) {
    if (smooth != null) {
      return smooth;
    }
    return kind.equals(CurveChoice.VALIDATION) ? 1 : curve.smoothing();
  }

  private String title(Metric shown, List<CurveChart.Labelled> curves) {
    int smoothed = curves.stream().mapToInt(CurveChart.Labelled::smooth).max().orElse(1);
    return kind
        + " "
        + shown.title()
        + (kind.equals(CurveChoice.VALIDATION) ? "; the diamond marks the best step" : "")
        + (smoothed > 1 ? "; means over " + smoothed + " points" : "");
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

  private MetricCurve curve(Path file, String name) {
    MetricCurve curve = MetricCurve.read(file, kind, name);
    if (Arrays.stream(curve.values()).noneMatch(Double::isFinite)) {
      throw UserError.in(file)
          .what("there is nothing to draw: " + name + " is not a finite number at any step")
          .next("train again, with a smaller learning rate")
          .build();
    }
    return curve;
  }

  private static String table(String name, List<CurveChart.Labelled> curves) {
    StringBuilder text = new StringBuilder("run,step,").append(name).append('\n');
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

  private void tell(Report report, Path picture, Metric shown, List<CurveChart.Labelled> curves) {
    JsonArray series = new JsonArray();
    JsonArray best = new JsonArray();
    for (int i = 0; i < curves.size(); i++) {
      JsonObject one = json(curves.get(i));
      one.addProperty("run", runs.get(i).toString());
      series.add(one);
      long[] steps = curves.get(i).curve().steps();
      double[] values = curves.get(i).curve().values();
      int last = steps.length - 1;
      int marked =
          curves.get(i).best().stream()
              .mapToInt(b -> Arrays.binarySearch(steps, b))
              .findFirst()
              .orElse(-1);
      best.add(marked < 0 ? JsonNull.INSTANCE : new JsonPrimitive(steps[marked]));
      report.say(
          "%s: points: %,d; %s %s at step %,d%s",
          curves.get(i).label(),
          steps.length,
          shown.unit().equals(shown.name()) ? shown.title() : shown.name(),
          shown.words(values[last]),
          steps[last],
          marked < 0 || marked == last
              ? ""
              : String.format(
                  Locale.ROOT,
                  ", best %s at step %,d",
                  shown.words(values[marked]),
                  steps[marked]));
    }
    report.say("%s", picture);
    if (csv != null) {
      report.say("%s", csv);
    }
    report
        .put("kind", kind)
        .put("metric", shown.name())
        .put("unit", shown.unit())
        .put("best", best)
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

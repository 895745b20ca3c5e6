// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import com.google.gson.JsonArray;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.hypernet4j.benchmark.ComparedModel;
import org.hypernet4j.error.UserError;
import org.hypernet4j.experiment.ModelFamilies;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.picture.Chart;
import org.hypernet4j.picture.ChartPicture;
import org.hypernet4j.picture.TablePicture;
import org.hypernet4j.run.ComparedFigure;
import org.hypernet4j.run.Experiment;
import org.hypernet4j.run.ModelFamily;
import org.hypernet4j.run.RunRecord;
import org.hypernet4j.run.ScheduleLength;
import org.hypernet4j.run.TestedModel;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.CandidateSpec;
import org.hypernet4j.spec.ComparisonSpec;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.train.Evaluation;
import org.hypernet4j.train.PlainProgress;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.train.StopOutcome;
import org.hypernet4j.train.StopSignal;
import org.hypernet4j.train.TrainingResult;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code compare SPEC}: trains several models on equal terms and compares them in one table. */
@Command(
    name = "compare",
    description = {
      "Train several models on equal terms and print what each reached and costs: test error or"
          + " the figures of its family, parameters, time to generate its kernels, time of a"
          + " training step."
    },
    footer = {
      "",
      "Examples:",
      "  ./hypernet4j compare graphs/generators-mnist.json",
      "  ./hypernet4j compare graphs/generators-mnist.json --data mnist/ --only plain,coordinate",
      "  ./hypernet4j compare graphs/generators-mnist.json --data mnist/ --resume"
    })
final class CompareCommand extends CliCommand {
  private static final int ROUNDS = 3;

  @Parameters(
      paramLabel = "SPEC",
      description = "Specification of the comparison, for example graphs/generators-mnist.json.")
  Path file;

  @Option(
      names = "--set",
      paramLabel = "PATH=VALUE",
      description =
          "Change a setting of the specification, for example training.epochs=3; may be given"
              + " several times. Default: the file as it is.")
  List<String> overrides = new ArrayList<>();

  @Mixin ThreadOption threads;

  @Mixin DevicesOption devices;

  @Option(
      names = "--data",
      paramLabel = "PATH",
      description =
          "The data, as for train. Default: the built-in sample, with the settings of the"
              + " specification's 'sample' section.")
  @Nullable Path data;

  @Option(
      names = "--only",
      paramLabel = "A,B,...",
      split = ",",
      hideParamSyntax = true,
      description = "Names of the models to compare. Default: all of them.")
  @Nullable List<String> only;

  @Option(
      names = "--runs",
      paramLabel = "DIR",
      defaultValue = "runs",
      description =
          "Folder of runs; NAME/CANDIDATE is made in it for each model, and NAME/comparison.md and"
              + " .csv, comparison-table.svg and .png, for some families a chart as comparison.svg"
              + " and .png. Default: ${DEFAULT-VALUE}.")
  Path runs;

  @Option(
      names = "--resume",
      description =
          "Go on where an earlier comparison stopped; models that are trained are not trained"
              + " again. Default: begin anew.")
  boolean resume;

  private final JsonArray warnings = new JsonArray();

  @Override
  int run(Report report) {
    SessionOptions session = session(threads, false, devices);
    ComparisonSpec spec = SpecFiles.readComparison(file, overrides);
    List<Integer> chosen = chosen(spec);
    Path folder = runs.resolve(spec.name());
    Writable.requireFolder("--runs", folder);
    List<ExperimentSpec> experiments = spec.experiments();
    requireNew(folder, spec, chosen);
    report.say(
        "comparing %d models on %s with %s: %s, folder %s",
        chosen.size(),
        Devices.describe(session),
        threads.describe(),
        data == null ? "built-in sample" : data.toString(),
        folder);
    List<ComparedModel> trained = new ArrayList<>();
    for (int i : chosen) {
      String name = spec.candidates().get(i).name();
      Path run = folder.resolve(name);
      TrainOptions options =
          new TrainOptions(data, runs, run, resume && Files.isDirectory(run), session);
      try (Experiment experiment = ModelFamilies.prepare(experiments.get(i), options)) {
        ScheduleLength.warning(experiment.specification().training(), experiment.totalSteps())
            .ifPresent(line -> warn(name + ": " + line, report));
        ComparedModel model = train(name, experiment, report);
        if (model == null) {
          return ExitCode.INTERRUPTED;
        }
        trained.add(model);
      }
    }
    List<ExperimentSpec> compared = chosen.stream().map(experiments::get).toList();
    ComparisonTable table =
        new ComparisonTable(time(trained, compared, session), figures(compared));
    tell(spec, folder, table, chart(compared, trained), report);
    return ExitCode.OK;
  }

  /** Models on unequal terms look like better and worse ones. */
  private void warn(String line, Report report) {
    report.log().println("warning: " + line);
    warnings.add(line);
  }

  /** Trains one model; null if a signal has ended the training. */
  private @Nullable ComparedModel train(String name, Experiment experiment, Report report) {
    report.log().printf("%s: %,d steps%n", name, experiment.totalSteps());
    if (experiment.continuation() != null) {
      report.log().println(experiment.continuation());
    }
    TrainingResult result =
        experiment.train(
            List.of(
                new StopPhase(lastWords()),
                report.interactive()
                    ? new ProgressBarListener(report.log())
                    : new PlainProgress(report.log())),
            stopped -> lastWords(stopped, report));
    if (StopSignal.REASON.equals(result.stopReason())) {
      return null;
    }
    lastWords().become(resumeHint());
    Evaluation best = result.best();
    ComparedModel model =
        ComparedModel.of(
            name,
            experiment,
            best == null ? Double.NaN : best.value(),
            tested -> record(experiment, result, tested));
    report.log().println(name + ": " + results(model, experiment.specification()));
    return model;
  }

  /** Keeps for reports what is known now only. */
  private void record(Experiment experiment, TrainingResult result, TestedModel tested) {
    String source =
        data == null ? experiment.sampleName() : "'" + data.toAbsolutePath().getFileName() + "'";
    new RunRecord(
            tested.run().bestStep(),
            result.step(),
            result.seconds(),
            experiment.dataSize() + " (" + source + ")",
            tested.test().metrics(),
            List.of(tested.test().words()),
            RunRecord.here(gpu() ? "GPU" : "CPU"))
        .write(tested.run().folder());
  }

  private static String results(ComparedModel model, ExperimentSpec spec) {
    List<ComparedFigure> figures = ModelFamilies.of(spec).comparedFigures();
    return figures.isEmpty()
        ? String.format(Locale.ROOT, "test error %.2f %%", 100 * model.testError())
        : figures.stream()
            .filter(figure -> model.figures().containsKey(figure.name()))
            .map(figure -> words(figure, model.figures().getOrDefault(figure.name(), Double.NaN)))
            .collect(Collectors.joining(", "));
  }

  private static String words(ComparedFigure figure, double value) {
    return (figure.title() + " " + figure.show(value) + " " + figure.unit()).strip();
  }

  /** The figures of all families, each once. */
  private static List<ComparedFigure> figures(List<ExperimentSpec> specs) {
    return specs.stream()
        .flatMap(spec -> ModelFamilies.of(spec).comparedFigures().stream())
        .distinct()
        .toList();
  }

  /** The chart of the first family that draws one. */
  private static Optional<Chart> chart(List<ExperimentSpec> specs, List<ComparedModel> models) {
    Map<String, Map<String, Double>> figures = new LinkedHashMap<>();
    models.forEach(model -> figures.put(model.name(), model.figures()));
    return specs.stream()
        .flatMap(spec -> ModelFamilies.of(spec).comparedChart(figures).stream())
        .findFirst();
  }

  private String resumeHint() {
    return "stopped, the comparison is not complete; go on with: " + resumeLine();
  }

  private String resumeLine() {
    return resume ? again() : again("--resume");
  }

  private void lastWords(StopOutcome stopped, Report report) {
    if (stopped.ending() != StopOutcome.Ending.FAILED && !lastWords().claim()) {
      return;
    }
    report.log().println(stopped.describe() + "; go on with: " + resumeLine());
    report.put("stopped", true).put("steps", stopped.step());
    report.end();
  }

  private List<Integer> chosen(ComparisonSpec spec) {
    List<String> names = spec.candidates().stream().map(CandidateSpec::name).toList();
    List<Integer> chosen = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      ModelSpec model = spec.candidates().get(i).model();
      ModelFamily family = ModelFamilies.of(model);
      if (family.comparedBy().isEmpty() && family.comparedFigures().isEmpty()) {
        throw UserError.in(file + ", candidates[" + i + "].model")
            .what("only models of images and families of networks can be compared")
            .expected("a classifier of images, or networks made from a condition")
            .received(model.kind())
            .next("train it alone and draw its runs with 'curves'")
            .build();
      }
      if (only == null || only.contains(names.get(i))) {
        chosen.add(i);
      }
    }
    for (String wanted : only == null ? List.<String>of() : only) {
      if (!names.contains(wanted)) {
        throw UserError.in("--only")
            .what("there is no such model")
            .expected("some of " + String.join(", ", names))
            .received("'" + wanted + "'")
            .build();
      }
    }
    return chosen;
  }

  /** Reports at once, not after an hour, that a later model's folder is in use. */
  private void requireNew(Path folder, ComparisonSpec spec, List<Integer> chosen) {
    for (int i : chosen) {
      Path run = folder.resolve(spec.candidates().get(i).name());
      if (!resume && Files.exists(run)) {
        throw UserError.in(run)
            .what("there is a run of this model already")
            .expected("a folder that does not exist yet")
            .next("give --resume to go on with it, or another folder with --runs")
            .build();
      }
    }
  }

  private static List<ComparisonTable.Line> time(
      List<ComparedModel> models, List<ExperimentSpec> specs, SessionOptions session) {
    double[] fastest = new double[specs.size()];
    Arrays.fill(fastest, Double.POSITIVE_INFINITY);
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < fastest.length; i++) {
        fastest[i] = Math.min(fastest[i], ComparedModel.stepMillis(specs.get(i), session));
      }
    }
    List<ComparisonTable.Line> lines = new ArrayList<>();
    for (int i = 0; i < fastest.length; i++) {
      lines.add(new ComparisonTable.Line(models.get(i), fastest[i]));
    }
    return lines;
  }

  private static void picture(
      ComparisonSpec spec, Path folder, ComparisonTable table, JsonArray files, Report report) {
    Path svg = folder.resolve("comparison-table.svg");
    Path png = folder.resolve("comparison-table.png");
    TablePicture picture = table.picture(spec.name());
    picture.writeSvg(svg);
    picture.writePng(png);
    report.say("table as a picture: %s and %s", svg, png);
    files.add(svg.toString());
    files.add(png.toString());
  }

  private void tell(
      ComparisonSpec spec,
      Path folder,
      ComparisonTable table,
      Optional<Chart> chart,
      Report report) {
    Path markdown = folder.resolve("comparison.md");
    Path csv = folder.resolve("comparison.csv");
    AtomicFiles.writeString(markdown, table.markdown());
    AtomicFiles.writeString(csv, table.csv());
    report.block(table.markdown());
    report.say(
        "training steps: the smallest of %d medians, the models timed in turn; %s and %s",
        ROUNDS, markdown, csv);
    JsonArray files = new JsonArray();
    files.add(markdown.toString());
    files.add(csv.toString());
    picture(spec, folder, table, files, report);
    chart.ifPresent(
        drawn -> {
          Path svg = folder.resolve("comparison.svg");
          Path png = folder.resolve("comparison.png");
          ChartPicture.writeSvg(svg, drawn);
          ChartPicture.writePng(png, drawn);
          report.say("chart: %s and %s", svg, png);
          files.add(svg.toString());
          files.add(png.toString());
        });
    report
        .put("name", spec.name())
        .put("data", data == null ? "built-in sample" : data.toString())
        .put("models", table.json())
        .put("files", files)
        .put("warnings", warnings)
        .put("seconds", report.seconds());
  }
}

package org.hypernet4j.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.hypernet4j.data.ImageSplits;
import org.hypernet4j.experiment.ImageExperiment;
import org.hypernet4j.experiment.ImageRun;
import org.hypernet4j.experiment.ParameterTable;
import org.hypernet4j.experiment.TrainOptions;
import org.hypernet4j.experiment.TrainedClassifier;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.train.Evaluation;
import org.hypernet4j.train.PlainProgress;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.train.StopOutcome;
import org.hypernet4j.train.StopSignal;
import org.hypernet4j.train.TrainingListener;
import org.hypernet4j.train.TrainingResult;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code train SPEC}: trains, tests, draws, exports and verifies. */
@Command(
    name = "train",
    description = {
      "Train the model of a specification, test it, and export it as a SavedModel that a fresh JVM"
          + " has verified."
    },
    footer = {
      "",
      "Examples:",
      "  ./hypernet4j train graphs/mnist-hyper.json",
      "  ./hypernet4j train graphs/mnist-hyper.json --data mnist/ --deterministic",
      "  ./hypernet4j train graphs/mnist-hyper.json --set training.seed=2 --resume"
    })
final class TrainCommand extends CliCommand {
  @Mixin SpecArgument spec;

  @Mixin ThreadOption threads;

  @Mixin ExportOptions export;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder of the data: for MNIST the four IDX files, gzipped or not. Default: the built-in"
              + " sample, with the settings of the specification's 'sample' section.")
  @Nullable Path data;

  @Option(
      names = "--runs",
      paramLabel = "DIR",
      defaultValue = "runs",
      description =
          "Folder of runs; NAME/1, NAME/2 and so on are made in it. Default: ${DEFAULT-VALUE}.")
  Path runs;

  @Option(
      names = "--run",
      paramLabel = "DIR",
      description = "Folder of this run. Default: the next free one in --runs.")
  @Nullable Path run;

  @Option(
      names = "--resume",
      description =
          "Go on with the newest run of this name, or with --run, from its last checkpoint."
              + " Default: start a new run.")
  boolean resume;

  @Option(
      names = "--deterministic",
      description =
          "Make equal runs equal to the last bit, at some cost in speed; with --resume too."
              + " Default: off.")
  boolean deterministic;

  @Option(names = "--no-export", description = "Do not export the model. Default: export it.")
  boolean noExport;

  @Override
  int run(Report report) {
    SessionOptions session = new SessionOptions(threads.threads, deterministic);
    ExperimentSpec given = spec.read();
    ModelExport exporter = new ModelExport(export);
    if (!noExport) {
      exporter.requireFolder(given);
    }
    if (run == null) {
      Writable.requireFolder("--runs", runs.resolve(given.name()));
    } else {
      Writable.requireFolder("--run", run);
    }
    TrainOptions options = new TrainOptions(data, runs, run, resume, session);
    try (ImageExperiment experiment = ImageExperiment.prepare(given, options)) {
      return train(experiment, session, exporter, report);
    }
  }

  private int train(
      ImageExperiment experiment, SessionOptions session, ModelExport exporter, Report report) {
    announce(experiment, session, report);
    TrainingListener progress =
        report.interactive()
            ? new ProgressBarListener(report.log())
            : new PlainProgress(report.log());
    TrainingResult result =
        experiment.train(List.of(progress), stopped -> lastWords(experiment, stopped, report));
    if (StopSignal.REASON.equals(result.stopReason())) {
      return ExitCode.INTERRUPTED;
    }
    finish(experiment, result, exporter, report);
    return ExitCode.OK;
  }

  private String source() {
    return data == null ? "built-in sample" : data.toString();
  }

  private void announce(ImageExperiment experiment, SessionOptions session, Report report) {
    ExperimentSpec inForce = experiment.specification();
    ImageSplits images = experiment.data();
    long steps =
        inForce
            .training()
            .totalSteps(Math.max(1, images.train().count() / inForce.training().batchSize()));
    report.say(
        "training %s on %s with %s: %,d images (%s), %,d steps of %d%s, run folder %s",
        inForce.name(),
        Devices.describe(Devices.computing(session)),
        threads.describe(),
        images.train().count(),
        source(),
        steps,
        inForce.training().batchSize(),
        experiment.startStep() > 0 ? ", going on after step " + experiment.startStep() : "",
        experiment.folder().path());
  }

  /** Called when a signal ends the training; the process ends after it. */
  private void lastWords(ImageExperiment experiment, StopOutcome stopped, Report report) {
    Path folder = experiment.folder().path();
    report
        .log()
        .println(
            stopped.describe()
                + (stopped.resumable() ? "; go on with: " + resumeLine(folder) : ""));
    if (stopped.ending() == StopOutcome.Ending.FAILED) {
      return; // its JSON object is that of the error
    }
    Long checkpoint = stopped.checkpointStep();
    report.put("stopped", true).put("steps", stopped.step()).put("runDir", folder.toString());
    report.put("checkpointStep", checkpoint == null ? Double.NaN : checkpoint);
    report.end();
  }

  private String resumeLine(Path folder) {
    if (run != null) {
      return resume ? again() : again("--resume");
    }
    return resume
        ? again("--run", folder.toString())
        : again("--run", folder.toString(), "--resume");
  }

  private void finish(
      ImageExperiment experiment, TrainingResult result, ModelExport exporter, Report report) {
    ImageRun run = experiment.finished();
    ParameterTable table = ParameterTable.of(run.specification().model());
    Map<String, Path> pictures;
    try (TrainedClassifier best = run.best()) {
      Map<String, Double> test = best.measure(experiment.data().test());
      tellResult(run, result, test, experiment.data().test().count(), report);
      report.block(ParameterTable.describe(run.specification().model()));
      pictures = best.drawKernels(run.folder().kernels());
      pictures.forEach((kernel, file) -> report.say("picture of %s in %s", kernel, file));
      if (noExport) {
        report.put("exportDir", (String) null).put("verified", (Boolean) null);
        report.put("maxAbsDifference", Double.NaN);
      } else {
        exporter.run(
            run.specification(),
            best,
            experiment.references(),
            "the trained session",
            run.provenance(test),
            report);
      }
    }
    report
        .put("name", run.specification().name())
        .put("data", source())
        .put("parameters", table.total())
        .put("trainableParameters", table.trainable())
        .put("runDir", run.folder().path().toString());
    report.say("run folder %s, %.1f s in all", run.folder().path(), report.seconds());
    report.put("seconds", report.seconds());
  }

  private static void tellResult(
      ImageRun run, TrainingResult result, Map<String, Double> test, int images, Report report) {
    double testError = test.getOrDefault("error", Double.NaN);
    Evaluation best = result.best();
    double validationError = best == null ? Double.NaN : best.value();
    report.say(
        "test error %.2f %% (%d of %,d), validation error %.2f %%, best after step %,d of %,d%s",
        100 * testError,
        Math.round(testError * images),
        images,
        100 * validationError,
        run.bestStep(),
        result.step(),
        result.stopReason() == null ? "" : " (stopped early: " + result.stopReason() + ")");
    report.say(
        "trained in %.1f s: %.1f ms a step, %.0f ms the first, %.1f %% of a step outside"
            + " TensorFlow",
        result.seconds(),
        result.clock().stepMillis(),
        result.clock().firstStepMillis(),
        result.clock().outsideRunPercent());
    report
        .put("testError", testError)
        .put("testLoss", test.getOrDefault("loss", Double.NaN))
        .put("validationError", validationError)
        .put("bestStep", run.bestStep())
        .put("steps", result.step())
        .put("stepsNow", result.stepsNow())
        .put("trainSeconds", result.seconds())
        .put("stepMillis", result.clock().stepMillis())
        .put("firstStepMillis", result.clock().firstStepMillis())
        .put("outsideRunPercent", result.clock().outsideRunPercent());
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.experiment.ModelFamilies;
import org.hypernet4j.run.Experiment;
import org.hypernet4j.run.ScheduleLength;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.ExperimentSpec;
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
      "  ./hypernet4j train graphs/mnist-hyper.json --set training.seed=2 --resume",
      "  ./hypernet4j train graphs/shakespeare-hyperlstm.json",
      "  ./hypernet4j train graphs/ptb-ln-hyperlstm.json --data ptb/",
      "  ./hypernet4j --gpu train graphs/mnist-hyper.json --devices GPU:0,GPU:1"
    })
final class TrainCommand extends CliCommand {
  @Mixin SpecArgument spec;

  @Mixin ThreadOption threads;

  @Mixin DevicesOption devices;

  @Mixin ExportOptions export;

  @Option(
      names = "--data",
      paramLabel = "PATH",
      description =
          "The data, gzipped or not: for mnist the folder of the four IDX files, for cifar10 that"
              + " of data_batch_1.bin and the others, for ptb that of the three ptb.char files, for"
              + " bytes and text a file; for drawings a .flat.npz, a .ndjson of Quick, Draw!, or a"
              + " folder of these, of .inkml files or of IAM-OnDB. Default: the built-in sample"
              + " (mnist, text, omniglot; for cifar10 coloured digits), with the settings of the"
              + " specification's 'sample' section.")
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
      names = "--resume-from",
      paramLabel = "FILE",
      description =
          "Go on with the newest run of this name, or with --run, from this checkpoint of its, for"
              + " example checkpoints/best.ckpt; later ones are set aside. Default: from the last.")
  @Nullable Path resumeFrom;

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
    SessionOptions session = session(threads, deterministic, devices);
    ExperimentSpec given = spec.read();
    ModelExport exporter = new ModelExport(export);
    if (!noExport) {
      exporter.requirePossible(given);
    }
    if (run == null) {
      Writable.requireFolder("--runs", runs.resolve(given.name()));
    } else {
      Writable.requireFolder("--run", run);
    }
    TrainOptions options = new TrainOptions(data, runs, run, resume, session, null, resumeFrom);
    try (Experiment experiment = ModelFamilies.prepare(given, options)) {
      return train(experiment, session, exporter, report);
    }
  }

  private int train(
      Experiment experiment, SessionOptions session, ModelExport exporter, Report report) {
    announce(experiment, session, report);
    TrainingListener progress =
        report.interactive()
            ? new ProgressBarListener(report.log())
            : new PlainProgress(report.log());
    TrainingResult result =
        experiment.train(
            List.of(new StopPhase(lastWords()), progress),
            stopped -> lastWords(experiment, stopped, report));
    if (StopSignal.REASON.equals(result.stopReason())) {
      return ExitCode.INTERRUPTED;
    }
    lastWords()
        .become(
            "stopped after the training, which is complete"
                + (noExport
                    ? ""
                    : "; export its model with: ./hypernet4j export "
                        + experiment.folder().path()));
    finish(experiment, result, Devices.describe(session), exporter, report);
    return ExitCode.OK;
  }

  private String source(Experiment experiment) {
    return data == null ? experiment.sampleName() : data.toString();
  }

  private void announce(Experiment experiment, SessionOptions session, Report report) {
    ExperimentSpec inForce = experiment.specification();
    report.say(
        "training %s on %s with %s: %s (%s), %,d steps of %d%s, run folder %s",
        inForce.name(),
        Devices.describe(session),
        threads.describe(),
        experiment.dataSize(),
        source(experiment),
        experiment.totalSteps(),
        inForce.training().batchSize(),
        experiment.startStep() > 0 ? ", going on after step " + experiment.startStep() : "",
        experiment.folder().path());
    experiment.notes().forEach(note -> report.say("note: %s", note));
    ScheduleLength.warning(inForce.training(), experiment.totalSteps())
        .ifPresent(line -> report.say("note: %s", line));
    if (experiment.continuation() != null) {
      report.say("%s", experiment.continuation());
    }
  }

  /** Called when a signal ends the training; the process ends after it. */
  private void lastWords(Experiment experiment, StopOutcome stopped, Report report) {
    boolean failed = stopped.ending() == StopOutcome.Ending.FAILED; // an error has more detail
    if (!failed && !lastWords().claim()) {
      return;
    }
    Path folder = experiment.folder().path();
    report
        .log()
        .println(
            stopped.describe()
                + (stopped.resumable() ? "; go on with: " + resumeLine(folder) : ""));
    if (failed) {
      return; // its JSON object is that of the error
    }
    Long checkpoint = stopped.checkpointStep();
    report.put("stopped", true).put("steps", stopped.step()).put("runDir", folder.toString());
    report.put("checkpointStep", checkpoint == null ? Double.NaN : checkpoint);
    report.end();
  }

  private String resumeLine(Path folder) {
    List<String> more = new ArrayList<>();
    if (run == null) {
      more.addAll(List.of("--run", folder.toString()));
    }
    if (!resume) {
      more.add("--resume");
    }
    // from the checkpoint that was just written, not again from the named one
    return againWithout("--resume-from", more);
  }

  private void finish(
      Experiment experiment,
      TrainingResult result,
      String device,
      ModelExport exporter,
      Report report) {
    // the name of the folder, not where it lies: a report goes to other people
    String origin =
        data == null ? experiment.sampleName() : "'" + data.toAbsolutePath().getFileName() + "'";
    new TrainOutcome(result, origin, device, noExport ? null : exporter, report).tell(experiment);
    report.put("data", source(experiment)).put("seconds", report.seconds());
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import com.google.gson.Gson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.hypernet4j.benchmark.StepBenchmark;
import org.hypernet4j.benchmark.StepPlacement;
import org.hypernet4j.benchmark.StepTrace;
import org.hypernet4j.device.internal.ShownGpus;
import org.hypernet4j.error.UserError;
import org.hypernet4j.experiment.ModelFamilies;
import org.hypernet4j.language.TextModel;
import org.hypernet4j.run.StepSize;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.strokes.SamplingTimes;
import org.hypernet4j.strokes.StrokesModel;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.zoo.StrokeSampleLoop;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.StepStats;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code bench SPEC}: measures the time of a training step and of a prediction, and the growth of
 * memory.
 */
@Command(
    name = "bench",
    description =
        "Time training steps and single predictions of a specification on the built-in sample, or"
            + " on pseudo-random ids where no text is built in, and watch the resident memory"
            + " meanwhile.",
    footer = {
      "",
      "Examples:",
      "  ./hypernet4j bench graphs/mnist-hyper.json",
      "  ./hypernet4j bench export/models/shakespeare-hyperlstm/1 --predictions 2000",
      "  ./hypernet4j bench graphs/mnist-hyper.json --set training.batchSize=100 \\",
      "      --steps 2000 --predictions 10000",
      "  ./hypernet4j --gpu bench graphs/cifar10-wrn-40-2-hyper.json --placement",
      "  ./hypernet4j --gpu bench graphs/bench-hyperlstm-p.json --trace step.json.gz",
      "  ./hypernet4j bench graphs/bench-hyperlstm-s.json --json"
    })
final class BenchCommand extends CliCommand {
  private static final int LISTED = 8;
  private static final int DRAWINGS = 64;
  private static final int POINTS = 130;
  private static final int ROUNDS = 7;

  /** Options that would change nothing for a run or an exported model. */
  private static final List<String> OF_TRAINING =
      List.of(
          "--trace",
          "--placement",
          "--set",
          "--steps",
          "--threads",
          "--devices",
          "--no-soft-placement");

  @Mixin SpecArgument spec;

  @Mixin ThreadOption threads;

  @Mixin DevicesOption devices;

  @Mixin TrustOption trust;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "40",
      description = "Training steps. Default: ${DEFAULT-VALUE}.")
  int steps;

  @Option(
      names = "--predictions",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Predictions, each of one image or symbol, after the training; of a model of pen strokes"
              + " the points of each of 64 drawings. Default: ${DEFAULT-VALUE}, for a run or an"
              + " exported model 1000 symbols or 130 points.")
  int predictions;

  @Option(
      names = "--placement",
      description = "Trace one more step and list what ran on which device. Default: time only.")
  boolean placement;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description =
          "Trace one more step and write when each op ran to this .json or .json.gz, for"
              + " ui.perfetto.dev or chrome://tracing. Default: time only.")
  @Nullable Path trace;

  @Override
  int run(Report report) {
    require("--steps", steps, 2);
    require("--predictions", predictions, 0);
    if (Files.isDirectory(spec.file)) {
      requireNoneOfTraining();
      return single(report);
    }
    if (trace != null) {
      Writable.requireFile(
          "--trace", trace, trace.toString().endsWith(".gz") ? ".json.gz" : ".json");
    }
    ExperimentSpec experiment = spec.read();
    SessionOptions session = session(threads, false, devices);
    String where = Devices.describe(session);
    StepSize step = ModelFamilies.of(experiment).stepSize(experiment);
    StepBenchmark result =
        StepBenchmark.run(experiment, steps, predictions, placement || trace != null, session);
    report.say(
        "%s, %s: training step of %s: median %.1f ms, fastest %.1f ms, %.1f %% outside TensorFlow",
        where,
        result.data(),
        step.describe(),
        result.medianStepMillis(),
        result.minStepMillis(),
        result.outsideRunPercent());
    report.say("graph and first step: %.2f s", result.firstSeconds());
    if (predictions > 0) {
      report.say("single prediction: median %.0f microseconds", result.medianPredictionMicros());
    }
    report.say(
        "resident memory: %.0f MiB after %d steps, %+.1f MiB by the end, peak %.0f MiB",
        result.residentMib(), Math.max(1, steps / 10), result.growthMib(), result.peakMib());
    result.trace().ifPresent(traced -> tell(traced, report));
    report
        .put("name", experiment.name())
        .put("device", where)
        .put("batchSize", experiment.training().batchSize())
        .put("steps", steps)
        .put("predictions", predictions)
        .put("firstSeconds", result.firstSeconds())
        .put("medianStepMillis", result.medianStepMillis())
        .put("minStepMillis", result.minStepMillis())
        .put("outsideRunPercent", result.outsideRunPercent())
        .put("medianPredictionMicros", result.medianPredictionMicros())
        .put("residentMib", result.residentMib())
        .put("growthMib", result.growthMib())
        .put("peakMib", result.peakMib())
        .put("data", result.data());
    if (step.sequenceLength() != null) {
      report.put("sequenceLength", step.sequenceLength());
    }
    return ExitCode.OK;
  }

  private void tell(StepStats step, Report report) {
    if (placement) {
      List<StepPlacement> devices = StepPlacement.of(step);
      devices.forEach(device -> report.say("%s", describe(device)));
      report.put("placement", new Gson().toJsonTree(devices));
    }
    if (trace != null) {
      StepTrace.write(step, trace);
      report.say("trace of one step: %s (open it with ui.perfetto.dev)", trace);
      report.put("trace", trace.toString());
    }
  }

  private void requireNoneOfTraining() {
    for (String option : OF_TRAINING) {
      if (commandSpec.commandLine().getParseResult().hasMatchedOption(option)) {
        throw UserError.in(option)
            .what("is for training steps, which need a specification")
            .expected("the file of a specification")
            .received("the folder of a run or an exported model, " + spec.file)
            .next("leave out " + option + ", or give the specification")
            .build();
      }
    }
  }

  /** A run or an exported model in the place of a specification. */
  private int single(Report report) {
    quietTensorFlow(ShownGpus.configuration());
    if (StrokesModel.isIn(spec.file)) {
      return drawings(report);
    }
    int count = predictions == 0 ? 1000 : predictions;
    try (TextModel model = TextModel.open(spec.file, trust.read())) {
      long[] nanos = model.timeSteps(count);
      Arrays.sort(nanos);
      double median = nanos[count / 2] / 1e3;
      double least = nanos[0] / 1e3;
      report.say(
          "one symbol of one stream, state fed back: median %.0f microseconds, fastest %.0f",
          median, least);
      report
          .put("model", spec.file.toString())
          .put("predictions", count)
          .put("medianPredictionMicros", median)
          .put("minPredictionMicros", least);
    }
    return ExitCode.OK;
  }

  /** A model of strokes: all points of many drawings in one call, and point by point. */
  private int drawings(Report report) {
    int points = predictions == 0 ? POINTS : predictions;
    if (points > StrokeSampleLoop.MOST) {
      throw UserError.in("--predictions")
          .what("a drawing cannot have that many points")
          .expected("1 to " + StrokeSampleLoop.MOST)
          .received(points)
          .build();
    }
    try (StrokesModel model = StrokesModel.open(spec.file, trust.read())) {
      SamplingTimes times = SamplingTimes.of(model, DRAWINGS, points, ROUNDS);
      report.say(
          "%d drawings of %d points: 'sample' %.1f ms, %d calls of 'step' %.1f ms, %.2f of that",
          times.drawings(),
          times.points(),
          times.sampleMillis(),
          times.points(),
          times.stepsMillis(),
          times.sampleMillis() / times.stepsMillis());
      report
          .put("model", spec.file.toString())
          .put("drawings", times.drawings())
          .put("points", times.points())
          .put("sampleMillis", times.sampleMillis())
          .put("stepsMillis", times.stepsMillis());
    }
    return ExitCode.OK;
  }

  private static String describe(StepPlacement on) {
    String longest =
        on.kinds().stream()
            .limit(LISTED)
            .map(kind -> "%s %.1f (%,d)".formatted(kind.type(), kind.millis(), kind.ops()))
            .collect(Collectors.joining(", "));
    return "one step on %s: %,d ops, %.1f ms: %s%s"
        .formatted(
            on.device(),
            on.ops(),
            on.millis(),
            longest,
            on.kinds().size() > LISTED ? " and others" : "");
  }

  private static void require(String option, int value, int least) {
    if (value < least || value > 10_000_000) {
      throw UserError.in(option)
          .what("not a sensible number")
          .expected(least + " to 10,000,000")
          .received(value)
          .build();
    }
  }
}

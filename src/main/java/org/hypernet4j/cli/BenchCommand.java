package org.hypernet4j.cli;

import org.hypernet4j.error.UserError;
import org.hypernet4j.experiment.StepBenchmark;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.train.SessionOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench SPEC}: how long a training step and a prediction take, and whether memory grows. */
@Command(
    name = "bench",
    description =
        "Time training steps and single predictions of a specification on the built-in sample, and"
            + " watch the resident memory meanwhile.",
    footer = {
      "",
      "Examples:",
      "  ./hypernet4j bench graphs/mnist-hyper.json",
      "  ./hypernet4j bench graphs/mnist-hyper.json --set training.batchSize=100 \\",
      "      --steps 2000 --predictions 10000"
    })
final class BenchCommand extends CliCommand {
  @Mixin SpecArgument spec;

  @Mixin ThreadOption threads;

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
      description = "Predictions of one image each, after the training. Default: ${DEFAULT-VALUE}.")
  int predictions;

  @Override
  int run(Report report) {
    require("--steps", steps, 2);
    require("--predictions", predictions, 0);
    ExperimentSpec experiment = spec.read();
    StepBenchmark result =
        StepBenchmark.run(
            experiment, steps, predictions, new SessionOptions(threads.threads, false));
    report.say(
        "training step of %d examples: median %.1f ms, fastest %.1f ms, %.1f %% outside TensorFlow",
        experiment.training().batchSize(),
        result.medianStepMillis(),
        result.minStepMillis(),
        result.outsideRunPercent());
    report.say("graph and first step: %.2f s", result.firstSeconds());
    if (predictions > 0) {
      report.say(
          "prediction of one image: median %.0f microseconds", result.medianPredictionMicros());
    }
    report.say(
        "resident memory: %.0f MiB after %d steps, %+.1f MiB by the end",
        result.residentMib(), Math.max(1, steps / 10), result.growthMib());
    report
        .put("name", experiment.name())
        .put("batchSize", experiment.training().batchSize())
        .put("steps", steps)
        .put("predictions", predictions)
        .put("firstSeconds", result.firstSeconds())
        .put("medianStepMillis", result.medianStepMillis())
        .put("minStepMillis", result.minStepMillis())
        .put("outsideRunPercent", result.outsideRunPercent())
        .put("medianPredictionMicros", result.medianPredictionMicros())
        .put("residentMib", result.residentMib())
        .put("growthMib", result.growthMib());
    return ExitCode.OK;
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

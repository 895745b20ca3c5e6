// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hypernet4j.build.SpecOptimizers;
import org.hypernet4j.experiment.ModelFamilies;
import org.hypernet4j.optim.LearningRateSchedule;
import org.hypernet4j.run.BenchmarkSubject;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.TrainingSpec;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.train.StepResult;
import org.hypernet4j.train.Trainer;
import org.hypernet4j.train.TrainingGraph;
import org.hypernet4j.train.TrainingListener;
import org.hypernet4j.train.TrainingResult;
import org.hypernet4j.train.TrainingState;
import org.tensorflow.proto.StepStats;

/**
 * Times training steps and predictions of a specification on the built-in sample, or, where no text
 * is built in, on pseudo-random ids, and watches the resident memory meanwhile.
 *
 * @param data human-readable name of the data
 * @param firstSeconds time from an empty graph to the end of the first step
 * @param medianStepMillis median time of the steps after the first, data included
 * @param minStepMillis time of the fastest of them
 * @param outsideRunPercent share of the loop's time outside {@code Session.run}, after the warm-up
 * @param medianPredictionMicros median time of single predictions, 0 if none were made
 * @param residentMib resident memory after the warm-up, in MiB; 0 where it cannot be read
 * @param growthMib growth of the resident memory by the end, in MiB
 * @param peakMib the largest resident memory, in MiB; 0 where it cannot be read
 * @param trace the placement of the ops of one more step; empty if none was traced
 */
public record StepBenchmark(
    String data,
    double firstSeconds,
    double medianStepMillis,
    double minStepMillis,
    double outsideRunPercent,
    double medianPredictionMicros,
    double residentMib,
    double growthMib,
    double peakMib,
    Optional<StepStats> trace) {
  private static final Path STATUS = Path.of("/proc/self/status");

  /**
   * Runs the benchmark.
   *
   * @param spec its batch size is used; its number of steps is not
   * @param steps training steps; memory is first read after a tenth of them
   * @param predictions single predictions after the training
   * @param traced whether one more step is traced
   */
  public static StepBenchmark run(
      ExperimentSpec spec, int steps, int predictions, boolean traced, SessionOptions options) {
    return time(ModelFamilies.of(spec).benchmark(spec), spec, steps, predictions, traced, options);
  }

  private static <B> StepBenchmark time(
      BenchmarkSubject<B> subject,
      ExperimentSpec spec,
      int steps,
      int predictions,
      boolean traced,
      SessionOptions options) {
    TrainingSpec training = spec.training();
    options.requireDivides(training.batchSize());
    long start = System.nanoTime();
    try (TrainingGraph<B> graph =
        new TrainingGraph<>(
            subject.task(),
            training.seed(),
            SpecOptimizers.optimizer(training),
            options,
            SpecOptimizers.steps(spec, options),
            training.freeze())) {
      Watch watch = new Watch(start);
      LearningRateSchedule schedule = SpecOptimizers.schedule(training);
      int warmUp = Math.max(1, steps / 10);
      Trainer<B> first = new Trainer<>(graph, new Trainer.Settings(warmUp, warmUp, schedule, 4));
      first.fit(List.of(watch));
      // between two trainings, because a garbage collection is not part of a step
      double residentMib = readMib("VmRSS:");
      Trainer.Settings all = new Trainer.Settings(steps, steps, schedule, 4);
      TrainingResult result =
          Trainer.resume(graph, all, warmUp, first.state().toJson()).fit(List.of(watch));
      List<Long> predicted = new ArrayList<>();
      for (int i = 0; i < predictions; i++) {
        long before = System.nanoTime();
        subject.predict().accept(graph, i);
        predicted.add(System.nanoTime() - before);
      }
      double grownMib = readMib("VmRSS:") - residentMib;
      double peakMib = readMib("VmHWM:");
      return new StepBenchmark(
          subject.data(),
          watch.firstNanos / 1e9,
          median(watch.stepNanos) / 1e6,
          watch.stepNanos.stream().mapToLong(Long::longValue).min().orElse(0) / 1e6,
          result.clock().outsideCallPercent(),
          median(predicted) / 1e3,
          residentMib,
          grownMib,
          peakMib,
          traced
              ? Optional.of(graph.trace(subject.task().batch(steps), steps, schedule))
              : Optional.empty());
    }
  }

  private static final class Watch implements TrainingListener {
    private final long start;
    private final List<Long> stepNanos = new ArrayList<>();
    private long firstNanos;

    Watch(long start) {
      this.start = start;
    }

    @Override
    public void onStep(TrainingState run, StepResult step) {
      if (step.step() == 1) {
        firstNanos = System.nanoTime() - start;
      } else {
        stepNanos.add(step.stepNanos());
      }
    }
  }

  private static double median(List<Long> values) {
    return values.isEmpty()
        ? 0
        : values.stream().mapToLong(Long::longValue).sorted().toArray()[values.size() / 2];
  }

  /**
   * A figure of this process's memory after a garbage collection; 0 where the system does not
   * report it.
   */
  private static double readMib(String key) {
    System.gc();
    try {
      for (String line : Files.readAllLines(STATUS, StandardCharsets.UTF_8)) {
        if (line.startsWith(key)) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
        }
      }
    } catch (IOException e) {
      return 0; // not Linux: the other figures still stand
    }
    return 0;
  }
}

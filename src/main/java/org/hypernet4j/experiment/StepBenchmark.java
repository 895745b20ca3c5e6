package org.hypernet4j.experiment;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.data.ImageBatch;
import org.hypernet4j.data.ImageSplits;
import org.hypernet4j.optim.LearningRateSchedule;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.TrainingSpec;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.train.StepResult;
import org.hypernet4j.train.Trainer;
import org.hypernet4j.train.TrainingGraph;
import org.hypernet4j.train.TrainingListener;
import org.hypernet4j.train.TrainingResult;
import org.hypernet4j.train.TrainingRun;

/**
 * Times training steps and predictions of a specification on the built-in sample, and watches the
 * resident memory meanwhile.
 *
 * @param firstSeconds from an empty graph to the end of the first step
 * @param medianStepMillis of the steps after the first, data included
 * @param minStepMillis the fastest of them
 * @param outsideRunPercent share of the loop's time outside {@code Session.run}, after the warm-up
 * @param medianPredictionMicros of single predictions, 0 if none were asked for
 * @param residentMib resident memory after the warm-up, in MiB; 0 where it cannot be read
 * @param growthMib what was added to it by the end
 */
public record StepBenchmark(
    double firstSeconds,
    double medianStepMillis,
    double minStepMillis,
    double outsideRunPercent,
    double medianPredictionMicros,
    double residentMib,
    double growthMib) {
  private static final Path STATUS = Path.of("/proc/self/status");

  /**
   * Runs.
   *
   * @param spec its batch size is used; its number of steps is not
   * @param steps training steps; memory is first read after a tenth of them
   * @param predictions single predictions after the training
   */
  public static StepBenchmark run(
      ExperimentSpec spec, int steps, int predictions, SessionOptions options) {
    TrainingSpec training = spec.training();
    ImageSplits data = ImageDatasets.load(spec.forSample().data(), null);
    ImageClassificationTask task = new ImageClassificationTask(spec, data);
    long start = System.nanoTime();
    try (TrainingGraph<ImageBatch> graph =
        new TrainingGraph<>(task, training.seed(), SpecOptimizers.optimizer(training), options)) {
      Watch watch = new Watch(start);
      LearningRateSchedule schedule = SpecOptimizers.schedule(training);
      int warmUp = Math.max(1, steps / 10);
      Trainer<ImageBatch> first =
          new Trainer<>(graph, new Trainer.Settings(warmUp, warmUp, schedule, 4));
      first.fit(List.of(watch));
      // between two trainings: the collection of garbage is no part of a step
      double residentMib = readResidentMib();
      Trainer.Settings all = new Trainer.Settings(steps, steps, schedule, 4);
      TrainingResult result =
          Trainer.resume(graph, all, warmUp, first.run().state()).fit(List.of(watch));
      List<Long> predicted = new ArrayList<>();
      ImageEvaluator one = new ImageEvaluator(task.outputs(), 1);
      for (int i = 0; i < predictions; i++) {
        int image = i % data.test().count();
        long before = System.nanoTime();
        one.measure(graph.session(), data.test().slice(image, image + 1));
        predicted.add(System.nanoTime() - before);
      }
      return new StepBenchmark(
          watch.firstNanos / 1e9,
          median(watch.stepNanos) / 1e6,
          watch.stepNanos.stream().mapToLong(Long::longValue).min().orElse(0) / 1e6,
          result.clock().outsideRunPercent(),
          median(predicted) / 1e3,
          residentMib,
          readResidentMib() - residentMib);
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
    public void onStep(TrainingRun run, StepResult step) {
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
   * Resident memory of this process after a garbage collection; 0 where the system does not say.
   */
  private static double readResidentMib() {
    System.gc();
    try {
      for (String line : Files.readAllLines(STATUS, StandardCharsets.UTF_8)) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
        }
      }
    } catch (IOException e) {
      return 0; // not Linux: the other figures still stand
    }
    return 0;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.checkpoint.CheckpointFolder;
import org.hypernet4j.checkpoint.ParameterCheckpoint;
import org.hypernet4j.device.ComputeDevices;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.LineTask;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.optim.Adam;
import org.hypernet4j.optim.GradientClip;
import org.hypernet4j.optim.LearningRateSchedule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Session;

/** Where runs of several steps end, and what may be seen at which step. */
class RunsOfStepsTest {
  private static final LearningRateSchedule RATE = LearningRateSchedule.exponential(0.1, 0.9, 0.01);

  @TempDir Path folder;

  private static TrainingGraph<float[]> graph(LineTask task, int stepsPerRun) {
    return new TrainingGraph<>(
        task,
        5L,
        (store, rate) -> new Adam(store, rate, GradientClip.none()),
        new SessionOptions(1, true),
        new StepOptions(stepsPerRun, false));
  }

  private static Trainer.Settings settings(long steps) {
    return new Trainer.Settings(steps, 5, RATE, 2);
  }

  /** Reads the parameters wherever the session is at the step that is told. */
  private static final class Watch implements TrainingListener {
    final List<Long> heard = new ArrayList<>();
    final Map<Long, float[]> seen = new LinkedHashMap<>();

    @Override
    public void onStep(TrainingState run, StepResult step) {
      heard.add(step.step());
      assertThat(run.step()).isEqualTo(step.step());
      if (step.settled()) {
        seen.put(
            step.step(),
            new float[] {
              ParameterValues.read(run.session(), run.store().get("line/slope"))[0],
              ParameterValues.read(run.session(), run.store().get("line/offset"))[0]
            });
      }
    }

    void requireAgree(Watch singly) {
      seen.forEach(
          (step, values) ->
              assertThat(values)
                  .as("parameters of step " + step)
                  .containsExactly(Objects.requireNonNull(singly.seen.get(step)), within(1e-6f)));
    }
  }

  private CheckpointListener everyFourSteps(CheckpointFolder checkpoints) {
    return new CheckpointListener(
        checkpoints,
        run ->
            ParameterCheckpoint.capture(
                run.session(), run.store(), run.step(), "{}", "data", new JsonObject()),
        4,
        null);
  }

  private static Watch singly(int steps) {
    Watch watch = new Watch();
    try (TrainingGraph<float[]> graph = graph(new LineTask(), 1)) {
      new Trainer<>(graph, settings(steps)).fit(List.of(watch));
    }
    assertThat(watch.seen).hasSize(steps);
    return watch;
  }

  @Test
  void runsEndWhereAnEvaluationOrACheckpointIsDue() {
    CheckpointFolder checkpoints = new CheckpointFolder(folder, 20);
    Watch watch = new Watch();
    try (TrainingGraph<float[]> graph = graph(new LineTask(), 10)) {
      TrainingResult result =
          new Trainer<>(graph, settings(18)).fit(List.of(watch, everyFourSteps(checkpoints)));
      assertThat(result.step()).isEqualTo(18);
      assertThat(result.clock().stepMillis()).isPositive();
    }
    assertThat(watch.heard).hasSize(18).isSorted().doesNotHaveDuplicates();
    assertThat(watch.seen.keySet()).containsExactly(4L, 5L, 8L, 10L, 12L, 15L, 16L, 18L);
    watch.requireAgree(singly(18));
    assertThat(checkpoints.latest().orElseThrow().step()).isEqualTo(18);
  }

  @Test
  void aStopWaitsForTheRunAndTheRestGoesOnFromThere() {
    CheckpointFolder checkpoints = new CheckpointFolder(folder, 2);
    Watch first = new Watch();
    TrainingListener stop =
        new TrainingListener() {
          @Override
          public void onStep(TrainingState run, StepResult step) {
            if (step.step() == 6) {
              run.requestStop(StopSignal.REASON);
            }
          }
        };
    try (TrainingGraph<float[]> graph = graph(new LineTask(), 10)) {
      TrainingResult result =
          new Trainer<>(graph, settings(18)).fit(List.of(first, stop, everyFourSteps(checkpoints)));
      assertThat(result.step()).isEqualTo(8);
      assertThat(result.stopReason()).isEqualTo(StopSignal.REASON);
    }
    Checkpoint checkpoint = checkpoints.latest().orElseThrow();
    assertThat(checkpoint.step()).isEqualTo(8);

    Watch second = new Watch();
    try (TrainingGraph<float[]> graph = graph(new LineTask(), 10)) {
      ParameterCheckpoint.restore(graph.session(), graph.store(), checkpoint);
      JsonObject state = new Trainer<>(graph, settings(18)).state().toJson();
      Trainer.resume(graph, settings(18), 8, state).fit(List.of(second));
    }
    Watch whole = singly(18);
    first.requireAgree(whole);
    second.requireAgree(whole);
    assertThat(second.heard).startsWith(9L).endsWith(18L).hasSize(10);
  }

  /** The steps of a run are looked at one by one; what was good is still on the disk. */
  @Test
  void aStepThatDivergesInsideOfARunIsNamed() {
    CheckpointFolder checkpoints = new CheckpointFolder(folder, 2);
    try (TrainingGraph<float[]> graph = graph(new LineTask(6), 10)) {
      Trainer<float[]> trainer = new Trainer<>(graph, settings(18));
      assertThatExceptionOfType(UserError.class)
          .isThrownBy(
              () ->
                  trainer.fit(
                      List.of(
                          new DivergenceGuard(() -> "that of step 5"),
                          everyFourSteps(checkpoints))))
          .withMessageContaining("training step 7: the training diverged");
    }
    assertThat(checkpoints.latest().orElseThrow().step()).isEqualTo(5);
  }

  /** A line whose loss is a metric too, under two names. */
  private static TrainingTask<float[]> lossIsMetric(LineTask line) {
    return new TrainingTask<>() {
      @Override
      public BuiltTask<float[]> build(ParameterStore store, StepInputs inputs) {
        BuiltTask<float[]> built = line.build(store, inputs);
        TrainingOps ops =
            new TrainingOps(
                built.ops().loss(),
                Map.of("mse", built.ops().loss(), "again", built.ops().loss()),
                List.of());
        return new BuiltTask<>() {
          @Override
          public TrainingOps ops() {
            return ops;
          }

          @Override
          public void feed(float[] batch, long step, Feeds feeds) {
            built.feed(batch, step, feeds);
          }

          @Override
          public Evaluation evaluate(Session session, long step) {
            return new Evaluation(step, Map.of("none", 0.0), "none");
          }
        };
      }

      @Override
      public long stepsPerEpoch() {
        return line.stepsPerEpoch();
      }

      @Override
      public float[] batch(long step) {
        return line.batch(step);
      }

      @Override
      public int examples(float[] batch) {
        return line.examples(batch);
      }
    };
  }

  /** TensorFlow Java said "Name collision ... 'Mean:0'" of a tensor that is fetched twice. */
  @Test
  void theLossMayBeAMetricHoweverStepsAreCalled() {
    SessionOptions two =
        new SessionOptions(1, true, false, ComputeDevices.parse(List.of("CPU:0", "CPU:1"), false));
    for (SessionOptions session : List.of(new SessionOptions(1, true), two)) {
      for (int stepsPerCall : new int[] {1, 3}) {
        List<StepResult> heard = new ArrayList<>();
        TrainingListener recorder =
            new TrainingListener() {
              @Override
              public void onStep(TrainingState run, StepResult step) {
                heard.add(step);
              }
            };
        try (TrainingGraph<float[]> graph =
            new TrainingGraph<>(
                lossIsMetric(new LineTask()),
                5L,
                (store, rate) -> new Adam(store, rate, GradientClip.none()),
                session,
                new StepOptions(stepsPerCall, false))) {
          new Trainer<>(graph, settings(3)).fit(List.of(recorder));
        }
        assertThat(heard).hasSize(3);
        assertThat(heard.get(0).loss()).isBetween(0.1f, 10f);
        assertThat(heard)
            .allSatisfy(
                step ->
                    assertThat(step.metrics())
                        .containsOnly(
                            Map.entry("mse", step.loss()), Map.entry("again", step.loss())));
      }
    }
  }
}

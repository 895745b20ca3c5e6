// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.checkpoint.CheckpointFolder;
import org.hypernet4j.checkpoint.ParameterCheckpoint;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.LineTask;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.NextValue;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.graph.Role;
import org.hypernet4j.optim.Adam;
import org.hypernet4j.optim.GradientClip;
import org.hypernet4j.optim.LearningRateSchedule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class TrainerTest {
  private static final LearningRateSchedule RATE = LearningRateSchedule.constant(0.1);

  @TempDir Path folder;

  private static TrainingGraph<float[]> graph(LineTask task) {
    return new TrainingGraph<>(
        task,
        5L,
        (store, rate) -> new Adam(store, rate, GradientClip.none()),
        new SessionOptions(1, true));
  }

  private static Trainer.Settings settings(long steps, long evaluateEvery) {
    return new Trainer.Settings(steps, evaluateEvery, RATE, 2);
  }

  /** Remembers what it is told, in order. */
  private static final class Recorder implements TrainingListener {
    final List<String> calls = new ArrayList<>();
    final List<Float> losses = new ArrayList<>();

    @Override
    public void onStart(TrainingState run) {
      calls.add("start " + run.step());
    }

    @Override
    public void onStep(TrainingState run, StepResult step) {
      calls.add("step " + step.step());
      losses.add(step.loss());
    }

    @Override
    public void onEvaluation(TrainingState run, Evaluation evaluation) {
      calls.add("evaluation " + evaluation.step() + (run.isBest() ? " best" : ""));
    }

    @Override
    public void onEnd(TrainingState run) {
      calls.add("end");
    }
  }

  @Test
  void findsTheLine() {
    try (TrainingGraph<float[]> graph = graph(new LineTask())) {
      TrainingResult result = new Trainer<>(graph, settings(300, 100)).fit(List.of());
      // the task is y = 3 x - 1 without noise, so least squares has exactly this solution
      assertThat(ParameterValues.read(graph.session(), graph.store().get("line/slope"))[0])
          .isCloseTo(3f, within(1e-3f));
      assertThat(ParameterValues.read(graph.session(), graph.store().get("line/offset"))[0])
          .isCloseTo(-1f, within(1e-3f));
      assertThat(result.step()).isEqualTo(300);
      assertThat(result.stopReason()).isNull();
      assertThat(result.clock().examplesPerSecond()).isPositive();
      assertThat(result.clock().outsideCallPercent()).isBetween(0.0, 100.0);
    }
  }

  @Test
  void callsListenersInOrder() {
    Recorder recorder = new Recorder();
    try (TrainingGraph<float[]> graph = graph(new LineTask())) {
      new Trainer<>(graph, settings(5, 2)).fit(List.of(recorder));
    }
    assertThat(recorder.calls)
        .containsExactly(
            "start 0",
            "step 1",
            "step 2",
            "evaluation 2 best",
            "step 3",
            "step 4",
            "evaluation 4 best",
            "step 5",
            "evaluation 5 best",
            "end");
  }

  @Test
  void resumesToTheLastBit() {
    Recorder whole = new Recorder();
    try (TrainingGraph<float[]> graph = graph(new LineTask())) {
      new Trainer<>(graph, settings(40, 10)).fit(List.of(whole));
    }
    CheckpointFolder checkpoints = new CheckpointFolder(folder, 2);
    Recorder first = new Recorder();
    try (TrainingGraph<float[]> graph = graph(new LineTask())) {
      TrainingListener stop =
          new TrainingListener() {
            @Override
            public void onStep(TrainingState run, StepResult step) {
              if (step.step() == 23) {
                run.requestStop("enough");
              }
            }
          };
      TrainingResult result =
          new Trainer<>(graph, settings(40, 10))
              .fit(List.of(first, stop, checkpointing(checkpoints)));
      assertThat(result.stopReason()).isEqualTo("enough");
      assertThat(result.step()).isEqualTo(23);
    }
    Recorder second = new Recorder();
    try (TrainingGraph<float[]> graph = graph(new LineTask())) {
      Checkpoint checkpoint = checkpoints.latest().orElseThrow();
      ParameterCheckpoint.restore(graph.session(), graph.store(), checkpoint);
      Trainer<float[]> trainer =
          Trainer.resume(graph, settings(40, 10), checkpoint.step(), checkpoint.state());
      assertThat(trainer.state().best()).isNotNull();
      trainer.fit(List.of(second));
    }
    List<Float> joined = new ArrayList<>(first.losses);
    joined.addAll(second.losses);
    assertThat(joined).isEqualTo(whole.losses);
    assertThat(second.calls).startsWith("start 23").endsWith("end");
  }

  @Test
  void makesUpForAnEvaluationThatAKillPrevented() {
    CheckpointFolder checkpoints = new CheckpointFolder(folder, 2);
    TrainingListener killer =
        new TrainingListener() {
          @Override
          public void onStep(TrainingState run, StepResult step) {
            if (step.step() == 10) {
              checkpoints.save(capture(run));
            }
          }

          @Override
          public void onEvaluation(TrainingState run, Evaluation evaluation) {
            throw new IllegalStateException("killed");
          }
        };
    try (TrainingGraph<float[]> graph = graph(new LineTask())) {
      Trainer<float[]> trainer = new Trainer<>(graph, settings(20, 10));
      // the checkpoint of step 10 is written, the evaluation of step 10 is not
      assertThatThrownBy(() -> trainer.fit(List.of(killer))).hasMessage("killed");
    }
    Recorder recorder = new Recorder();
    try (TrainingGraph<float[]> graph = graph(new LineTask())) {
      Checkpoint checkpoint = checkpoints.latest().orElseThrow();
      assertThat(checkpoint.step()).isEqualTo(10);
      ParameterCheckpoint.restore(graph.session(), graph.store(), checkpoint);
      Trainer.resume(graph, settings(20, 10), 10, checkpoint.state()).fit(List.of(recorder));
    }
    assertThat(recorder.calls).startsWith("start 10", "evaluation 10 best", "step 11");
  }

  private static Checkpoint capture(TrainingState run) {
    return ParameterCheckpoint.capture(
        run.session(), run.store(), run.step(), "{}", "data", run.toJson());
  }

  private static CheckpointListener checkpointing(CheckpointFolder checkpoints) {
    return new CheckpointListener(checkpoints, TrainerTest::capture, null, null);
  }

  @Test
  void stopsWhenTheLossIsNotANumberAndKeepsTheGoodCheckpoint() {
    CheckpointFolder checkpoints = new CheckpointFolder(folder, 2);
    Recorder recorder = new Recorder();
    try (TrainingGraph<float[]> graph = graph(new LineTask(13))) {
      Trainer<float[]> trainer = new Trainer<>(graph, settings(40, 10));
      assertThatThrownBy(
              () ->
                  trainer.fit(
                      List.of(
                          new DivergenceGuard(() -> "step 10"),
                          checkpointing(checkpoints),
                          recorder)))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "training step 14: the training diverged; expected a finite loss and gradient,"
                  + " received loss NaN. Lower the learning rate or clip the gradient; the last"
                  + " good checkpoint is step 10.");
    }
    assertThat(recorder.calls).endsWith("step 13", "end");
    assertThat(checkpoints.latest().orElseThrow().step()).isEqualTo(10);
  }

  @Test
  void stopsEarlyWhenNothingGetsBetter() {
    Recorder recorder = new Recorder();
    TrainingListener rising =
        new TrainingListener() {
          @Override
          public void onStep(TrainingState run, StepResult step) {
            if (step.step() == 4) { // spoil the parameters for good: the rate is zero from here on
              ParameterValues.assign(
                  run.session(), run.store(), java.util.Map.of("line/slope", new float[] {100f}));
            }
          }
        };
    LearningRateSchedule schedule = step -> step < 4 ? 0.1 : 0;
    try (TrainingGraph<float[]> graph = graph(new LineTask())) {
      TrainingResult result =
          new Trainer<>(graph, new Trainer.Settings(100, 2, schedule, 2))
              .fit(List.of(rising, new EarlyStopping(3), recorder));
      assertThat(result.stopReason()).isEqualTo("no better for 3 evaluations");
      // best at step 2, then 4, 6 and 8 are worse
      assertThat(result.step()).isEqualTo(8);
      assertThat(result.best()).isNotNull().extracting(Evaluation::step).isEqualTo(2L);
    }
  }

  @Test
  void writesMetricsAndForgetsLinesBeyondTheResumedStep() throws IOException {
    Path file = folder.resolve("metrics.jsonl");
    try (TrainingGraph<float[]> graph = graph(new LineTask())) {
      new Trainer<>(graph, settings(20, 10)).fit(List.of(new MetricsFile(file, 5)));
    }
    List<String> before = Files.readAllLines(file);
    assertThat(before).hasSize(4 + 2);
    JsonObject first = JsonParser.parseString(before.get(0)).getAsJsonObject();
    assertThat(first.get("kind").getAsString()).isEqualTo("train");
    assertThat(first.get("step").getAsLong()).isEqualTo(5);
    assertThat(first.keySet())
        .contains("loss", "worst", "gradientNorm", "learningRate", "stepMillis");

    // a run killed at step 20 whose last checkpoint is of step 10, its last line cut short
    Files.writeString(file, String.join("\n", before) + "\n{\"kind\":\"tra");
    try (TrainingGraph<float[]> graph = graph(new LineTask())) {
      JsonObject state = new Trainer<>(graph, settings(20, 10)).state().toJson();
      state.addProperty("evaluatedStep", 10);
      Trainer.resume(graph, settings(20, 10), 10, state).fit(List.of(new MetricsFile(file, 5)));
    }
    assertThat(Files.readAllLines(file))
        .extracting(
            line -> {
              JsonObject object = JsonParser.parseString(line).getAsJsonObject();
              return object.get("kind").getAsString() + " " + object.get("step").getAsLong();
            })
        .containsExactly(
            "train 5", "train 10", "validation 10", "train 15", "train 20", "validation 20");
  }

  @Test
  void printsEvaluationsForLogs() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TrainingGraph<float[]> graph = graph(new LineTask())) {
      new Trainer<>(graph, settings(10, 5))
          .fit(List.of(new PlainProgress(new PrintStream(bytes, true, StandardCharsets.UTF_8))));
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
        .anyMatch(l -> l.matches("step 5/10  validation loss [0-9.]+  \\(best so far\\)"));
  }

  /** Each would write over a number of the step, or be written over, without a word. */
  @Test
  void refusesMetricsAndUpdatesThatAreSomethingElse() {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1);
      Ops tf = store.root().tf();
      Parameter p = store.root().parameter("p", Shape.scalar(), Initializers.ones(), Role.KERNEL);
      Operand<TFloat32> loss = tf.math.square(p.value());
      assertThatThrownBy(() -> new TrainingTask.TrainingOps(loss, Map.of("loss", loss), List.of()))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("metric 'loss' of a training step");
      assertThatThrownBy(
              () ->
                  new TrainingTask.TrainingOps(
                      loss, Map.of("m", tf.constant(new float[2])), List.of()))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("expected [], received [2]");
      TrainingTask.TrainingOps both =
          new TrainingTask.TrainingOps(loss, Map.of(), List.of(new NextValue(p, loss)));
      assertThatThrownBy(
              () ->
                  TrainingGraph.define(
                      store,
                      StepInputs.whole(store),
                      both,
                      (s, rate) -> new Adam(s, rate, GradientClip.none())))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("p: the optimizer changes this parameter");
    }
    assertThatThrownBy(() -> new Evaluation(1, Map.of("step", 2.0), "step"))
        .hasMessage("No metric can be called 'step'");
  }

  @Test
  @SuppressWarnings("NullAway") // on purpose
  void refusesAListenerThatIsNotThere() {
    try (TrainingGraph<float[]> graph =
        new TrainingGraph<>(
            new LineTask(),
            5L,
            (store, rate) -> new Adam(store, rate, GradientClip.none()),
            new SessionOptions(1, true))) {
      Trainer.Settings settings = new Trainer.Settings(2, 2, LearningRateSchedule.constant(0.1), 1);
      Trainer<float[]> trainer = new Trainer<>(graph, settings);
      assertThatThrownBy(() -> trainer.fit(Collections.singletonList(null)))
          .hasMessage("A listener is null");
      assertThat(trainer.state().step()).isZero();
      assertThat(trainer.fit(List.of()).step()).isEqualTo(2);
    }
  }

  @Test
  void refusesAnAbsurdNumberOfThreads() {
    assertThatThrownBy(() -> new SessionOptions(-1, false))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "threads: not a number of threads; expected 0 (one per core) to 1024, received -1.");
  }
}

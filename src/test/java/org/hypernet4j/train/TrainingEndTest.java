// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hypernet4j.checkpoint.CheckpointFolder;
import org.hypernet4j.checkpoint.ParameterCheckpoint;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.LineTask;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.optim.GradientClip;
import org.hypernet4j.optim.GradientDescent;
import org.hypernet4j.optim.LearningRateSchedule;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How trainings end that do not reach their last step, and what is said and kept of them. */
class TrainingEndTest {
  @TempDir Path folder;

  private final TrainingGraph<float[]> graph =
      new TrainingGraph<>(
          new LineTask(),
          5L,
          (store, rate) -> new GradientDescent(store, rate, GradientClip.none()),
          new SessionOptions(1, true));

  @AfterEach
  void close() {
    graph.close();
  }

  private Trainer<float[]> trainer(long steps, long evaluateEvery) {
    return new Trainer<>(graph, settings(steps, evaluateEvery));
  }

  private static Trainer.Settings settings(long steps, long evaluateEvery) {
    return new Trainer.Settings(steps, evaluateEvery, LearningRateSchedule.constant(0.1), 2);
  }

  private static CheckpointListener checkpointing(
      CheckpointFolder checkpoints, @Nullable Integer every) {
    return new CheckpointListener(
        checkpoints,
        run ->
            ParameterCheckpoint.capture(
                run.session(), run.store(), run.step(), "{}", "data", run.toJson()),
        every,
        null);
  }

  /** Sets the slope after a step: an update that went wrong. */
  private static TrainingListener spoil(long at, float slope) {
    return new TrainingListener() {
      @Override
      public void onStep(TrainingState run, StepResult step) {
        if (step.step() == at) {
          ParameterValues.assign(
              run.session(), run.store(), Map.of("line/slope", new float[] {slope}));
        }
      }
    };
  }

  private static TrainingListener stopAt(long at, String reason) {
    return new TrainingListener() {
      @Override
      public void onStep(TrainingState run, StepResult step) {
        if (step.step() == at) {
          run.requestStop(reason);
        }
      }
    };
  }

  @Test
  void anEvaluationThatDivergesLeavesTheLastGoodCheckpoint() {
    CheckpointFolder checkpoints = new CheckpointFolder(folder, 1);
    Trainer<float[]> trainer = trainer(40, 4);
    // a slope of 1e30 is finite, its squared error is not; the step before it was fine
    List<TrainingListener> listeners =
        List.of(
            spoil(8, 1e30f),
            stopAt(8, StopSignal.REASON), // even then nothing is saved at the end
            new DivergenceGuard(() -> "step 7"),
            checkpointing(checkpoints, 1));
    assertThatThrownBy(() -> trainer.fit(listeners))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "evaluation after step 8: the training diverged; expected finite metrics, received loss"
                + " Infinity. Lower the learning rate or clip the gradient; the last good"
                + " checkpoint is step 7.");
    assertThat(checkpoints.latest().orElseThrow().step()).isEqualTo(7);
    assertThat(checkpoints.best().orElseThrow().step()).isEqualTo(4);
    assertThat(trainer.state().checkpointStep()).hasValue(7);
  }

  @Test
  void parametersThatAreNotNumbersAreNotSaved() {
    CheckpointFolder checkpoints = new CheckpointFolder(folder, 1);
    Trainer<float[]> trainer = trainer(40, 40);
    assertThatThrownBy(
            () -> trainer.fit(List.of(spoil(8, Float.NaN), checkpointing(checkpoints, 1))))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(
            "training step 8: the training diverged; expected finite parameters, received NaN in"
                + " line/slope.")
        .hasMessageContaining("the last good checkpoint is of step 7");
    assertThat(checkpoints.latest().orElseThrow().step()).isEqualTo(7);
  }

  @Test
  void whatIsNotANumberIsNeverBest() {
    TrainingState run = trainer(40, 10).state();
    run.record(new Evaluation(10, Map.of("loss", Double.NaN), "loss"));
    assertThat(run.isBest()).isFalse();
    assertThat(run.best()).isNull();
    run.record(new Evaluation(20, Map.of("loss", 3.0), "loss"));
    assertThat(run.isBest()).isTrue();
    run.record(new Evaluation(30, Map.of("loss", Double.NEGATIVE_INFINITY), "loss"));
    assertThat(run.isBest()).isFalse();
    assertThat(run.evaluationsSinceBest()).isEqualTo(1);
    assertThat(run.best()).isNotNull().extracting(Evaluation::step).isEqualTo(20L);
  }

  @Test
  void everyListenerHearsOfTheEndAndTheFirstErrorIsThrown() {
    List<String> heard = new ArrayList<>();
    TrainingListener failing =
        new TrainingListener() {
          @Override
          public void onStep(TrainingState run, StepResult step) {
            throw new IllegalStateException("first");
          }

          @Override
          public void onEnd(TrainingState run) {
            heard.add("failing " + run.failed());
            throw new IllegalStateException("second");
          }
        };
    TrainingListener last =
        new TrainingListener() {
          @Override
          public void onEnd(TrainingState run) {
            heard.add("last " + run.failed());
            throw new IllegalStateException("third");
          }
        };
    Trainer<float[]> trainer = trainer(10, 10);
    assertThatThrownBy(() -> trainer.fit(List.of(failing, last)))
        .hasMessage("first")
        .satisfies(
            e ->
                assertThat(e.getSuppressed())
                    .extracting(Throwable::getMessage)
                    .containsExactly("second", "third"));
    assertThat(heard).containsExactly("failing true", "last true");
    assertThatThrownBy(() -> trainer(1, 1).fit(List.of(last))).hasMessage("third");
  }

  @Test
  void aRunThatStoppedEarlyDoesNotGoOnWhenItIsResumed() {
    JsonObject state = trainer(40, 2).state().toJson();
    state.addProperty("evaluatedStep", 8);
    state.addProperty("evaluationsSinceBest", 3);
    TrainingResult result =
        Trainer.resume(graph, settings(40, 2), 8, state).fit(List.of(new EarlyStopping(3)));
    assertThat(result.stepsNow()).isZero();
    assertThat(result.stopReason()).isEqualTo("no better for 3 evaluations");
    // with patience left it goes on
    assertThat(
            Trainer.resume(graph, settings(10, 2), 8, state)
                .fit(List.of(new EarlyStopping(9)))
                .stepsNow())
        .isEqualTo(2);
  }

  @Test
  void interruptedIsNotOverwritten() {
    TrainingState run = trainer(40, 10).state();
    run.requestStop("no better for 3 evaluations");
    run.requestStop("something else");
    assertThat(run.stopReason()).isEqualTo("no better for 3 evaluations");
    run.requestStop(StopSignal.REASON);
    run.requestStop("no better for 3 evaluations");
    assertThat(run.stopReason()).isEqualTo(StopSignal.REASON);
  }

  private static String lastWords(TrainingState run, boolean ended, String failure) {
    List<StopOutcome> outcomes = new ArrayList<>();
    StopSignal signal = new StopSignal(run, outcomes::add, Duration.ZERO);
    if (!failure.isEmpty()) {
      signal.failed(new IllegalStateException(failure));
    }
    if (ended) {
      signal.close();
    }
    signal.onShutdown();
    assertThat(outcomes).hasSize(1);
    assertThat(run.stopReason()).isEqualTo(StopSignal.REASON);
    return outcomes.get(0).describe();
  }

  @Test
  void theLastWordsSayWhatIsTrue() {
    assertThat(lastWords(trainer(40, 40).state(), true, ""))
        .isEqualTo("stopped before the first step, there is nothing to resume");

    Trainer<float[]> trainer = trainer(40, 40);
    CheckpointFolder checkpoints = new CheckpointFolder(folder, 1);
    trainer.fit(List.of(stopAt(6, StopSignal.REASON), checkpointing(checkpoints, null)));
    assertThat(lastWords(trainer.state(), true, ""))
        .isEqualTo("stopped after step 6 of 40, checkpoint of step 6 written");

    Trainer<float[]> later = Trainer.resume(graph, settings(40, 40), 6, trainer.state().toJson());
    later.fit(List.of(stopAt(9, "enough"))); // nobody writes a checkpoint
    assertThat(lastWords(later.state(), false, ""))
        .isEqualTo(
            "stopped after step 9 of 40 while a step or an evaluation did not end in time, the last"
                + " good checkpoint is of step 6");
    assertThat(lastWords(later.state(), true, "no space"))
        .isEqualTo(
            "the training failed after step 9 of 40 (no space), the last good checkpoint is of"
                + " step 6");
    Trainer<float[]> unsaved = trainer(40, 40);
    unsaved.fit(List.of(stopAt(2, "enough")));
    assertThat(lastWords(unsaved.state(), true, "no space"))
        .isEqualTo("the training failed after step 2 of 40 (no space), there is no checkpoint");
  }

  @Test
  void timeInListenersIsOutsideTensorFlow() {
    TrainingClock clock = new TrainingClock();
    clock.add(List.of(step(1_000, 10)), 5_000);
    // 40 + 30 of 200 in Session.run; the first step does not count
    clock.add(List.of(step(60, 40)), 120);
    clock.add(List.of(step(40, 30)), 80);
    assertThat(clock.outsideCallPercent()).isEqualTo(100.0 * 130 / 200);
    assertThat(clock.stepMillis()).isEqualTo(50 / 1e6);
  }

  private static StepResult step(long stepNanos, long callNanos) {
    return new StepResult(1, 0f, 0f, 0.1, Map.of(), 8, stepNanos, callNanos, true);
  }

  @Test
  void tellsWhatDiffersFromTheSessionOfACheckpoint() {
    SessionOptions then = new SessionOptions(3, true);
    assertThat(then.differences(then.state())).isEmpty();
    assertThat(new SessionOptions(2, false).differences(then.state()))
        .containsExactly("threads: 3 then, 2 now", "deterministic: true then, false now");
    JsonObject other = then.state();
    other.add("TF_ENABLE_ONEDNN_OPTS", new JsonPrimitive("other"));
    assertThat(then.differences(other))
        .singleElement()
        .asString()
        .startsWith("TF_ENABLE_ONEDNN_OPTS: \"other\" then, ");
    // 0 means one per core, and that is what is remembered
    assertThat(new SessionOptions(0, true).state().get("threads").getAsInt())
        .isEqualTo(Runtime.getRuntime().availableProcessors());
  }
}

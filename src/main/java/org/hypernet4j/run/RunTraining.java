// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.hypernet4j.build.SpecOptimizers;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.checkpoint.CheckpointFolder;
import org.hypernet4j.checkpoint.ParameterCheckpoint;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.json.SpecWriter;
import org.hypernet4j.spec.CheckpointsSpec;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.TrainingSpec;
import org.hypernet4j.train.CheckpointListener;
import org.hypernet4j.train.DivergenceGuard;
import org.hypernet4j.train.EarlyStopping;
import org.hypernet4j.train.Evaluation;
import org.hypernet4j.train.MetricsFile;
import org.hypernet4j.train.StopOutcome;
import org.hypernet4j.train.StopSignal;
import org.hypernet4j.train.TensorBoardListener;
import org.hypernet4j.train.Trainer;
import org.hypernet4j.train.TrainingGraph;
import org.hypernet4j.train.TrainingListener;
import org.hypernet4j.train.TrainingResult;
import org.hypernet4j.train.TrainingState;
import org.hypernet4j.train.TrainingTask;
import org.jspecify.annotations.Nullable;

/**
 * The parts that every training in a run folder needs, whatever the model: lock, checkpoints,
 * listeners.
 *
 * @param <B> one batch on the Java side
 */
final class RunTraining<B> implements AutoCloseable {
  private static final int PREFETCHED_BATCHES = 4;

  private final ExperimentSpec spec;
  private final TrainingTask<B> task;
  private final String fingerprint;
  private final TrainOptions options;
  private final RunFolder folder;
  private final RunLock lock;
  private final @Nullable Checkpoint start;
  private final @Nullable String continuation;

  private RunTraining(
      TrainingTask<B> task, String fingerprint, TrainOptions options, PreparedRun prepared) {
    this.spec = prepared.specification();
    this.task = task;
    this.fingerprint = fingerprint;
    this.options = options;
    this.folder = prepared.folder();
    this.lock = prepared.lock();
    this.start = prepared.start();
    this.continuation = prepared.continuation();
  }

  /**
   * Builds the graph once to check that it can be built, and creates the run folder or finds the
   * one to go on with. The folder is locked until {@link #train} or {@link #close} ends.
   *
   * @param fingerprint identifies the content of the data
   */
  static <B> RunTraining<B> prepare(
      ModelFamily family,
      ExperimentSpec spec,
      TrainingTask<B> task,
      String fingerprint,
      TrainOptions options) {
    // Everything that can fail fails now, before a folder is created.
    SpecOptimizers.schedule(spec.training());
    options.session().requireDivides(spec.training().batchSize());
    SpecGraphs.training(family, spec);
    return new RunTraining<>(
        task,
        fingerprint,
        options,
        PreparedRun.of(family, spec, fingerprint, task.stepsPerEpoch(), options));
  }

  ExperimentSpec specification() {
    return spec;
  }

  RunFolder folder() {
    return folder;
  }

  long startStep() {
    return start == null ? 0 : start.step();
  }

  long totalSteps() {
    return spec.training().totalSteps(task.stepsPerEpoch());
  }

  /** A line on how a run with a changed length continues, or null. */
  @Nullable String continuation() {
    return continuation;
  }

  /**
   * Trains; see {@link Experiment#train}.
   *
   * @param remembered the state that checkpoints hold beside that of the training
   * @param completed called with the session that was trained, unless a signal has ended it
   */
  TrainingResult train(
      JsonObject remembered,
      List<? extends TrainingListener> progress,
      Consumer<StopOutcome> interrupted,
      Consumer<? super TrainingGraph<B>> completed) {
    if (!lock.isHeld()) {
      throw new IllegalStateException("This experiment was trained or closed already: " + folder);
    }
    try (lock) {
      return trainLocked(listeners(remembered, progress), interrupted, completed);
    }
  }

  private TrainingResult trainLocked(
      List<TrainingListener> listeners,
      Consumer<StopOutcome> interrupted,
      Consumer<? super TrainingGraph<B>> completed) {
    Trainer.Settings settings = settings();
    try (TrainingGraph<B> graph = graph()) {
      Trainer<B> trainer = new Trainer<>(graph, settings);
      if (start != null) {
        ParameterCheckpoint.restore(graph.session(), graph.store(), start);
        trainer = Trainer.resume(graph, settings, start.step(), start.state());
      }
      TrainingResult result = fit(trainer, listeners, interrupted);
      if (!StopSignal.REASON.equals(result.stopReason())) {
        completed.accept(graph);
      }
      return result;
    }
  }

  /**
   * Starts from weights that were not trained here: they are evaluated, and the checkpoints of step
   * 0 hold them. The optimizer starts anew.
   *
   * @param weights every parameter of the model by name
   * @param remembered as for {@link #train}
   */
  Evaluation begin(JsonObject remembered, Map<String, float[]> weights) {
    try (lock;
        TrainingGraph<B> graph = graph()) {
      ParameterValues.assign(graph.session(), graph.store(), weights);
      return new Trainer<>(graph, settings()).evaluateOnly(listeners(remembered, List.of()));
    }
  }

  private Trainer.Settings settings() {
    TrainingSpec training = spec.training();
    return new Trainer.Settings(
        totalSteps(),
        training.evaluateEvery().inSteps(task.stepsPerEpoch()),
        SpecOptimizers.schedule(training),
        PREFETCHED_BATCHES);
  }

  private TrainingGraph<B> graph() {
    TrainingSpec training = spec.training();
    return new TrainingGraph<>(
        task,
        training.seed(),
        SpecOptimizers.optimizer(training),
        options.session(),
        SpecOptimizers.steps(spec, options.session()),
        training.freeze());
  }

  private static <B> TrainingResult fit(
      Trainer<B> trainer, List<TrainingListener> listeners, Consumer<StopOutcome> interrupted) {
    try (StopSignal signal = StopSignal.install(trainer.state(), interrupted)) {
      try {
        return trainer.fit(listeners);
      } catch (RuntimeException | Error e) {
        signal.failed(e);
        throw e;
      }
    }
  }

  private List<TrainingListener> listeners(
      JsonObject remembered, List<? extends TrainingListener> progress) {
    TrainingSpec training = spec.training();
    CheckpointsSpec settings = training.checkpoints();
    CheckpointFolder checkpoints = folder.checkpoints(settings.keep());
    String json = SpecWriter.toJson(spec);
    List<TrainingListener> listeners = new ArrayList<>();
    // The guard first: nothing of a step that diverged may reach a file that looks good.
    listeners.add(new DivergenceGuard(() -> lastGood(checkpoints)));
    if (training.earlyStopping().patience() > 0) {
      listeners.add(new EarlyStopping(training.earlyStopping().patience()));
    }
    listeners.add(new MetricsFile(folder.metrics(), training.logEvery()));
    listeners.add(new TensorBoardListener(folder.path(), training.logEvery()));
    listeners.addAll(progress);
    listeners.add(
        new CheckpointListener(
            checkpoints,
            run ->
                ParameterCheckpoint.capture(
                    run.session(),
                    run.store(),
                    run.step(),
                    json,
                    fingerprint,
                    state(run, remembered)),
            settings.everySteps(),
            settings.everySeconds()));
    return listeners;
  }

  private JsonObject state(TrainingState run, JsonObject remembered) {
    JsonObject state = run.toJson();
    remembered.entrySet().forEach(entry -> state.add(entry.getKey(), entry.getValue()));
    String identity = folder.identity();
    if (identity != null) {
      state.addProperty(BoundCheckpoint.IDENTITY, identity);
    }
    state.add(PreparedRun.SESSION, PreparedRun.session(spec, options.session()));
    return state;
  }

  private static String lastGood(CheckpointFolder checkpoints) {
    return checkpoints
        .latest()
        .map(c -> "of step " + c.step() + " in " + checkpoints.folder())
        .orElse("none: it diverged before the first");
  }

  /** Frees the run folder, if {@link #train} has not done so. */
  @Override
  public void close() {
    lock.close();
  }
}

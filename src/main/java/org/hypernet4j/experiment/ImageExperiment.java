package org.hypernet4j.experiment;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.checkpoint.CheckpointFolder;
import org.hypernet4j.checkpoint.ParameterCheckpoint;
import org.hypernet4j.data.ImageBatch;
import org.hypernet4j.data.ImageSplits;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.spec.CheckpointsSpec;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecWriter;
import org.hypernet4j.spec.TrainingSpec;
import org.hypernet4j.train.CheckpointListener;
import org.hypernet4j.train.DivergenceGuard;
import org.hypernet4j.train.EarlyStopping;
import org.hypernet4j.train.MetricsFile;
import org.hypernet4j.train.StopOutcome;
import org.hypernet4j.train.StopSignal;
import org.hypernet4j.train.TensorBoardListener;
import org.hypernet4j.train.Trainer;
import org.hypernet4j.train.TrainingGraph;
import org.hypernet4j.train.TrainingListener;
import org.hypernet4j.train.TrainingResult;
import org.hypernet4j.train.TrainingRun;
import org.jspecify.annotations.Nullable;

/**
 * Trains an image classifier by its specification, in a run folder, resumable at any moment.
 *
 * <pre>{@code
 * ImageExperiment experiment = ImageExperiment.prepare(spec, options);
 * TrainingResult result =
 *     experiment.train(List.of(new PlainProgress(System.err)), stopped -> {});
 * try (TrainedClassifier best = experiment.finished().best()) {
 *   System.out.println(best.measure(experiment.data().test()));
 * }
 * }</pre>
 */
public final class ImageExperiment implements AutoCloseable {
  private static final int PREFETCHED_BATCHES = 4;

  private final ExperimentSpec spec;
  private final ImageSplits data;
  private final String fingerprint;
  private final RunFolder folder;
  private final RunLock lock;
  private final TrainOptions options;
  private final @Nullable Checkpoint start;
  private List<ReferenceCase> references = List.of();

  private ImageExperiment(
      ExperimentSpec spec, ImageSplits data, PreparedRun prepared, TrainOptions options) {
    this.spec = spec;
    this.data = data;
    this.fingerprint = data.fingerprint();
    this.folder = prepared.folder();
    this.lock = prepared.lock();
    this.start = prepared.start();
    this.options = options;
  }

  /**
   * Reads the data, builds the graph once to see that it can be built, and makes the run folder or
   * finds the one to go on with. The folder is locked until {@link #train} or {@link #close} ends.
   *
   * @param given the specification with overrides; without data of the user's its sample section
   *     comes into force
   * @throws UserError for whatever is wrong with specification, data, folder or checkpoint; a
   *     folder is made only when the first two are right
   */
  public static ImageExperiment prepare(ExperimentSpec given, TrainOptions options) {
    ExperimentSpec spec = options.data() == null ? given.forSample() : given;
    ImageSplits data = ImageDatasets.load(spec.data(), options.data());
    // Everything that can be wrong is wrong now, before a folder is made.
    ImageClassificationTask.requireFits(spec, data);
    SpecOptimizers.schedule(spec.training());
    SpecGraphs.training(spec);
    PreparedRun run = PreparedRun.of(spec, data.fingerprint(), options);
    return new ImageExperiment(spec, data, run, options);
  }

  /** The run folder. */
  public RunFolder folder() {
    return folder;
  }

  /** Training, validation and test images. */
  public ImageSplits data() {
    return data;
  }

  /** The specification in force. */
  public ExperimentSpec specification() {
    return spec;
  }

  /** The step at which this training begins: 0, or that of the checkpoint it goes on from. */
  public long startStep() {
    return start == null ? 0 : start.step();
  }

  /**
   * Trains to the end, or until it is stopped. Can be called once: the run folder is free for
   * others afterwards.
   *
   * @param progress listeners beside those that the specification asks for
   * @param interrupted called after SIGINT or SIGTERM, just before the process ends, with what
   *     became of the training
   */
  public TrainingResult train(
      List<? extends TrainingListener> progress, Consumer<StopOutcome> interrupted) {
    if (!lock.isHeld()) {
      throw new IllegalStateException("This experiment was trained or closed already: " + folder);
    }
    try (lock) {
      return trainLocked(progress, interrupted);
    }
  }

  private TrainingResult trainLocked(
      List<? extends TrainingListener> progress, Consumer<StopOutcome> interrupted) {
    TrainingSpec training = spec.training();
    ImageClassificationTask task = new ImageClassificationTask(spec, data);
    Trainer.Settings settings =
        new Trainer.Settings(
            training.totalSteps(task.stepsPerEpoch()),
            training.evaluateEvery().inSteps(task.stepsPerEpoch()),
            SpecOptimizers.schedule(training),
            PREFETCHED_BATCHES);
    try (TrainingGraph<ImageBatch> graph =
        new TrainingGraph<>(
            task, training.seed(), SpecOptimizers.optimizer(training), options.session())) {
      Trainer<ImageBatch> trainer = new Trainer<>(graph, settings);
      if (start != null) {
        ParameterCheckpoint.restore(graph.session(), graph.store(), start);
        trainer = Trainer.resume(graph, settings, start.step(), start.state());
      }
      TrainingResult result = fit(trainer, listeners(training, progress), interrupted);
      if (!StopSignal.REASON.equals(result.stopReason())) {
        references = recordReferences(graph, task);
      }
      return result;
    }
  }

  private static TrainingResult fit(
      Trainer<ImageBatch> trainer,
      List<TrainingListener> listeners,
      Consumer<StopOutcome> interrupted) {
    try (StopSignal signal = StopSignal.install(trainer.run(), interrupted)) {
      try {
        return trainer.fit(listeners);
      } catch (RuntimeException | Error e) {
        signal.failed(e);
        throw e;
      }
    }
  }

  /** The best parameters go back into the session that was trained, and it computes the outputs. */
  private List<ReferenceCase> recordReferences(
      TrainingGraph<ImageBatch> graph, ImageClassificationTask task) {
    Checkpoint best = folder.checkpoints(1).best().orElse(null);
    if (best == null) {
      return List.of();
    }
    ParameterCheckpoint.restoreModelOnly(graph.session(), graph.store(), best);
    return TrainedClassifier.references(graph.session(), task.outputs(), data.test());
  }

  /**
   * What the trained session gives for some test images, with its best parameters; empty before the
   * training has ended.
   */
  public List<ReferenceCase> references() {
    return references;
  }

  private List<TrainingListener> listeners(
      TrainingSpec training, List<? extends TrainingListener> progress) {
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
                    run.session(), run.store(), run.step(), json, fingerprint, state(run)),
            settings.everySteps(),
            settings.everySeconds()));
    return listeners;
  }

  private JsonObject state(TrainingRun run) {
    JsonObject state = run.state();
    state.add(PreparedRun.SESSION, options.session().state());
    return state;
  }

  private static String lastGood(CheckpointFolder checkpoints) {
    return checkpoints
        .latest()
        .map(c -> "of step " + c.step() + " in " + checkpoints.folder())
        .orElse("none: it diverged before the first");
  }

  /**
   * What the training left: its best parameters, to be measured, looked at and exported.
   *
   * @throws UserError if it ended before its first evaluation
   */
  public ImageRun finished() {
    return ImageRun.open(folder.path());
  }

  /** Frees the run folder, if {@link #train} has not done so. */
  @Override
  public void close() {
    lock.close();
  }
}

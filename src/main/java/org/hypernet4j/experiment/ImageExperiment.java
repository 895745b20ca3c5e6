package org.hypernet4j.experiment;

import java.nio.file.Path;
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
 *     experiment.train(List.of(new PlainProgress(System.err)), run -> {});
 * try (TrainedClassifier best = experiment.finished().best()) {
 *   System.out.println(best.measure(experiment.data().test()));
 * }
 * }</pre>
 */
public final class ImageExperiment {
  private static final int PREFETCHED_BATCHES = 4;

  private final ExperimentSpec spec;
  private final ImageSplits data;
  private final String fingerprint;
  private final RunFolder folder;
  private final TrainOptions options;
  private final @Nullable Checkpoint start;
  private List<ReferenceCase> references = List.of();

  private ImageExperiment(
      ExperimentSpec spec,
      ImageSplits data,
      RunFolder folder,
      TrainOptions options,
      @Nullable Checkpoint start) {
    this.spec = spec;
    this.data = data;
    this.fingerprint = data.fingerprint();
    this.folder = folder;
    this.options = options;
    this.start = start;
    if (start != null) {
      requireSame(start);
    }
  }

  /**
   * Reads the data and makes the run folder, or finds the one to go on with.
   *
   * @param given the specification with overrides; without data of the user's its sample section
   *     comes into force
   */
  public static ImageExperiment prepare(ExperimentSpec given, TrainOptions options) {
    ExperimentSpec spec = options.data() == null ? given.forSample() : given;
    ImageSplits data = ImageDatasets.load(spec.data(), options.data());
    // Everything that can be wrong with the batches is wrong now, before a folder is made.
    ImageClassificationTask.requireFits(spec, data);
    RunFolder folder = folder(spec, options);
    Checkpoint start =
        options.resume()
            ? folder.checkpoints(spec.training().checkpoints().keep()).latest().orElse(null)
            : null;
    return new ImageExperiment(spec, data, folder, options, start);
  }

  private static RunFolder folder(ExperimentSpec spec, TrainOptions options) {
    Path own = options.run();
    if (options.resume()) {
      if (own != null) {
        return RunFolder.existing(own);
      }
      return RunFolder.latest(options.runs(), spec.name())
          .orElseThrow(
              () ->
                  UserError.in("--resume")
                      .what("there is no run of '" + spec.name() + "' to go on with")
                      .expected("a folder below " + options.runs().resolve(spec.name()))
                      .next("leave --resume out to start one")
                      .build());
    }
    return own != null ? RunFolder.create(own, spec) : RunFolder.next(options.runs(), spec);
  }

  private void requireSame(Checkpoint checkpoint) {
    String own = SpecWriter.toJson(spec);
    if (!checkpoint.specification().equals(own)) {
      throw UserError.in(folder.path())
          .what("the run was made with another specification")
          .expected("the settings in its specification.json")
          .received("others")
          .next("resume with the same file and the same --set and --data, or start a new run")
          .build();
    }
    if (!checkpoint.dataFingerprint().equals(fingerprint)) {
      throw UserError.in(folder.path())
          .what("the run was made with other data")
          .expected("data with fingerprint " + checkpoint.dataFingerprint().substring(0, 12))
          .received(fingerprint.substring(0, 12))
          .next("resume with the same --data, or start a new run")
          .build();
    }
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
   * Trains to the end, or until it is stopped.
   *
   * @param progress listeners beside those that the specification asks for
   * @param interrupted called after SIGINT or SIGTERM, when the checkpoint is written and just
   *     before the process ends
   */
  public TrainingResult train(
      List<? extends TrainingListener> progress, Consumer<TrainingRun> interrupted) {
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
      TrainingRun run = trainer.run();
      StopSignal signal = StopSignal.install(run, () -> interrupted.accept(run));
      TrainingResult result;
      try {
        result = trainer.fit(listeners(training, progress));
      } finally {
        signal.close();
      }
      if (!StopSignal.REASON.equals(result.stopReason())) {
        references = recordReferences(graph, task);
      }
      return result;
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
                    run.session(), run.store(), run.step(), json, fingerprint, run.state()),
            settings.everySteps(),
            settings.everySeconds()));
    return listeners;
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
}

package org.hypernet4j.experiment;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.checkpoint.ParameterCheckpoint;
import org.hypernet4j.data.ImageBatch;
import org.hypernet4j.data.ImageSplits;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.train.Evaluation;
import org.hypernet4j.train.StopOutcome;
import org.hypernet4j.train.TrainingGraph;
import org.hypernet4j.train.TrainingListener;
import org.hypernet4j.train.TrainingResult;
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
public final class ImageExperiment implements Experiment {
  private final ImageSplits data;
  private final ImageClassificationTask task;
  private final RunTraining training;
  private List<ReferenceCase> references = List.of();

  private ImageExperiment(ImageSplits data, ImageClassificationTask task, RunTraining training) {
    this.data = data;
    this.task = task;
    this.training = training;
  }

  /**
   * Reads the data and prepares the run, see {@link Experiment#prepare}.
   *
   * @throws UserError as there
   */
  public static ImageExperiment prepare(ExperimentSpec given, TrainOptions options) {
    ExperimentSpec spec = options.data() == null ? given.forSample() : given;
    ImageSplits data = ImageDatasets.load(spec.data(), options.data());
    ImageClassificationTask task = new ImageClassificationTask(spec, data);
    return new ImageExperiment(
        data, task, RunTraining.prepare(spec, data.fingerprint(), task.stepsPerEpoch(), options));
  }

  @Override
  public RunFolder folder() {
    return training.folder();
  }

  /** Training, validation and test images. */
  public ImageSplits data() {
    return data;
  }

  @Override
  public ExperimentSpec specification() {
    return training.specification();
  }

  @Override
  public long startStep() {
    return training.startStep();
  }

  @Override
  public @Nullable String continuation() {
    return training.continuation();
  }

  @Override
  public long totalSteps() {
    return specification().training().totalSteps(task.stepsPerEpoch());
  }

  @Override
  public String dataSize() {
    return String.format(Locale.ROOT, "%,d images", data.train().count());
  }

  @Override
  public String sampleName() {
    return ImageDatasets.sampleName(specification().data());
  }

  @Override
  public TrainingResult train(
      List<? extends TrainingListener> progress, Consumer<StopOutcome> interrupted) {
    return training.train(task, new JsonObject(), progress, interrupted, this::recordReferences);
  }

  @Override
  public Evaluation begin(Map<String, float[]> weights) {
    return training.begin(task, new JsonObject(), weights);
  }

  /** The best parameters go back into the session that was trained, and it computes the outputs. */
  private void recordReferences(TrainingGraph<ImageBatch> graph) {
    Checkpoint best = folder().checkpoints(1).best().orElse(null);
    if (best != null) {
      ParameterCheckpoint.restoreModelOnly(graph.session(), graph.store(), best);
      references =
          TrainedClassifier.references(
              graph.session(), ImageClassificationTask.outputs(graph), data.test());
    }
  }

  /**
   * What the trained session gives for some test images, with its best parameters; empty before the
   * training has ended.
   */
  public List<ReferenceCase> references() {
    return references;
  }

  @Override
  public ImageRun finished() {
    return ImageRun.open(folder().path());
  }

  @Override
  public void close() {
    training.close();
  }
}

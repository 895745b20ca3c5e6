// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.image;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.checkpoint.ParameterCheckpoint;
import org.hypernet4j.data.ImageSplits;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.run.Experiment;
import org.hypernet4j.run.ModelFamily;
import org.hypernet4j.run.TestResult;
import org.hypernet4j.run.TestedModel;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.train.TrainingGraph;

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
public final class ImageExperiment extends Experiment {
  private final ImageSplits data;
  private List<ReferenceCase> references = List.of();

  private ImageExperiment(ExperimentSpec spec, ImageSplits data, TrainOptions options) {
    super(
        new ImageFamily(),
        spec,
        new ImageClassificationTask(spec, data),
        data.fingerprint(),
        options);
    this.data = data;
  }

  /**
   * Reads the data and prepares the run, see {@link ModelFamily#prepare}.
   *
   * @throws UserError as {@link ModelFamily#prepare}
   */
  public static ImageExperiment prepare(ExperimentSpec given, TrainOptions options) {
    ExperimentSpec spec = options.data() == null ? given.forSample() : given;
    return new ImageExperiment(spec, ImageDatasets.load(spec.data(), options.data()), options);
  }

  /** Training, validation and test images. */
  public ImageSplits data() {
    return data;
  }

  @Override
  public String dataSize() {
    return String.format(Locale.ROOT, "%,d images", data.train().count());
  }

  @Override
  public String sampleName() {
    return ImageDatasets.sampleName(specification().data());
  }

  /** Restores the best parameters in the session that was trained, which computes the outputs. */
  @Override
  protected void completed(TrainingGraph<?> graph) {
    Checkpoint best = folder().checkpoints(1).best().orElse(null);
    if (best != null) {
      ParameterCheckpoint.restoreModelOnly(graph.session(), graph.store(), best);
      references =
          ClassifierExport.references(
              graph.session(), ImageClassificationTask.outputs(graph), data.test());
    }
  }

  @Override
  public List<ReferenceCase> references() {
    return references;
  }

  @Override
  public ImageRun finished() {
    return ImageRun.open(folder().path());
  }

  @Override
  public TestedModel tested(double validation) {
    ImageRun run = finished();
    TrainedClassifier best = run.best();
    return TestedModel.of(run, best, () -> result(best.measure(data.test()), validation));
  }

  private TestResult result(Map<String, Double> test, double validation) {
    double error = test.getOrDefault("error", Double.NaN);
    int images = data.test().count();
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("testError", error);
    figures.put("testLoss", test.getOrDefault("loss", Double.NaN));
    figures.put("validationError", validation);
    return new TestResult(
        test,
        String.format(
            Locale.ROOT,
            "test error %.2f %% (%d of %,d), validation error %.2f %%",
            100 * error,
            Math.round(error * images),
            images,
            100 * validation),
        figures);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import com.google.gson.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.hypernet4j.data.DrawingSplits;
import org.hypernet4j.data.StrokeScaling;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.run.Experiment;
import org.hypernet4j.run.ModelFamily;
import org.hypernet4j.run.TestResult;
import org.hypernet4j.run.TestedModel;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.PenSpec;
import org.jspecify.annotations.Nullable;

/**
 * Trains a model of strokes by its specification, in a run folder, resumable at any moment.
 *
 * <p>The constants of the normalisation are computed on the training part and written into every
 * checkpoint, so that a trained model needs no data to know its units; so are the characters of a
 * model that writes a given text, which are in the run folder too.
 */
public final class StrokesExperiment extends Experiment {
  private final DrawingSplits data;
  private final StrokeScaling scaling;

  private final @Nullable Vocabulary vocabulary;

  private StrokesExperiment(
      ExperimentSpec spec, DrawingSplits data, StrokeScaling scaling, TrainOptions options) {
    super(
        new StrokesFamily(),
        spec,
        new StrokesTask(spec, data, scaling),
        data.fingerprint(),
        options);
    this.data = data;
    this.scaling = scaling;
    this.vocabulary = StrokesTask.vocabulary(spec.model(), data.train());
  }

  /**
   * Reads the drawings and prepares the run, see {@link ModelFamily#prepare}.
   *
   * @throws org.hypernet4j.error.UserError as {@link ModelFamily#prepare}
   */
  public static StrokesExperiment prepare(ExperimentSpec given, TrainOptions options) {
    ExperimentSpec spec = options.data() == null ? given.forSample() : given;
    DrawingSplits data = DrawingDatasets.load(spec.data(), options.data());
    StrokeScaling scaling =
        DrawingDatasets.scaling(StrokesTask.drawings(spec.data()), data.train());
    StrokesExperiment experiment = new StrokesExperiment(spec, data, scaling, options);
    boolean complete = false;
    try {
      Vocabulary vocabulary = experiment.vocabulary;
      if (vocabulary != null) {
        AtomicFiles.writeString(experiment.folder().vocabulary(), vocabulary.toJson() + "\n");
      }
      complete = true;
      return experiment;
    } finally {
      if (!complete) {
        experiment.close();
      }
    }
  }

  /** Training, validation and test drawings, in the units of the data. */
  public DrawingSplits data() {
    return data;
  }

  @Override
  public List<String> notes() {
    return data.notes();
  }

  @Override
  public String dataSize() {
    return String.format(
        Locale.ROOT, "%,d drawings of %,d points", data.train().count(), data.train().points());
  }

  @Override
  protected JsonObject remembered() {
    JsonObject remembered = new JsonObject();
    remembered.add(StrokesRun.SCALING, scaling.toJson());
    if (vocabulary != null) {
      remembered.add(StrokesRun.VOCABULARY, vocabulary.toJson());
    }
    return remembered;
  }

  @Override
  public StrokesRun finished() {
    return StrokesRun.open(folder().path());
  }

  @Override
  public TestedModel tested(double validation) {
    StrokesRun run = finished();
    TrainedStrokes best = run.best();
    return TestedModel.of(run, best, () -> result(best.measure(data.test()), validation));
  }

  private TestResult result(Map<String, Double> test, double validation) {
    String criterion = StrokesTask.criterion(specification());
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("testNats", of(test, "nats"));
    figures.put("testNatsPerPoint", of(test, "loss"));
    figures.put("testOffset", of(test, "offset"));
    figures.put("testPen", of(test, "pen"));
    figures.put("testNatsRaw", of(test, "natsRaw"));
    figures.put("testPenError", of(test, "penError"));
    if (test.containsKey("kl")) {
      figures.put("testKl", of(test, "kl"));
      figures.put("testNatsWithKl", of(test, "natsWithKl"));
    }
    figures.put(criterion.equals("nats") ? "validationNats" : "validationNatsWithKl", validation);
    GaussianBaseline baseline =
        GaussianBaseline.of(
            data.train(),
            data.test(),
            scaling,
            StrokesTask.model(specification().model()).pen() == PenSpec.THREE_WAY);
    figures.put("testBaselineNats", baseline.nats());
    figures.put("testBaselineOffset", baseline.offset());
    figures.put("testBaselineOffsetSingle", baseline.single());
    figures.put("testBaselinePen", baseline.pen());
    return new TestResult(
        test,
        String.format(
            Locale.ROOT,
            "test %.3f nats a drawing (%,d drawings; %.4f a point: offset %.4f, pen %.4f; %.2f in"
                + " the units of the data; %.2f %% of the pen's states wrong), validation %.3f",
            of(test, criterion),
            data.test().count(),
            of(test, "loss"),
            of(test, "offset"),
            of(test, "pen"),
            of(test, "natsRaw"),
            100 * of(test, "penError"),
            validation),
        figures,
        List.of(baseline.words()));
  }

  private static double of(Map<String, Double> metrics, String name) {
    return metrics.getOrDefault(name, Double.NaN);
  }
}

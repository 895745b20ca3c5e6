package org.hypernet4j.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.hypernet4j.experiment.FinishedRun;
import org.hypernet4j.experiment.ImageExperiment;
import org.hypernet4j.experiment.ImageRun;
import org.hypernet4j.experiment.LanguageExperiment;
import org.hypernet4j.experiment.LanguageRun;
import org.hypernet4j.experiment.ParameterTable;
import org.hypernet4j.experiment.TrainedClassifier;
import org.hypernet4j.experiment.TrainedLanguageModel;
import org.hypernet4j.train.Evaluation;
import org.hypernet4j.train.TrainingResult;
import org.jspecify.annotations.Nullable;

/** The end of {@code train}: the best model is tested, told of, drawn and exported. */
final class TrainOutcome {
  private final TrainingResult result;
  private final @Nullable ModelExport exporter;
  private final Report report;

  /**
   * Takes what the training gave.
   *
   * @param exporter null to export nothing
   */
  TrainOutcome(TrainingResult result, @Nullable ModelExport exporter, Report report) {
    this.result = result;
    this.exporter = exporter;
    this.report = report;
  }

  void tell(ImageExperiment experiment) {
    ImageRun run = experiment.finished();
    try (TrainedClassifier best = run.best()) {
      Map<String, Double> test = best.measure(experiment.data().test());
      int images = experiment.data().test().count();
      double testError = value(test, "error");
      report.say(
          "test error %.2f %% (%d of %,d), validation error %.2f %%, %s",
          100 * testError, Math.round(testError * images), images, 100 * validation(), moment(run));
      report
          .put("testError", testError)
          .put("testLoss", value(test, "loss"))
          .put("validationError", validation());
      tellTraining(run);
      best.drawKernels(run.folder().kernels())
          .forEach((kernel, file) -> report.say("picture of %s in %s", kernel, file));
      if (exporter == null) {
        tellNoExport();
      } else {
        exporter.run(
            run.specification(),
            best,
            experiment.references(),
            "the trained session",
            run.provenance(test),
            report);
      }
    }
    tellFolder(run);
  }

  void tell(LanguageExperiment experiment) {
    LanguageRun run = experiment.finished();
    try (TrainedLanguageModel best = run.best()) {
      Map<String, Double> test = best.measure(experiment.data().test());
      report.say(
          "test %.4f bits per character (%,d of them), validation %.4f, %s",
          value(test, "bpc"), experiment.data().test().length() - 1, validation(), moment(run));
      report
          .put("testBpc", value(test, "bpc"))
          .put("testLoss", value(test, "loss"))
          .put("validationBpc", validation());
      tellTraining(run);
      if (exporter == null) {
        tellNoExport();
      } else {
        exporter.run(best, run.provenance(test), report);
      }
    }
    tellFolder(run);
  }

  private static double value(Map<String, Double> metrics, String name) {
    return metrics.getOrDefault(name, Double.NaN);
  }

  /** The criterion of the best evaluation. */
  private double validation() {
    Evaluation best = result.best();
    return best == null ? Double.NaN : best.value();
  }

  private String moment(FinishedRun run) {
    return String.format(
        Locale.ROOT,
        "best after step %,d of %,d%s",
        run.bestStep(),
        result.step(),
        result.stopReason() == null ? "" : " (stopped early: " + result.stopReason() + ")");
  }

  private void tellTraining(FinishedRun run) {
    report.say(
        "trained in %.1f s: %.1f ms a step, %.0f ms the first, %.1f %% of a step outside"
            + " TensorFlow",
        result.seconds(),
        result.clock().stepMillis(),
        result.clock().firstStepMillis(),
        result.clock().outsideCallPercent());
    report
        .put("bestStep", run.bestStep())
        .put("steps", result.step())
        .put("stepsNow", result.stepsNow())
        .put("trainSeconds", result.seconds())
        .put("stepMillis", result.clock().stepMillis())
        .put("firstStepMillis", result.clock().firstStepMillis())
        .put("outsideRunPercent", result.clock().outsideCallPercent());
    ParameterTable table = ParameterTable.of(run.specification().model());
    report.block(ParameterTable.describe(run.specification().model()));
    report
        .put("name", run.specification().name())
        .put("parameters", table.total())
        .put("trainableParameters", table.trainable());
  }

  private void tellNoExport() {
    report.put("exportDir", (String) null).put("verified", (Boolean) null);
    report.put("maxAbsDifference", Double.NaN);
  }

  private void tellFolder(FinishedRun run) {
    Path folder = run.folder().path();
    report.say("run folder %s, %.1f s in all", folder, report.seconds());
    report.put("runDir", folder.toString());
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.hypernet4j.experiment.ParameterTable;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.run.Experiment;
import org.hypernet4j.run.FinishedRun;
import org.hypernet4j.run.RunRecord;
import org.hypernet4j.run.TestedModel;
import org.hypernet4j.train.Evaluation;
import org.hypernet4j.train.TrainingResult;
import org.jspecify.annotations.Nullable;

/** The end of {@code train}: the best model is tested, reported, drawn and exported. */
final class TrainOutcome {
  private final TrainingResult result;
  private final @Nullable ModelExport exporter;
  private final String source;
  private final String device;
  private final Report report;

  /**
   * Takes the result of a training.
   *
   * @param source where its data came from, human-readable
   * @param device that it ran on, human-readable
   * @param exporter the exporter, or null to export nothing
   */
  TrainOutcome(
      TrainingResult result,
      String source,
      String device,
      @Nullable ModelExport exporter,
      Report report) {
    this.result = result;
    this.source = source;
    this.device = device;
    this.exporter = exporter;
    this.report = report;
  }

  void tell(Experiment experiment) {
    double validation = validation();
    experiment.testing().ifPresent(line -> report.say("%s", line));
    try (TestedModel best = experiment.tested(validation)) {
      FinishedRun run = best.run();
      report.say("%s, %s", best.test().words(), moment(run));
      best.test().beside().forEach(line -> report.say("%s", line));
      best.test().figures().forEach(report::put);
      tellTraining(run);
      record(experiment, best);
      best.model()
          .drawInto(run.folder())
          .forEach((shown, file) -> report.say("picture of %s in %s", shown, file));
      if (exporter == null) {
        tellNoExport();
      } else {
        export(experiment, best, exporter);
      }
      tellFolder(run);
    }
  }

  /** Keeps for reports what is known now only. */
  private void record(Experiment experiment, TestedModel best) {
    List<String> words = new ArrayList<>(List.of(best.test().words()));
    words.addAll(best.test().beside());
    new RunRecord(
            best.run().bestStep(),
            result.step(),
            result.seconds(),
            experiment.dataSize() + " (" + source + ")",
            best.test().metrics(),
            words,
            RunRecord.here(device))
        .write(best.run().folder());
  }

  private void export(Experiment experiment, TestedModel best, ModelExport target) {
    List<ReferenceCase> trained = experiment.references();
    boolean reopened = trained.isEmpty();
    target.run(
        best.model(),
        reopened ? best.model().references(null) : trained,
        reopened ? ModelExport.REOPENED : "the trained session",
        best.run().provenance(best.test().metrics()),
        experiment.specification().training(),
        report);
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
    ParameterTable table = ParameterTable.of(run.specification());
    report.block(ParameterTable.describe(run.specification()));
    report
        .put("name", run.specification().name())
        .put("parameters", table.total())
        .put("trainableParameters", table.trainable())
        .put("frozenParameters", table.frozen());
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

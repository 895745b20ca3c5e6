// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.hypernet4j.error.UserError;
import org.hypernet4j.experiment.ModelFamilies;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.ExportResult;
import org.hypernet4j.export.Provenance;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.export.publish.FormComparison;
import org.hypernet4j.run.ExportForm;
import org.hypernet4j.run.TrainedModel;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.TrainingSpec;
import org.jspecify.annotations.Nullable;

/** The export at the end of a training, and as a command of its own. */
final class ModelExport {
  /**
   * The human-readable source of the reference outputs where the trained session no longer exists.
   */
  static final String REOPENED = "a session reopened from the best checkpoint";

  private final ExportOptions options;

  ModelExport(ExportOptions options) {
    this.options = options;
  }

  /** Fails now if the export would fail later, for lack of a folder or of the form. */
  void requirePossible(ExperimentSpec spec) {
    requirePossible(spec, null);
  }

  /**
   * As {@link #requirePossible(ExperimentSpec)}, for one network of a family.
   *
   * @param condition its condition, or null for the whole model
   */
  void requirePossible(ExperimentSpec spec, @Nullable String condition) {
    if (condition == null) {
      ModelFamilies.of(spec).requireForm(options.form);
    } else if (options.form == ExportForm.GENERATED) {
      throw UserError.in("--condition")
          .what("a condition chooses one network of a family, which has a baked form only")
          .expected("--form baked beside it")
          .received("--form generated")
          .build();
    }
    Writable.requireFolder("--export-dir", options.folder.resolve(options.form.nameOf(spec)));
  }

  /**
   * Exports a model, has a fresh JVM verify it, and reports the result.
   *
   * @param best the best model of a run, of any family
   * @param references the cases that the exported model must reproduce
   * @param source human-readable source of their outputs
   * @param origin the model's origin, for the manifest
   * @param training of the model: what it froze is not trainable in the export
   */
  void run(
      TrainedModel best,
      List<ReferenceCase> references,
      String source,
      Provenance origin,
      TrainingSpec training,
      Report report) {
    // before the publication: if this fails nothing was published
    Optional<FormComparison> forms = best.compareForms(references, options.folder, options.form);
    publish(
        best.exportRequest(options.form, references, origin, options.folder)
            .withFrozen(training.freeze()),
        source + (forms.isPresent() ? ", where the generator runs," : ""),
        report);
    forms.ifPresent(comparison -> tell(comparison, report));
  }

  private void publish(ExportRequest request, String source, Report report) {
    ExportResult result = Exporter.export(request);
    // as the user wrote it, not absolute: users read the line and paste it
    Path folder = request.baseFolder().resolve(result.versionFolder().getFileName());
    report.say(
        "exported to %s (%s form, %s), verified in a fresh JVM: outputs differ from those of %s"
            + " by at most %s (%s relative); written in %.1f s, verified in %.1f s",
        folder,
        request.form(),
        size(result.servedBytes()),
        source,
        number(result.maxAbsDifference()),
        number(result.report().maxRelativeDifference()),
        result.writeSeconds(),
        result.verifySeconds());
    report
        .put("exportDir", folder.toString())
        .put("form", request.form())
        .put("exportBytes", result.servedBytes())
        .put("verified", result.report().verified())
        .put("maxAbsDifference", result.maxAbsDifference())
        .put("maxRelativeDifference", result.report().maxRelativeDifference())
        .put("writeSeconds", result.writeSeconds())
        .put("verifySeconds", result.verifySeconds());
  }

  private static void tell(FormComparison forms, Report report) {
    report.say(
        "  the generated form takes %s, the baked form %s; for the reference inputs their outputs"
            + " differ by at most %s",
        size(forms.generatedBytes()), size(forms.bakedBytes()), number(forms.maxAbsDifference()));
    report
        .put("formDifference", forms.maxAbsDifference())
        .put("generatedBytes", forms.generatedBytes())
        .put("bakedBytes", forms.bakedBytes());
  }

  static String size(long bytes) {
    if (bytes >= 1e9) {
      return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }
    return bytes < 1_000_000
        ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
        : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  static String number(double value) {
    return value == 0 ? "0" : String.format(Locale.ROOT, "%.2g", value);
  }
}

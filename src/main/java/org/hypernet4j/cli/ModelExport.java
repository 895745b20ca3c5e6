package org.hypernet4j.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.hypernet4j.experiment.ImageRun;
import org.hypernet4j.experiment.TrainedClassifier;
import org.hypernet4j.experiment.TrainedClassifier.Form;
import org.hypernet4j.export.ExportResult;
import org.hypernet4j.export.Exporter;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.spec.ExperimentSpec;

/** The export at the end of a training, and the same as a command of its own. */
final class ModelExport {
  private final ExportOptions options;

  ModelExport(ExportOptions options) {
    this.options = options;
  }

  /** Fails now if the export would fail later for want of a folder. */
  void requireFolder(ExperimentSpec spec) {
    Writable.requireFolder("--export-dir", target(spec, options.form));
  }

  private Path target(ExperimentSpec spec, Form form) {
    return options.folder.resolve(TrainedClassifier.exportName(spec, form));
  }

  /** Exports, lets a fresh JVM verify, and tells. */
  void run(ImageRun run, TrainedClassifier best, List<ReferenceCase> references, Report report) {
    ExportResult result =
        Exporter.export(
            best.exportRequest(options.form, references, run.provenance(), options.folder));
    // as the user wrote it, not absolute: the line is to be read and pasted
    Path folder =
        target(run.specification(), options.form).resolve(result.versionFolder().getFileName());
    report.say(
        "exported to %s (%s form, %s), verified in a fresh JVM: outputs differ from those of the"
            + " trained session, where the generator runs, by at most %s (%s relative)",
        folder,
        options.form.word(),
        size(bytes(result.versionFolder())),
        number(result.maxAbsDifference()),
        number(result.report().maxRelativeDifference()));
    report
        .put("exportDir", folder.toString())
        .put("form", options.form.word())
        .put("exportBytes", bytes(result.versionFolder()))
        .put("verified", result.report().verified())
        .put("maxAbsDifference", result.maxAbsDifference())
        .put("maxRelativeDifference", result.report().maxRelativeDifference());
    otherForms(run.specification(), report);
  }

  private void otherForms(ExperimentSpec spec, Report report) {
    for (Form other : Form.values()) {
      Optional<Path> version =
          other == options.form ? Optional.empty() : newest(target(spec, other));
      if (version.isPresent()) {
        report.say(
            "  the %s form in %s has %s", other.word(), version.get(), size(bytes(version.get())));
        report.put("otherFormBytes", bytes(version.get()));
      }
    }
  }

  /** The folder with the largest number. */
  private static Optional<Path> newest(Path base) {
    if (!Files.isDirectory(base)) {
      return Optional.empty();
    }
    try (Stream<Path> children = Files.list(base)) {
      return children
          .filter(path -> path.getFileName().toString().matches("[0-9]{1,18}"))
          .max(Comparator.comparingLong(path -> Long.parseLong(path.getFileName().toString())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a server reads: the graph and the variables, not the reference cases beside them. */
  private static long bytes(Path version) {
    try (Stream<Path> files = Files.walk(version.resolve("variables"))) {
      return version.resolve("saved_model.pb").toFile().length()
          + files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String size(long bytes) {
    return bytes < 1_000_000
        ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
        : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  static String number(double value) {
    return value == 0 ? "0" : String.format(Locale.ROOT, "%.2g", value);
  }
}

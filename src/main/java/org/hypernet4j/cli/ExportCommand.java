package org.hypernet4j.cli;

import java.nio.file.Path;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.device.ShownGpus;
import org.hypernet4j.error.UserError;
import org.hypernet4j.experiment.FinishedRun;
import org.hypernet4j.experiment.ImageRun;
import org.hypernet4j.experiment.LanguageRun;
import org.hypernet4j.experiment.TrainedClassifier;
import org.hypernet4j.experiment.TrainedLanguageModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code export RUN}: publishes the best model of a run. */
@Command(
    name = "export",
    description =
        "Export the best model of a run as the next version of a SavedModel, once a fresh JVM has"
            + " verified it.",
    footer = {"", "Example:", "  ./hypernet4j export runs/mnist-hyper/1 --form baked"})
final class ExportCommand extends CliCommand {
  @Parameters(paramLabel = "RUN", description = "Folder of a run, for example runs/mnist-hyper/1.")
  Path run;

  @Mixin ExportOptions export;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder of data whose test images become reference inputs, for a model of images."
              + " Default: the built-in sample.")
  @Nullable Path data;

  @Override
  int run(Report report) {
    quietTensorFlow(ShownGpus.configuration());
    FinishedRun trained = FinishedRun.open(run);
    ModelExport exporter = new ModelExport(export);
    exporter.requirePossible(trained.specification());
    report
        .put("name", trained.specification().name())
        .put("runDir", run.toString())
        .put("bestStep", trained.bestStep());
    if (trained instanceof ImageRun images) {
      exportClassifier(images, exporter, report);
    } else if (trained instanceof LanguageRun language) {
      if (data != null) {
        throw UserError.in("--data")
            .what("the reference inputs of a language model are symbols of its own")
            .expected("nothing")
            .received(data)
            .next("leave --data out")
            .build();
      }
      try (TrainedLanguageModel best = language.best()) {
        exporter.run(best, language.provenance(), report);
      }
    }
    report.put("seconds", report.seconds());
    return ExitCode.OK;
  }

  private void exportClassifier(ImageRun trained, ModelExport exporter, Report report) {
    LabeledImages images = trained.testImages(data);
    try (TrainedClassifier best = trained.best()) {
      exporter.run(
          trained.specification(),
          best,
          best.references(images),
          ModelExport.REOPENED,
          trained.provenance(),
          report);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.nio.file.Path;
import org.hypernet4j.device.internal.ShownGpus;
import org.hypernet4j.experiment.ModelFamilies;
import org.hypernet4j.run.FinishedRun;
import org.hypernet4j.run.TrainedModel;
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

  @Option(
      names = "--condition",
      paramLabel = "CONDITION",
      description =
          "Of a family of networks the one to export in the baked form: the number of a task, or"
              + " numbers with commas between them. Default: the whole family.")
  @Nullable String condition;

  @Override
  int run(Report report) {
    quietTensorFlow(ShownGpus.configuration());
    FinishedRun trained = ModelFamilies.open(run);
    ModelExport exporter = new ModelExport(export);
    exporter.requirePossible(trained.specification(), condition);
    report
        .put("name", trained.specification().name())
        .put("runDir", run.toString())
        .put("bestStep", trained.bestStep());
    try (TrainedModel best = trained.best()) {
      TrainedModel one = condition == null ? best : best.fixed(condition);
      exporter.run(
          one,
          one.references(data),
          ModelExport.REOPENED,
          trained.provenance(),
          trained.specification().training(),
          report);
    }
    report.put("seconds", report.seconds());
    return ExitCode.OK;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.Provenance;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.export.publish.FormComparison;
import org.hypernet4j.run.ExportForm;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.train.StepResult;
import org.hypernet4j.train.TrainingListener;
import org.hypernet4j.train.TrainingState;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The small ConvNet with every generator: a few steps, both forms, equal outputs. */
class GeneratorVariantsTest {
  @TempDir Path folder;

  // the fresh JVM of a whole export takes seconds: one of them, that with the rarest ops
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "two-layer-linear, false",
    "one-layer-linear, false",
    "mlp, false",
    "chunked, false",
    "templated, false",
    "low-rank, false",
    "coordinate, false",
    "dct, true"
  })
  void learnsAndExportsBothForms(String type, boolean publish) {
    String kernel = "model.kernel2={\"type\":\"" + type + "\"";
    kernel += type.equals("two-layer-linear") ? ",\"initialisation\":\"hyperfan-out\"}" : "}";
    ImageExperiment experiment =
        ImageExperiment.prepare(
            SpecFiles.read(
                Path.of("graphs", "mnist-hyper.json"),
                List.of(
                    kernel,
                    "model.filters=4",
                    "data.validation=50",
                    "training.steps=20",
                    "training.batchSize=16",
                    "training.evaluateEvery={\"steps\":20}",
                    "training.optimizer.learningRate=0.01")),
            new TrainOptions(
                null, folder, folder.resolve("run"), false, new SessionOptions(1, true)));
    List<Float> losses = new ArrayList<>();
    experiment.train(
        List.of(
            new TrainingListener() {
              @Override
              public void onStep(TrainingState run, StepResult step) {
                losses.add(step.loss());
              }
            }),
        run -> {});
    assertThat(mean(losses.subList(15, 20))).isLessThan(mean(losses.subList(0, 5)));

    try (TrainedClassifier best = experiment.finished().best()) {
      FormComparison forms =
          best.compareForms(experiment.references(), folder.resolve("drafts"), ExportForm.BAKED)
              .orElseThrow();
      assertThat(forms.maxAbsDifference()).isLessThan(1e-5);
      for (ExportForm form : ExportForm.values()) {
        if (publish) {
          ExportRequest request =
              best.exportRequest(form, experiment.references(), Provenance.UNKNOWN, folder);
          assertThat(Exporter.export(request).report().verified()).isTrue();
        }
      }
    }
    experiment.close();
  }

  private static double mean(List<Float> losses) {
    return losses.stream().mapToDouble(loss -> loss).average().orElseThrow();
  }
}

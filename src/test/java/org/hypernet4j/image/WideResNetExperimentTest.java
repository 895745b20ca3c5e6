// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.ExportResult;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.fixtures.Runs;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.language.JavaGradients;
import org.hypernet4j.run.ExportForm;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.train.SessionOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small hyper Wide ResNet on the built-in pictures, end to end but short. */
class WideResNetExperimentTest {
  private static final int STEPS = 8;

  @TempDir Path folder;

  private static ExperimentSpec spec() {
    return SpecFiles.read(
        Path.of("graphs", "cifar10-wrn-10-1-hyper.json"),
        List.of(
            "name=wide-resnet",
            "model.kernels.embeddingSize=4",
            "model.kernels.hiddenSize=4",
            "training.steps=" + STEPS,
            "training.batchSize=16",
            "training.logEvery=1",
            "training.checkpoints.everySteps=3",
            "training.evaluateEvery={\"steps\":" + STEPS + "}"));
  }

  private TrainOptions options(String run, boolean resume) {
    return new TrainOptions(null, folder, folder.resolve(run), resume, new SessionOptions(0, true));
  }

  /** Python reads what this leaves in target, see run.sh. */
  @Test
  void exportsBothFormsWithEqualOutputs() throws IOException {
    ImageExperiment experiment = ImageExperiment.prepare(spec(), options("run", false));
    experiment.train(List.of(), run -> {});
    Path models = Path.of("target", "python-wide-resnet");
    AtomicFiles.deleteRecursively(models);
    try (TrainedClassifier best = experiment.finished().best()) {
      for (ExportForm form : ExportForm.values()) {
        ExportRequest request =
            best.exportRequest(
                form, experiment.references(), experiment.finished().provenance(), models);
        ExportResult exported = Exporter.export(request);
        JavaGradients.ofClassifier(request);
        assertThat(exported.report().verified()).isTrue();
        // both forms are compared with the session that was trained, moving statistics and all
        assertThat(exported.maxAbsDifference()).isLessThan(1e-5);
        float[] mean = Objects.requireNonNull(request.values().get("conv1/bn/moving_mean"));
        // eight steps from 0, a tenth of the way each: statistics that were never moved are 0
        assertThat(mean).hasSize(16).doesNotContain(0f);
      }
    }
  }

  @Test
  void resumesToTheLastBitWithItsMovingStatistics() throws IOException {
    ImageExperiment whole = ImageExperiment.prepare(spec(), options("whole", false));
    whole.train(List.of(), run -> {});
    ImageExperiment first = ImageExperiment.prepare(spec(), options("parts", false));
    Runs.trainUntilKilled(first, 5); // the newest checkpoint is of step 3
    ImageExperiment second = ImageExperiment.prepare(spec(), options("parts", true));
    assertThat(second.startStep()).isEqualTo(3);
    second.train(List.of(), run -> {});

    assertThat(Runs.losses(folder.resolve("parts")))
        .isEqualTo(Runs.losses(folder.resolve("whole")));
    // the validation loss above is computed from them; here they are themselves
    Map<String, float[]> a = statistics(whole);
    assertThat(a).hasSize(2 * 8);
    statistics(second).forEach((name, values) -> assertThat(values).isEqualTo(a.get(name)));
  }

  private static Map<String, float[]> statistics(ImageExperiment experiment) {
    try (TrainedClassifier best = experiment.finished().best()) {
      Map<String, float[]> values =
          best.exportRequest(
                  ExportForm.GENERATED,
                  List.of(),
                  experiment.finished().provenance(),
                  Path.of("none"))
              .values();
      return values.entrySet().stream()
          .filter(entry -> entry.getKey().contains("/moving_"))
          .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.hypernet4j.conditioned.MemberExperiment;
import org.hypernet4j.conditioned.MemberFamily;
import org.hypernet4j.conditioned.TrainedMember;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ExportResult;
import org.hypernet4j.export.Provenance;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.fixtures.Runs;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.run.DrawOptions;
import org.hypernet4j.run.ExportForm;
import org.hypernet4j.run.TestResult;
import org.hypernet4j.run.TestedModel;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.train.SessionOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images as networks on the built-in digits, end to end but short. */
class SineImagesExperimentTest {
  @TempDir Path folder;

  private static ExperimentSpec spec(String... overrides) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "model.codeSize=8",
                "model.encoder=[32]",
                "model.hidden=[16,16]",
                "model.generator.hiddenSizes=[16]",
                "training.steps=120",
                "training.batchSize=32",
                "training.optimizer.learningRate=0.002",
                "training.evaluateEvery={\"steps\":60}"));
    all.addAll(List.of(overrides));
    return SpecFiles.read(Path.of("graphs", "images-mnist.json"), all);
  }

  private MemberExperiment<SineImagesData> experiment(
      String run, boolean resume, String... overrides) {
    return new MemberFamily<>(new SineImages())
        .prepare(
            spec(overrides),
            new TrainOptions(
                null, folder, folder.resolve(run), resume, new SessionOptions(1, true)));
  }

  @Test
  void learnsDrawsAndExportsTheFamilyAndOneImage() {
    MemberExperiment<SineImagesData> experiment = experiment("run", false);
    experiment.train(List.of(), run -> {});
    try (TestedModel tested = experiment.tested(0)) {
      Map<String, Double> figures = figures(tested.test());
      // the mean image's error is the variance of the pixels: 0.067 over this test set, as NumPy
      // has it from the same images: ((x - train.mean(0)) ** 2).mean()
      assertThat(figures.get("mse")).isLessThan(0.055);
      assertThat(figures.get("psnr"))
          .isCloseTo(-10 * Math.log10(Objects.requireNonNull(figures.get("mse"))), within());
      // 8 components of 20,000 images: 0.0365; of the 9,500 built-in ones about as many
      assertThat(figures.get("pcaMse")).isBetween(0.034, 0.040);
    }
    Path models = Path.of("target", "python-families"); // the Python tests read them there
    AtomicFiles.deleteRecursively(models.resolve("images-mnist"));
    AtomicFiles.deleteRecursively(models.resolve("images-mnist-image-baked"));
    try (TrainedMember<SineImagesData> best = experiment.finished().best()) {
      assertThat(
              experiment
                  .finished()
                  .draw(new DrawOptions(folder.resolve("pictures"), null, null, null, 0))
                  .files())
          .hasSize(2)
          .allSatisfy(file -> assertThat(file).isNotEmptyFile());
      ExportResult family =
          Exporter.export(
              best.exportRequest(
                  ExportForm.GENERATED, best.references(null), Provenance.UNKNOWN, models));
      assertThat(family.report().verified()).isTrue();
      TrainedMember<SineImagesData> one = best.fixed("0.1,0.2,-0.3,0.4,0,0,0,0.5");
      ExportResult image =
          Exporter.export(
              one.exportRequest(
                  ExportForm.BAKED, one.references(null), Provenance.UNKNOWN, models));
      // values are of the order of 1
      assertThat(image.maxAbsDifference()).isLessThan(2e-6);
    }
  }

  private static Map<String, Double> figures(TestResult result) {
    return Objects.requireNonNull(result.figures());
  }

  private static Offset<Double> within() {
    return Offset.offset(1e-9);
  }

  @Test
  void aRunThatWasKilledEndsWithTheSameLosses() throws IOException {
    String[] overrides = {"training.steps=12", "training.evaluateEvery={\"steps\":4}"};
    experiment("whole", false, overrides).train(List.of(), run -> {});
    Runs.trainUntilKilled(experiment("killed", false, overrides), 7);
    experiment("killed", true, overrides).train(List.of(), run -> {});
    assertThat(Runs.losses(folder.resolve("killed")))
        .isEqualTo(Runs.losses(folder.resolve("whole")));
  }

  @Test
  void conditionsThatAreNoCodesAreRefused() {
    MemberExperiment<SineImagesData> experiment =
        experiment("short", false, "training.steps=1", "training.evaluateEvery={\"steps\":1}");
    experiment.train(List.of(), run -> {});
    try (TrainedMember<SineImagesData> best = experiment.finished().best()) {
      assertThatThrownBy(() -> best.fixed("1,2"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("8 numbers with commas between them, received 2 numbers");
      assertThatThrownBy(() -> best.fixed("1,2,3,4,5,6,7,NaN"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("no finite number")
          .hasMessageContaining("'NaN'");
    }
  }

  @Test
  void changedImagesAndGeneratorsWithoutAConditionAreRefused() {
    assertThatThrownBy(() -> spec("data.augmentation.pad=1"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("data.augmentation")
        .hasMessageContaining("without random changes");
    assertThatThrownBy(() -> spec("model.generator={\"type\":\"plain\"}"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("model.generator");
    assertThatThrownBy(() -> spec("data={\"type\":\"cifar10\"}", "sample={\"validation\":100}"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected mnist");
  }
}

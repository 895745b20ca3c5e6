// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.conditioned.MemberExperiment;
import org.hypernet4j.conditioned.MemberFamily;
import org.hypernet4j.conditioned.TrainedMember;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ExportResult;
import org.hypernet4j.export.Provenance;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.fixtures.Runs;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.picture.Chart;
import org.hypernet4j.run.DrawOptions;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.run.ExportForm;
import org.hypernet4j.run.TestedModel;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.train.SessionOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks made from an angle on the built-in digits, end to end but short. */
class ZeroShotExperimentTest {
  @TempDir Path folder;

  private static ExperimentSpec spec(String... overrides) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "model.network.hidden=[32]",
                "model.generator.hiddenSizes=[16,8]",
                "model.rotations={\"seen\":[0,60,120,180,240,300],\"unseen\":[30,150]}",
                "data.validation=200",
                "training.steps=150",
                "training.batchSize=96",
                "training.optimizer.learningRate=0.003",
                "training.evaluateEvery={\"steps\":75}"));
    all.addAll(List.of(overrides));
    return SpecFiles.read(Path.of("graphs", "zero-shot-rotation.json"), all);
  }

  private MemberExperiment<Rotations> experiment(String run, boolean resume, String... overrides) {
    return new MemberFamily<>(new ZeroShot())
        .prepare(
            spec(overrides),
            new TrainOptions(
                null, folder, folder.resolve(run), resume, new SessionOptions(1, true)));
  }

  @Test
  void learnsAnglesThatItHasNotSeenAndExportsAllAndOne() throws IOException {
    MemberExperiment<Rotations> experiment = experiment("run", false);
    assertThat(experiment.dataSize()).isEqualTo("9,800 images at 6 angles");
    experiment.train(List.of(), run -> {});
    try (TestedModel tested = experiment.tested(0.25)) {
      Map<String, Double> figures = tested.test().figures();
      assertThat(figures.keySet())
          .containsExactly(
              "accuracySeen",
              "accuracyUnseen",
              "accuracyAt0",
              "accuracyAt30",
              "accuracyAt60",
              "accuracyAt120",
              "accuracyAt150",
              "accuracyAt180",
              "accuracyAt240",
              "accuracyAt300",
              "validationError");
      // chance is 0.1
      assertThat(figure(figures, "accuracySeen")).isBetween(0.6, 1.0);
      assertThat(figure(figures, "accuracyUnseen")).isBetween(0.4, 1.0);
      assertThat(figure(figures, "accuracyUnseen"))
          .isCloseTo(
              (figure(figures, "accuracyAt30") + figure(figures, "accuracyAt150")) / 2,
              within(1e-12));
      assertThat(tested.test().metric("error"))
          .isCloseTo(1 - figure(figures, "accuracySeen"), within(1e-12));
    }
    Path models = Path.of("target", "python-families"); // the Python tests read them there
    AtomicFiles.deleteRecursively(models.resolve("zero-shot-rotation"));
    AtomicFiles.deleteRecursively(models.resolve("zero-shot-rotation-at-45-baked"));
    try (TrainedMember<Rotations> best = experiment.finished().best()) {
      ExportResult family =
          Exporter.export(
              best.exportRequest(
                  ExportForm.GENERATED, best.references(null), Provenance.UNKNOWN, models));
      assertThat(family.report().verified()).isTrue();
      TrainedMember<Rotations> one = best.fixed("45");
      ExportResult baked =
          Exporter.export(
              one.exportRequest(
                  ExportForm.BAKED, one.references(null), Provenance.UNKNOWN, models));
      assertThat(baked.versionFolder()).endsWith(Path.of("zero-shot-rotation-at-45-baked", "1"));
      // logits are of the order of 10
      assertThat(baked.maxAbsDifference()).isLessThan(1e-4);
      // 784 x 32 + 32 + 32 x 10 + 10
      assertThat(baked.parameters()).isEqualTo(25_450);
      assertThatThrownBy(() -> best.fixed("0.6,0.9"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("squares do not sum to 1");
    }
    Drawing drawing =
        experiment
            .finished()
            .draw(new DrawOptions(folder.resolve("pictures"), null, null, null, 0));
    assertThat(drawing.files()).hasSize(3).allSatisfy(file -> assertThat(file).isNotEmptyFile());
    assertThat(Files.readAllLines(folder.resolve("pictures/accuracy.csv")))
        .hasSize(9)
        .startsWith("degrees,seen,accuracy")
        .anyMatch(line -> line.startsWith("30,false,0."))
        .anyMatch(line -> line.startsWith("60,true,0."));
  }

  private static double figure(Map<String, Double> figures, String name) {
    return Objects.requireNonNull(figures.get(name), name);
  }

  @Test
  void aRunThatWasKilledEndsWithTheSameLosses() throws IOException {
    String[] overrides = {
      "training.steps=12", "training.evaluateEvery={\"steps\":4}", "training.logEvery=1"
    };
    experiment("whole", false, overrides).train(List.of(), run -> {});
    Runs.trainUntilKilled(experiment("killed", false, overrides), 7);
    experiment("killed", true, overrides).train(List.of(), run -> {});
    assertThat(Runs.losses(folder.resolve("killed")))
        .isEqualTo(Runs.losses(folder.resolve("whole")));
  }

  @Test
  void batchesThatCannotBeDividedAreRefusedBeforeAnythingIsWritten() {
    assertThatThrownBy(() -> experiment("run", false, "training.batchSize=100"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("training.batchSize")
        .hasMessageContaining("a multiple of 6, received 100. Take 102.");
    assertThat(folder).isEmptyDirectory();
  }

  /** A line each, by angle; a frozen network that several models have is drawn once. */
  @Test
  void aComparisonIsAChart() {
    Chart chart =
        RotationCharts.compared(
            Map.of(
                "one",
                Map.of(
                    "accuracySeen",
                    0.5,
                    "accuracyAt100",
                    0.3,
                    "accuracyAt22.5",
                    0.5,
                    "accuracyBaseAt22.5",
                    0.2)));
    assertThat(chart.series()).hasSize(2);
    assertThat(chart.series().get(0).name()).isEqualTo("one");
    assertThat(chart.series().get(0).x()).containsExactly(22.5, 100);
    assertThat(chart.series().get(0).y()).containsExactly(50, 30);
    assertThat(chart.series().get(1).name()).isEqualTo("base alone");
    assertThat(chart.series().get(1).y()).containsExactly(20);
  }
}

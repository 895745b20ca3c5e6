// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.uncertainty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hypernet4j.conditioned.MemberExperiment;
import org.hypernet4j.conditioned.MemberFamily;
import org.hypernet4j.conditioned.TrainedMember;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ExportResult;
import org.hypernet4j.export.Provenance;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.fixtures.Runs;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.io.internal.AtomicFiles;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;

/** Uncertainty on the built-in digits, end to end but short. */
class UncertaintyExperimentTest {
  // the Python tests read what lies here, too
  private static final Path BASE = Path.of("target", "python-families");

  @TempDir Path folder;

  private static ExperimentSpec spec(String graph, String... overrides) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "model.hidden=[32]",
                "training.steps=80",
                "training.batchSize=64",
                "training.optimizer.learningRate=0.003",
                "training.evaluateEvery={\"steps\":80}"));
    if (!graph.endsWith("-one") && !graph.endsWith("-ensemble")) {
      all.add(
          graph.endsWith("-rows")
              ? "model.method.generator.chunkSize=1024"
              : "model.method.draws=5");
    }
    all.addAll(List.of(overrides));
    return SpecFiles.read(Path.of("graphs", graph + ".json"), all);
  }

  private MemberExperiment<UncertaintyData> experiment(
      String graph, String run, boolean resume, String... overrides) {
    return new MemberFamily<>(new Uncertainty())
        .prepare(
            spec(graph, overrides),
            new TrainOptions(
                null, folder, folder.resolve(run), resume, new SessionOptions(1, true)));
  }

  private MemberExperiment<UncertaintyData> trained(String graph, String... overrides) {
    MemberExperiment<UncertaintyData> experiment = experiment(graph, "run", false, overrides);
    experiment.train(List.of(), run -> {});
    return experiment;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "uncertainty-mnist",
        "uncertainty-mnist-implicit",
        "uncertainty-mnist-rows",
        "uncertainty-mnist-ensemble",
        "uncertainty-mnist-one"
      })
  void learnsAndMeasuresItsDoubt(String graph) {
    boolean made = graph.endsWith("-implicit") || graph.endsWith("-rows");
    MemberExperiment<UncertaintyData> experiment =
        made // a generator of all weights needs smaller steps, and more of them
            ? trained(
                graph,
                "training.steps=200",
                "training.optimizer.learningRate=0.001",
                "training.evaluateEvery={\"steps\":200}")
            : trained(graph);
    try (TestedModel tested = experiment.tested(0.5)) {
      Map<String, Double> figures = tested.test().figures();
      assertThat(figures.get("accuracy")).isGreaterThan(0.6); // chance is 0.1
      assertThat(figures.get("nll")).isBetween(0.1, 1.5); // log 10 = 2.30 before
      assertThat(figures.get("ece")).isBetween(0.0, 0.5);
      assertThat(figures.get("aurocEntropyDrawn")).isGreaterThan(0.5);
      assertThat(figures.get("nllTurned")).isGreaterThan(figures.get("nll"));
      assertThat(figures.get("validationNll")).isEqualTo(0.5);
      assertThat(tested.test().metric("error"))
          .isCloseTo(1 - figures.get("accuracy"), within(1e-12));
      boolean one = graph.endsWith("-one");
      assertThat(figures.containsKey("aurocInformationGrey")).isEqualTo(!one);
      assertThat(figures.containsKey("oneNll")).isEqualTo(!one);
      if (!one) {
        // Jensen: the mean of probabilities has the higher likelihood
        assertThat(figures.get("oneNll")).isGreaterThan(figures.get("nll"));
        assertThat(figures.get("collapsed")).isZero();
      }
      assertThat(tested.test().words()).startsWith("test accuracy ");
    }
  }

  @Test
  void collapseIsNamed() {
    // hardly trained: the generator still makes nearly one network from any noise
    MemberExperiment<UncertaintyData> experiment =
        trained(
            "uncertainty-mnist-implicit",
            "model.method.diversity=0",
            "model.method.generator={\"type\":\"heads\",\"hiddenSizes\":[],\"spread\":0.00001}",
            "training.steps=2",
            "training.evaluateEvery={\"steps\":2}",
            "training.optimizer={\"type\":\"sgd\",\"learningRate\":0.0001}");
    try (TestedModel tested = experiment.tested(0.5)) {
      assertThat(tested.test().figures().get("collapsed")).isEqualTo(1);
      assertThat(tested.test().figures().get("spread")).isLessThan(Spread.COLLAPSED);
      assertThat(tested.test().beside())
          .anyMatch(line -> line.startsWith("collapse: the 5 networks are one"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"uncertainty-mnist", "uncertainty-mnist-implicit"})
  void aRunThatWasKilledEndsWithTheSameLosses(String graph) throws IOException {
    String[] overrides = {"training.steps=12", "training.evaluateEvery={\"steps\":4}"};
    experiment(graph, "whole", false, overrides).train(List.of(), run -> {});
    Runs.trainUntilKilled(experiment(graph, "killed", false, overrides), 7);
    experiment(graph, "killed", true, overrides).train(List.of(), run -> {});
    assertThat(Runs.losses(folder.resolve("killed")))
        .isEqualTo(Runs.losses(folder.resolve("whole")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"uncertainty-mnist", "uncertainty-mnist-implicit", "uncertainty-mnist-ensemble"})
  void exportsAllNetworksTogetherAndOneAlone(String graph) {
    MemberExperiment<UncertaintyData> experiment = trained(graph, "training.steps=20");
    boolean listed = graph.endsWith("ensemble");
    Path models = listed ? folder.resolve("models") : BASE;
    String name = graph + (listed ? "-member-2" : "-seed-2") + "-baked";
    AtomicFiles.deleteRecursively(models.resolve(graph));
    AtomicFiles.deleteRecursively(models.resolve(name));
    try (TrainedMember<UncertaintyData> best = experiment.finished().best()) {
      ExportResult family =
          Exporter.export(
              best.exportRequest(
                  ExportForm.GENERATED, best.references(null), Provenance.UNKNOWN, models));
      assertThat(family.report().verified()).isTrue();
      TrainedMember<UncertaintyData> one = best.fixed("2");
      ExportResult alone =
          Exporter.export(
              one.exportRequest(
                  ExportForm.BAKED, one.references(null), Provenance.UNKNOWN, models));
      assertThat(alone.report().verified()).isTrue();
      assertThat(alone.maxAbsDifference()).isLessThan(1e-5);
      assertThat(alone.versionFolder())
          .isEqualTo(models.resolve(name).resolve("1").toAbsolutePath());
      assertThatThrownBy(() -> best.fixed(listed ? "5" : "-1"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("whole number from 0 to");
      assertThatThrownBy(() -> best.fixed("0.5")).isInstanceOf(UserError.class);
    }
  }

  @Test
  void drawsAReliabilityDiagramAndEntropies() {
    MemberExperiment<UncertaintyData> experiment = trained("uncertainty-mnist");
    Drawing drawing =
        experiment
            .finished()
            .draw(new DrawOptions(folder.resolve("pictures"), null, null, null, 0));
    assertThat(drawing.files())
        .extracting(file -> file.getFileName().toString())
        .containsExactly("reliability.png", "reliability.svg", "entropy.png", "entropy.svg");
    assertThat(drawing.files()).allSatisfy(file -> assertThat(file).isNotEmptyFile());
    assertThat(folder.resolve("pictures").resolve("entropy.svg"))
        .content()
        .contains("test digits turned by 90 degrees", "Omniglot drawn");
  }

  /**
   * By hand. A net: 784 200 + 200 + 200 10 + 10 = 159,010. A coupling of halves of 105: 105 64 + 64
   * + (64 + 1) 210 = 20,434; two, and a mean and a scale of each of 210: 41,288. Chunks: 39 of 8
   * numbers, (8 + 8 + 1) 32 + (32 + 1) 4,096.
   */
  @ParameterizedTest
  @CsvSource({
    "uncertainty-mnist,          200298",
    "uncertainty-mnist-implicit, 136024",
    "uncertainty-mnist-rows,     136064",
    "uncertainty-mnist-ensemble, 795050",
    "uncertainty-mnist-one,      159010"
  })
  void parametersAreAsManyAsTheGuideSays(String graph, long expected) {
    ExperimentSpec spec = SpecFiles.read(Path.of("graphs", graph + ".json"), List.of());
    try (Graph graphOfModel = new Graph()) {
      ParameterStore store = ParameterStore.forInference(graphOfModel);
      new UncertaintyModel(store.root(), Uncertainty.spec(spec.model()));
      assertThat(store.all().stream().mapToLong(Parameter::size).sum()).isEqualTo(expected);
    }
  }

  @Test
  void wrongSettingsAreRefused() {
    assertThatThrownBy(() -> spec("uncertainty-mnist", "data.augmentation.pad=1"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("data.augmentation");
    assertThatThrownBy(
            () -> spec("uncertainty-mnist-implicit", "model.method.generator={\"type\":\"plain\"}"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("model.method.generator")
        .hasMessageContaining("makes no weights from noise");
    assertThatThrownBy(
            () -> spec("uncertainty-mnist-rows", "model.method.generator={\"type\":\"separate\"}"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("makes no weights from a row");
    assertThatThrownBy(
            () ->
                spec(
                    "uncertainty-mnist",
                    "data={\"type\":\"cifar10\"}",
                    "sample={\"validation\":9}"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected mnist");
    assertThatThrownBy(() -> spec("uncertainty-mnist-ensemble", "model.method.members=0"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("model.method.members");
  }
}

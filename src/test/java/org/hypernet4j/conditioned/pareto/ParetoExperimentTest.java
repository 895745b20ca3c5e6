// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pareto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.conditioned.MemberExperiment;
import org.hypernet4j.conditioned.MemberFamily;
import org.hypernet4j.conditioned.TrainedMember;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ExportResult;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.fixtures.Runs;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.measure.Hypervolume;
import org.hypernet4j.picture.Chart;
import org.hypernet4j.run.DrawOptions;
import org.hypernet4j.run.ExportForm;
import org.hypernet4j.run.TestedModel;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.train.SessionOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks for preferences on the built-in digits, end to end but short. */
class ParetoExperimentTest {
  // the Python tests read what lies here
  private static final Path MODELS = Path.of("target", "python-families");
  private static final String SEPARATE = "model.generator={\"type\":\"separate\"}";

  @TempDir Path folder;

  private MemberExperiment<ParetoData> experiment(
      String run, boolean resume, String... overrides) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "model.network={\"type\":\"mlp\",\"hidden\":[16]}",
                "model.generator={\"type\":\"heads\",\"hiddenSizes\":[16]}",
                "model.picturesPerImage=1",
                "training.steps=300",
                "model.rays=5",
                "training.batchSize=100",
                "training.optimizer.learningRate=0.003",
                "training.evaluateEvery={\"steps\":150}",
                "sample={\"validation\":300}"));
    all.addAll(List.of(overrides));
    return new MemberFamily<>(new ParetoFront())
        .prepare(
            ParetoTaskTest.spec(all.toArray(String[]::new)),
            new TrainOptions(
                null, folder, folder.resolve(run), resume, new SessionOptions(1, true)));
  }

  @Test
  void learnsAFrontDrawsAndExportsItAndOneNetwork() throws IOException {
    MemberExperiment<ParetoData> experiment = experiment("run", false);
    experiment.train(List.of(), run -> {});
    Map<String, Double> figures = new LinkedHashMap<>();
    try (TestedModel tested = experiment.tested(0)) {
      figures.putAll(tested.test().figures());
    }
    // ten digits: chance is 0.1; the favoured digit gains by being favoured
    assertThat(figure(figures, "firstAccuracy")).isGreaterThan(0.4);
    assertThat(figure(figures, "secondAccuracy")).isGreaterThan(0.4);
    assertThat(figure(figures, "ray1FirstLoss")).isLessThan(figure(figures, "ray11FirstLoss"));
    assertThat(figure(figures, "ray11SecondLoss")).isLessThan(figure(figures, "ray1SecondLoss"));
    double[][] points = new double[11][];
    double mean = 0;
    for (int i = 0; i < 11; i++) {
      double first = figure(figures, "ray" + (i + 1) + "FirstLoss");
      double second = figure(figures, "ray" + (i + 1) + "SecondLoss");
      double weight = figure(figures, "ray" + (i + 1) + "FirstWeight");
      points[i] = new double[] {first, second};
      mean += (weight * first + (1 - weight) * second) / 11;
    }
    assertThat(figure(figures, "hypervolume")).isEqualTo(Hypervolume.of(points, 3, 3));
    assertThat(figure(figures, "meanLoss")).isCloseTo(mean, within(1e-6));

    AtomicFiles.deleteRecursively(MODELS.resolve("pareto-digits"));
    AtomicFiles.deleteRecursively(MODELS.resolve("pareto-digits-0_3-0_7-baked"));
    try (TrainedMember<ParetoData> best = experiment.finished().best()) {
      ExportResult family =
          Exporter.export(
              best.exportRequest(
                  ExportForm.GENERATED,
                  best.references(null),
                  experiment.finished().provenance(),
                  MODELS));
      assertThat(family.report().verified()).isTrue();
      assertThat(family.maxAbsDifference()).isLessThan(1e-5);
      TrainedMember<ParetoData> one = best.fixed("0.3,0.7");
      ExportResult baked =
          Exporter.export(
              one.exportRequest(
                  ExportForm.BAKED,
                  one.references(null),
                  experiment.finished().provenance(),
                  MODELS));
      // the ordinary network beside the one that the generator makes
      assertThat(baked.maxAbsDifference()).isLessThan(1e-5);
      // 1296 * 16 + 16 + 16 * 20 + 20
      assertThat(baked.parameters()).isEqualTo(21_092);
      assertThat(MODELS.resolve("pareto-digits-0_3-0_7-baked/1")).isDirectory();
      assertThatThrownBy(() -> best.fixed("0.3,0.8"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("no preference between the two losses");
      assertThatThrownBy(() -> best.fixed("-0.3,1.3")).isInstanceOf(UserError.class);
      assertThatThrownBy(() -> best.fixed("NaN,1")).isInstanceOf(UserError.class);
    }
    Path pictures = Files.createDirectories(folder.resolve("pictures"));
    assertThat(
            experiment
                .finished()
                .draw(new DrawOptions(pictures, null, null, null, 0))
                .files())
        .hasSize(3)
        .allSatisfy(file -> assertThat(file).isNotEmptyFile());
    assertThat(Files.readAllLines(pictures.resolve("front.csv"))).hasSize(12);
  }

  private static double figure(Map<String, Double> figures, String name) {
    return Objects.requireNonNull(figures.get(name), name);
  }

  @Test
  void separateNetworksAnswerThePreferencesNearTheirOwn() {
    MemberExperiment<ParetoData> experiment =
        experiment("run", false, SEPARATE, "model.weights=[0.9,0.1]", "training.steps=60");
    experiment.train(List.of(), run -> {});
    Map<String, Double> figures = new LinkedHashMap<>();
    try (TestedModel tested = experiment.tested(0)) {
      figures.putAll(tested.test().figures());
    }
    // the first five of eleven rays are nearer to 0.9, the last five to 0.1
    for (String name : List.of("FirstLoss", "SecondLoss", "FirstAccuracy")) {
      assertThat(figures.get("ray5" + name)).isEqualTo(figures.get("ray1" + name));
      assertThat(figures.get("ray7" + name)).isEqualTo(figures.get("ray11" + name));
      assertThat(figures.get("ray1" + name)).isNotEqualTo(figures.get("ray11" + name));
    }
    assertThat(figure(figures, "firstAccuracy")).isGreaterThan(0.3);

    // in a chart they are the points of two networks; eleven preferences are a line
    Map<String, Double> line = new LinkedHashMap<>(figures);
    for (int i = 1; i <= 11; i++) {
      line.put("ray" + i + "FirstLoss", 0.1 * i);
    }
    Chart chart = FrontFigures.chart(Map.of("two", figures));
    assertThat(chart.series()).hasSize(1);
    assertThat(chart.series().get(0).kind()).isEqualTo(Chart.Kind.POINTS);
    assertThat(chart.series().get(0).x()).hasSize(2);
    Chart.Series front = FrontFigures.chart(Map.of("front", line)).series().get(0);
    assertThat(front.kind()).isEqualTo(Chart.Kind.LINE);
    assertThat(front.x()).hasSize(11);
  }

  @Test
  void aRunThatWasKilledEndsWithTheSameLosses() throws IOException {
    String[] overrides = {
      "training.steps=12", "training.evaluateEvery={\"steps\":4}", "model.alpha=0.3"
    };
    experiment("whole", false, overrides).train(List.of(), run -> {});
    Runs.trainUntilKilled(experiment("killed", false, overrides), 7);
    experiment("killed", true, overrides).train(List.of(), run -> {});
    assertThat(Runs.losses(folder.resolve("killed")))
        .isEqualTo(Runs.losses(folder.resolve("whole")));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.response;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.hypernet4j.picture.Chart;
import org.hypernet4j.run.DrawOptions;
import org.hypernet4j.run.ExportForm;
import org.hypernet4j.run.TestedModel;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.train.SessionOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks for strengths of a weight decay on the built-in digits, end to end but short. */
class ResponseExperimentTest {
  // the Python tests read what lies here
  private static final Path MODELS = Path.of("target", "python-families");

  @TempDir Path folder;

  private MemberExperiment<ResponseData> experiment(
      String run, boolean resume, String... overrides) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "model.network.hidden=[16]",
                "model.generator={\"type\":\"heads\",\"hiddenSizes\":[8]}",
                "model.images=200",
                "model.start=-3.5",
                "model.draws=4",
                "training.batchSize=100",
                "training.steps=300",
                "training.optimizer.learningRate=0.005",
                "training.evaluateEvery={\"steps\":100}"));
    all.addAll(List.of(overrides));
    return new MemberFamily<>(new BestResponse())
        .prepare(
            ResponseTaskTest.spec(all.toArray(String[]::new)),
            new TrainOptions(
                null, folder, folder.resolve(run), resume, new SessionOptions(1, true)));
  }

  private static double figure(Map<String, Double> figures, String name) {
    return Objects.requireNonNull(figures.get(name), name);
  }

  /** From the loss with the decay and without. */
  private static double halfSquares(Map<String, Double> figures, int point) {
    String name = "point" + point;
    double decay = figure(figures, name + "Objective") - figure(figures, name + "TrainLoss");
    return decay / Math.pow(10, figure(figures, name + "Log10L2"));
  }

  @Test
  void learnsTheCurveDrawsAndExportsItAndOneNetwork() throws IOException {
    MemberExperiment<ResponseData> experiment = experiment("run", false);
    experiment.train(List.of(), run -> {});
    Map<String, Double> figures = new LinkedHashMap<>();
    try (TestedModel tested = experiment.tested(0)) {
      figures.putAll(tested.test().figures());
    }
    assertThat(figure(figures, "lowestTestAccuracy")).isGreaterThan(0.4); // chance is 0.1
    // strengths -4 to -1: more decay, smaller weights
    assertThat(figure(figures, "point1Log10L2")).isEqualTo(-4);
    assertThat(figure(figures, "point4Log10L2")).isEqualTo(-1);
    assertThat(halfSquares(figures, 4)).isLessThan(0.8 * halfSquares(figures, 1));
    // the search has left its start
    assertThat(figure(figures, "foundLog10L2")).isBetween(-4.0, -1.0).isNotEqualTo(-3.5);

    Map<String, Map<String, Double>> both = new LinkedHashMap<>();
    both.put("hypernetwork", figures);
    Map<String, Double> other = new LinkedHashMap<>(figures);
    other.keySet().removeIf(name -> name.startsWith("found"));
    both.put("networks", other);
    Chart chart = ResponseCurve.chart(both);
    assertThat(chart.series())
        .extracting(Chart.Series::name)
        .containsExactly("hypernetwork", "found by hypernetwork", "networks");

    AtomicFiles.deleteRecursively(MODELS.resolve("best-response-l2"));
    AtomicFiles.deleteRecursively(MODELS.resolve("best-response-l2-1e-2_5-baked"));
    try (TrainedMember<ResponseData> best = experiment.finished().best()) {
      ExportResult family =
          Exporter.export(
              best.exportRequest(
                  ExportForm.GENERATED,
                  best.references(null),
                  experiment.finished().provenance(),
                  MODELS));
      assertThat(family.report().verified()).isTrue();
      assertThat(family.maxAbsDifference()).isLessThan(1e-5);
      TrainedMember<ResponseData> one = best.fixed("-2.5");
      ExportResult baked =
          Exporter.export(
              one.exportRequest(
                  ExportForm.BAKED,
                  one.references(null),
                  experiment.finished().provenance(),
                  MODELS));
      assertThat(baked.maxAbsDifference()).isLessThan(1e-5);
      // 784 * 16 + 16 + 16 * 10 + 10
      assertThat(baked.parameters()).isEqualTo(12_730);
      assertThat(MODELS.resolve("best-response-l2-1e-2_5-baked/1")).isDirectory();
      assertThatThrownBy(() -> best.fixed("-0.9"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("log10 of lambda from -4.0 to -1.0, received -0.9");
      assertThatThrownBy(() -> best.fixed("NaN")).isInstanceOf(UserError.class);
    }
    Path pictures = Files.createDirectories(folder.resolve("pictures"));
    assertThat(
            experiment
                .finished()
                .draw(new DrawOptions(pictures, null, null, null, 0))
                .files())
        .hasSize(3)
        .allSatisfy(file -> assertThat(file).isNotEmptyFile());
    assertThat(Files.readAllLines(pictures.resolve("response.csv"))).hasSize(5);
  }

  @Test
  void aRunThatWasKilledEndsWithTheSameLosses() throws IOException {
    String[] overrides = {"training.steps=12", "training.evaluateEvery={\"steps\":4}"};
    experiment("whole", false, overrides).train(List.of(), run -> {});
    Runs.trainUntilKilled(experiment("killed", false, overrides), 7);
    experiment("killed", true, overrides).train(List.of(), run -> {});
    assertThat(losses("killed")).isEqualTo(losses("whole"));
  }

  /** The searched strength as well, which the loss alone hardly shows. */
  private List<String> losses(String run) throws IOException {
    return Files.readAllLines(folder.resolve(run).resolve("metrics.jsonl")).stream()
        .map(line -> line.replaceAll("\"stepMillis\":[0-9.E-]+", ""))
        .toList();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pruning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.hypernet4j.conditioned.MemberExperiment;
import org.hypernet4j.conditioned.MemberFamily;
import org.hypernet4j.conditioned.TrainedMember;
import org.hypernet4j.data.ImageSplits;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.ExportResult;
import org.hypernet4j.export.Provenance;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.fixtures.Runs;
import org.hypernet4j.image.ImageDatasets;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.run.DrawOptions;
import org.hypernet4j.run.ExportForm;
import org.hypernet4j.run.TestResult;
import org.hypernet4j.run.TestedModel;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.ComparedWidthsSpec;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.train.SessionOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nets of two widths on the built-in digits, end to end but short. */
class PruningExperimentTest {
  @TempDir Path folder;

  private static ExperimentSpec spec(String... overrides) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "model.filters=[4,5]",
                "model.generator.hiddenSizes=[16]",
                "model.compared={\"pairs\":3,\"steps\":20,\"batchSize\":50,\"learningRate\":0.01}",
                "training.steps=150",
                "training.batchSize=50",
                "training.optimizer.learningRate=0.003",
                "training.evaluateEvery={\"steps\":150}"));
    all.addAll(List.of(overrides));
    return SpecFiles.read(Path.of("graphs", "pruning-widths.json"), all);
  }

  private MemberExperiment<PruningData> experiment(
      String run, boolean resume, String... overrides) {
    return new MemberFamily<>(new Pruning())
        .prepare(
            spec(overrides),
            new TrainOptions(
                null, folder, folder.resolve(run), resume, new SessionOptions(1, true)));
  }

  private DrawOptions pictures() throws IOException {
    return new DrawOptions(
        Files.createDirectories(folder.resolve("pictures")), null, null, null, 0);
  }

  @Test
  void learnsMeasuresDrawsAndExportsTheFamilyAndOneNet() throws IOException {
    MemberExperiment<PruningData> experiment = experiment("run", false);
    experiment.train(List.of(), run -> {});
    assertThatThrownBy(() -> experiment.finished().draw(pictures()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("have not all been trained")
        .hasMessageContaining("train with resume");
    try (TestedModel tested = experiment.tested(0.25)) {
      TestResult result = tested.test();
      // ten classes: a net that has learnt nothing is wrong in nine of ten
      assertThat(figure(result, "generatedError")).isLessThan(0.6);
      assertThat(figure(result, "trainedError")).isLessThan(0.8);
      assertThat(figure(result, "validationError")).isEqualTo(0.25);
      ComparedNets nets = ComparedNets.read(folder.resolve("run")).orElseThrow();
      assertThat(figure(result, "rankCorrelation"))
          .isCloseTo(ofThree(errors(nets, true), errors(nets, false)), within(1e-12));
      assertThat(figure(result, "generatedError"))
          .isCloseTo(mean(errors(nets, true)), within(1e-12));
      assertThat(figure(result, "trainedError"))
          .isCloseTo(mean(errors(nets, false)), within(1e-12));
    }
    List<Path> files = experiment.finished().draw(pictures()).files();
    assertThat(files).hasSize(5).allSatisfy(file -> assertThat(file).isNotEmptyFile());
    assertThat(Files.readAllLines(files.get(4))).hasSize(4);
    Path models = Path.of("target", "python-families"); // the Python tests read them there
    AtomicFiles.deleteRecursively(models.resolve("pruning-widths"));
    AtomicFiles.deleteRecursively(models.resolve("pruning-widths-3-2-baked"));
    try (TrainedMember<PruningData> best = experiment.finished().best()) {
      ExportResult family =
          Exporter.export(
              best.exportRequest(
                  ExportForm.GENERATED, best.references(null), Provenance.UNKNOWN, models));
      assertThat(family.report().verified()).isTrue();
      TrainedMember<PruningData> one = best.fixed("3,2");
      ExportRequest small =
          one.exportRequest(ExportForm.BAKED, one.references(null), Provenance.UNKNOWN, models);
      // [5, 5, 1, 3], [3], [5, 5, 3, 2], [2], [7 x 7 x 2, 10], [10]
      assertThat(small.values().values().stream().mapToInt(values -> values.length).sum())
          .isEqualTo(75 + 3 + 150 + 2 + 980 + 10);
      // the same sums in another order; logits are of the order of 10
      assertThat(Exporter.export(small).maxAbsDifference()).isLessThan(2e-5);
    }
  }

  private static double figure(TestResult result, String name) {
    return Objects.requireNonNull(result.figures().get(name), name);
  }

  private static double[] errors(ComparedNets nets, boolean generated) {
    return nets.complete().stream()
        .mapToDouble(
            widths ->
                Objects.requireNonNull((generated ? nets.generated() : nets.trained()).get(widths)))
        .toArray();
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  /** Spearman's coefficient without ties, 1 - 6 sum d^2 / (n (n^2 - 1)). */
  private static double ofThree(double[] first, double[] second) {
    double sum = 0;
    for (int i = 0; i < 3; i++) {
      double d = rank(first, i) - rank(second, i);
      sum += d * d;
    }
    return 1 - 6 * sum / (3 * 8);
  }

  private static long rank(double[] values, int i) {
    return Arrays.stream(values).filter(value -> value < values[i]).count();
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

  /** A measurement goes on with the nets that it has no results of, and those alone. */
  @Test
  void aMeasurementThatWasStoppedGoesOn() throws IOException {
    String[] brief = {
      "training.steps=1",
      "training.evaluateEvery={\"steps\":1}",
      "model.compared={\"pairs\":3,\"steps\":2,\"batchSize\":20}"
    };
    MemberExperiment<PruningData> experiment = experiment("run", false, brief);
    experiment.train(List.of(), run -> {});
    experiment.tested(0).close();
    Path run = folder.resolve("run");
    ComparedNets whole = ComparedNets.read(run).orElseThrow();
    List<Widths> pairs = whole.complete();
    assertThat(pairs).hasSize(3);

    // as after a stop behind the second net, whose result is marked to be known again
    ComparedNets part = ComparedNets.read(run).orElseThrow();
    part.trained().remove(pairs.get(2));
    part.trained().put(pairs.get(1), 0.125);
    part.generated().clear();
    part.write(run);
    experiment.tested(0).close();
    ComparedNets after = ComparedNets.read(run).orElseThrow();
    assertThat(after.trained().get(pairs.get(0))).isEqualTo(whole.trained().get(pairs.get(0)));
    assertThat(after.trained().get(pairs.get(1))).isEqualTo(0.125);
    assertThat(after.trained().get(pairs.get(2))).isEqualTo(whole.trained().get(pairs.get(2)));
    assertThat(after.generated()).isEqualTo(whole.generated());

    // results of other data, seeds or budgets are not taken
    part.origin().addProperty("seed", 2);
    part.write(run);
    experiment.tested(0).close();
    assertThat(ComparedNets.read(run)).isEqualTo(Optional.of(whole));

    Files.writeString(run.resolve("widths.json"), "{\"nets\": [");
    assertThat(ComparedNets.read(run)).isEmpty(); // measured anew, not an error
  }

  @Test
  void specificationsThatCannotBeAreRefused() {
    refused("model.compared.pairs", "at most 20 with filters [4, 5]", "model.compared.pairs=21");
    refused(
        "model.generator",
        "a generator that reads the widths",
        "model.generator={\"type\":\"separate\"}");
    refused("model.filters", "2", "model.filters=[4]");
    refused("model.filters[1]", "1", "model.filters=[4,0]");
    refused("data.augmentation", "\"pad\": 0", "data.augmentation.pad=1");
    refused("data", "mnist", "data={\"type\":\"cifar10\"}");
    assertThat(spec("model.generator={\"type\":\"plain\"}").model()).isNotNull();
  }

  private static void refused(String where, String expected, String override) {
    assertThatThrownBy(() -> spec(override))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(where)
        .hasMessageContaining(expected);
  }

  @Test
  void aPlainNetThatDivergesIsNamed() {
    ComparedWidthsSpec wild = new ComparedWidthsSpec(2, 1, 3, 50, 1e30);
    ImageSplits data = ImageDatasets.load(spec().data(), null);
    assertThatThrownBy(
            () -> PlainNet.trainedError(PruningModel.net(List.of(3, 2), 5), data, wild, 1, 500))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("model.compared.learningRate")
        .hasMessageContaining("filters [3, 2] diverged");
  }
}

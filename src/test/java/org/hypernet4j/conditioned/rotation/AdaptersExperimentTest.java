// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.build.SpecOptimizers;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.checkpoint.CheckpointFolder;
import org.hypernet4j.conditioned.MemberExperiment;
import org.hypernet4j.conditioned.MemberFamily;
import org.hypernet4j.conditioned.MemberRun;
import org.hypernet4j.conditioned.OpenedMember;
import org.hypernet4j.conditioned.TrainedMember;
import org.hypernet4j.data.ImageBatch;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.data.Mnist;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ExportResult;
import org.hypernet4j.export.Provenance;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.fixtures.Runs;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.image.ImageExperiment;
import org.hypernet4j.image.TrainedClassifier;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.Npz;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.run.ExportForm;
import org.hypernet4j.run.TestedModel;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.train.TrainingGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A frozen network with changes made from an angle on the built-in digits, end to end but short.
 */
class AdaptersExperimentTest {
  private static final String NETWORK = "model.network={\"type\":\"mlp\",\"hidden\":[32]}";

  @TempDir Path folder;

  private TrainOptions options(String run, boolean resume) {
    return new TrainOptions(null, folder, folder.resolve(run), resume, new SessionOptions(1, true));
  }

  private static ExperimentSpec spec(String graph, String... overrides) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "data.validation=200",
                "training.steps=100",
                "training.batchSize=96",
                "training.optimizer.learningRate=0.003",
                "training.evaluateEvery={\"steps\":50}"));
    all.addAll(List.of(overrides));
    return SpecFiles.read(Path.of("graphs", graph + ".json"), all);
  }

  /** A network that has seen upright digits only. */
  private Path base(String... overrides) {
    String[] all = {
      NETWORK, "model.rotations={\"seen\":[0],\"unseen\":[90]}", "training.batchSize=64"
    };
    new MemberFamily<>(new ZeroShot())
        .prepare(spec("adapters-base", joined(all, overrides)), options("base", false))
        .train(List.of(), run -> {});
    return folder.resolve("base");
  }

  private static String[] joined(String[] first, String[] second) {
    String[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  private MemberExperiment<Rotations> adapters(
      String run, boolean resume, Path base, String... overrides) {
    String[] all = {
      "model.base=" + base,
      NETWORK,
      "model.hiddenSizes=[16]",
      "model.rotations={\"seen\":[0,90,180],\"unseen\":[45]}"
    };
    return new MemberFamily<>(new Adapters())
        .prepare(spec("adapters-rotation", joined(all, overrides)), options(run, resume));
  }

  private Checkpoint best(String run) {
    return new CheckpointFolder(folder.resolve(run).resolve("checkpoints"), 1).best().orElseThrow();
  }

  private static float[] values(Checkpoint checkpoint, String name) {
    return Objects.requireNonNull(checkpoint.values().get(name), name).floats();
  }

  private static NpyArray digits(int count) {
    LabeledImages test = Mnist.builtin(1).test();
    return AngleScore.array(
        new ImageBatch(Arrays.copyOf(test.pixels(), count * 784), new int[count]));
  }

  @Test
  void beginsAsTheBaseToTheLastBitAndLearnsWithoutChangingIt() {
    Path base = base();
    Checkpoint trained = best("base");
    MemberExperiment<Rotations> experiment = adapters("run", false, base);

    // before the first step: weights and logits have the bits of the trained network
    try (TrainingGraph<RotationBatch> graph =
        new TrainingGraph<>(
            new Adapters().task(experiment.specification(), experiment.data()),
            1,
            SpecOptimizers.optimizer(experiment.specification().training()),
            new SessionOptions(1, true))) {
      RotationTask.Built built = (RotationTask.Built) graph.built();
      for (double degrees : new double[] {0, 45, 131}) {
        Map<String, NpyArray> inputs = AngleScore.inputs(digits(20), degrees);
        assertThat(
                built
                    .functions()
                    .call(graph.session(), RotationFunctions.ONE, inputs)
                    .get("logits"))
            .isEqualTo(
                built
                    .functions()
                    .call(graph.session(), RotationFunctions.BASE, Map.of("image", digits(20)))
                    .get("logits"));
        Map<String, NpyArray> made =
            built
                .functions()
                .call(
                    graph.session(),
                    RotationFunctions.WEIGHTS,
                    Map.of("descriptor", Descriptor.ofDegrees(degrees).array()));
        for (String name :
            List.of("dense0/kernel", "dense0/bias", "dense1/kernel", "dense1/bias")) {
          assertThat(made.get(RotationFunctions.alias(name)))
              .as(name)
              .isEqualTo(trained.values().get(name));
        }
      }
      // A is not zero at the start, or nothing would ever change
      Map<String, float[]> all = ParameterValues.read(graph.session(), graph.store().model());

      assertThat(norm(all, "generator/dense0/a/B")).isPositive();
      assertThat(norm(all, "generator/dense0/b/H")).isZero();
      assertThat(ParameterStore.count(graph.store().frozen())).isEqualTo(25_450);
    }

    experiment.train(List.of(), run -> {});
    Checkpoint after = best("run");
    for (String name : trained.values().keySet()) {
      if (!trained.isSlot(name)) {
        assertThat(values(after, "base/" + name)).as(name).isEqualTo(values(trained, name));
      }
    }
    try (TestedModel tested = experiment.tested(0)) {
      Map<String, Double> figures = tested.test().figures();
      // at 90 and 180 degrees the base alone is little better than chance
      assertThat(figure(figures, "accuracyBaseAt90")).isLessThan(0.35);
      assertThat(figure(figures, "accuracyAt90"))
          .isGreaterThan(figure(figures, "accuracyBaseAt90") + 0.2);
      assertThat(figure(figures, "accuracySeen"))
          .isGreaterThan(figure(figures, "accuracyBaseSeen") + 0.15);
      // rank 8: (784 + 32 + 32 + 10) x 8 of 25,450
      assertThat(figure(figures, "generatedShare")).isCloseTo(6_864 / 25_450.0, within(1e-12));
      assertThat(tested.test().beside()).hasSize(2).last().asString().contains("27.0 %");
    }
  }

  private static double norm(Map<String, float[]> values, String name) {
    double sum = 0;
    for (float value : Objects.requireNonNull(values.get(name), name)) {
      sum += (double) value * value;
    }
    return sum;
  }

  private static double figure(Map<String, Double> figures, String name) {
    return Objects.requireNonNull(figures.get(name), name);
  }

  /** A run holds the trained network: it goes on, and is exported, where that is gone. */
  @Test
  void goesOnToTheSameLossesAfterTheBaseIsGone() throws IOException {
    Path base = base("training.steps=20", "training.evaluateEvery={\"steps\":20}");
    String[] short12 = {
      "training.steps=12", "training.evaluateEvery={\"steps\":4}", "training.logEvery=1"
    };
    adapters("whole", false, base, short12).train(List.of(), run -> {});
    Runs.trainUntilKilled(adapters("killed", false, base, short12), 7);
    AtomicFiles.deleteRecursively(base);
    MemberExperiment<Rotations> again = adapters("killed", true, base, short12);
    again.train(List.of(), run -> {});
    assertThat(Runs.losses(folder.resolve("killed")))
        .isEqualTo(Runs.losses(folder.resolve("whole")));
    assertThatThrownBy(() -> adapters("new", false, base, short12))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("model.base: there is no trained network")
        .hasMessageContaining("received " + base)
        .hasMessageContaining("graphs/adapters-base.json");
    assertThat(folder.resolve("new")).doesNotExist();

    Path models = Path.of("target", "python-families"); // the Python tests read them there
    AtomicFiles.deleteRecursively(models.resolve("adapters-rotation"));
    AtomicFiles.deleteRecursively(models.resolve("adapters-rotation-at-22-5-baked"));
    MemberRun<Rotations> finished = again.finished();
    try (TrainedMember<Rotations> best = finished.best()) {
      ExportResult family =
          Exporter.export(
              best.exportRequest(
                  ExportForm.GENERATED, best.references(null), Provenance.UNKNOWN, models));
      assertThat(family.report().verified()).isTrue();
      TrainedMember<Rotations> one = best.fixed("22.5");
      ExportResult baked =
          Exporter.export(
              one.exportRequest(
                  ExportForm.BAKED, one.references(null), Provenance.UNKNOWN, models));
      assertThat(baked.maxAbsDifference()).isLessThan(1e-4);
      assertThat(baked.parameters()).isEqualTo(25_450);
    }
  }

  /** Arrays by name, from NumPy for example. */
  @Test
  void takesAFileOfWeights() {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    float[] kernel = new float[784 * 32];

    for (int i = 0; i < kernel.length; i++) {
      kernel[i] = i * 1e-6f;
    }
    arrays.put("dense0/kernel", NpyArray.of(kernel, 784, 32));
    arrays.put("dense0/bias", NpyArray.of(new float[32], 32));
    arrays.put("dense1/kernel", NpyArray.of(new float[320], 32, 10));
    arrays.put("dense1/bias", NpyArray.of(new float[10], 10));
    Path file = folder.resolve("weights.npz");
    Npz.write(file, arrays);
    try (MemberExperiment<Rotations> experiment = adapters("run", false, file)) {
      assertThat(experiment.data().base().get("dense0/kernel")).isEqualTo(kernel);
    }

    arrays.remove("dense0/bias");
    Path lacking = folder.resolve("lacking.npz");
    Npz.write(lacking, arrays);
    assertThatThrownBy(() -> adapters("other", false, lacking))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("model.base: is not the network of this specification")
        .hasMessageContaining("dense0/bias [32] needs 'dense0/bias'");
    assertThatThrownBy(
            () ->
                adapters("other", false, file, "model.network={\"type\":\"mlp\",\"hidden\":[33]}"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("dense0/kernel is [784, 33]");
    assertThat(folder.resolve("other")).doesNotExist();
  }

  /** Classifiers of this library compute what their copies do, generated kernels included. */
  @Test
  void takesAClassifierOfImages() {
    String[] few = {
      "training.steps=2", "training.batchSize=32", "training.evaluateEvery={\"steps\":2}"
    };
    String[] conv = {"model.filters=4", "model.kernelSize=3"};
    String network =
        "model.network={\"type\":\"conv\",\"filters\":[4,4],\"kernelSize\":3,\"hidden\":[]}";
    ExperimentSpec classifier = spec("mnist-hyper", joined(few, conv));
    ImageExperiment experiment = ImageExperiment.prepare(classifier, options("classifier", false));
    experiment.train(List.of(), run -> {});
    Path base = folder.resolve("classifier");
    assertThatThrownBy(() -> adapters("other", false, base))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("model.network: is not the network of 'model.base'")
        .hasMessageContaining("filters=[4, 4], kernelSize=3");

    MemberExperiment<Rotations> adapted =
        adapters(
            "run",
            false,
            base,
            joined(few, new String[] {network, "model.rank=4", "training.batchSize=33"}));
    adapted.train(List.of(), run -> {});
    try (TrainedClassifier best = experiment.finished().best();
        TrainedMember<Rotations> ours = adapted.finished().best()) {
      OpenedMember opened = ours.opened();
      for (ReferenceCase each : best.references((Path) null)) {
        NpyArray image = Objects.requireNonNull(each.inputs().get("image"));
        float[] expected = Objects.requireNonNull(each.outputs().get("logits")).floats();
        assertThat(opened.call(RotationFunctions.BASE, Map.of("image", image), "logits"))
            .containsExactly(expected, within(1e-5f));
      }
    }
  }

  @Test
  void refusesARunThatIsNotTrainedAndFoldersThatAreNone() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertThatThrownBy(() -> adapters("run", false, empty)).isInstanceOf(UserError.class);
    new MemberFamily<>(new ZeroShot())
        .prepare(
            spec("adapters-base", NETWORK, "model.rotations={\"seen\":[0],\"unseen\":[90]}"),
            options("base", false))
        .close();
    assertThatThrownBy(() -> adapters("run", false, folder.resolve("base")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the run has no best checkpoint yet");
    assertThat(folder.resolve("run")).doesNotExist();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.continual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.conditioned.MemberExperiment;
import org.hypernet4j.conditioned.MemberRun;
import org.hypernet4j.conditioned.OpenedMember;
import org.hypernet4j.conditioned.TrainedMember;
import org.hypernet4j.data.ImageTasks;
import org.hypernet4j.error.UserError;
import org.hypernet4j.experiment.ModelFamilies;
import org.hypernet4j.export.ExportResult;
import org.hypernet4j.export.Provenance;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.fixtures.Runs;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.run.DrawOptions;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.run.ExportForm;
import org.hypernet4j.run.TestResult;
import org.hypernet4j.run.TestedModel;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.train.MetricCurve;
import org.hypernet4j.train.SessionOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SplitMNIST on the built-in sample with a small net, end to end but short. */
class ContinualExperimentTest {
  private static final int STEPS = 30;
  private static final int TASKS = 5;

  @TempDir Path folder;

  static ExperimentSpec spec(String... overrides) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "model.stepsPerTask=" + STEPS,
                "training.optimizer.restartEvery=" + STEPS,
                "training.optimizer.learningRate=0.003",
                "training.batchSize=32",
                "training.logEvery=1",
                "training.evaluateEvery={\"steps\":15}",
                "model.network.hidden=[20]",
                "model.generator.chunkSize=2000",
                "model.generator.embeddingSize=8",
                "model.taskEmbeddingSize=8"));
    all.addAll(List.of(overrides));
    return SpecFiles.read(Path.of("graphs", "continual-split-mnist.json"), all);
  }

  private TrainOptions options(String run, boolean resume) {
    return new TrainOptions(null, folder, folder.resolve(run), resume, new SessionOptions(1, true));
  }

  @SuppressWarnings("unchecked")
  private MemberExperiment<ContinualData> prepare(ExperimentSpec spec, String run, boolean resume) {
    return (MemberExperiment<ContinualData>) ModelFamilies.prepare(spec, options(run, resume));
  }

  private MemberExperiment<ContinualData> trained(ExperimentSpec spec, String run) {
    MemberExperiment<ContinualData> experiment = prepare(spec, run, false);
    experiment.train(List.of(), stopped -> {});
    return experiment;
  }

  private static double figure(TestResult test, String name) {
    return Objects.requireNonNull(test.figures().get(name), name);
  }

  /** Chance is 50 % with the task and 10 % without. */
  @Test
  void learnsFiveTasksAndExportsThem() throws IOException {
    MemberExperiment<ContinualData> experiment = trained(spec(), "run");
    ImageTasks tasks = experiment.data().tasks();
    try (TestedModel tested = experiment.tested(0)) {
      TestResult test = tested.test();
      assertThat(figure(test, "accuracyGivenTask")).isGreaterThan(0.8);
      assertThat(figure(test, "accuracyInferredTask")).isBetween(0.2, 0.99);
      assertThat(figure(test, "taskInferred")).isGreaterThan(0.2);
      assertThat(figure(test, "accuracyWhenLearned")).isGreaterThan(0.8);
      assertThat(figure(test, "forgetting")).isBetween(-0.1, 0.3);
      assertThat(test.figures()).containsKey("accuracyTask4");
    }
    MemberRun<ContinualData> run = experiment.finished();
    assertThat(run.bestStep()).isEqualTo(TASKS * STEPS);
    drawsPictures(run);
    try (TrainedMember<ContinualData> best = run.best()) {
      infersByEntropy(best.opened(), tasks);
      answersEachRowByItsOwnTask(best.opened(), tasks);
      refusesOtherTasks(best);
      exports(best);
    }
  }

  private void drawsPictures(MemberRun<ContinualData> run) {
    Path pictures = folder.resolve("pictures");
    Drawing drawing = run.draw(new DrawOptions(pictures, null, null, null, 100));
    assertThat(drawing.files()).hasSize(4);
    assertThat(pictures.resolve("accuracies.png")).isNotEmptyFile();
    assertThat(pictures.resolve("accuracies.svg")).content().contains("task 4");
    assertThat(pictures.resolve("embeddings.csv")).content().hasLineCount(TASKS + 1);
    assertThat(pictures.resolve("embeddings.png")).isNotEmptyFile();
    assertThat(drawing.figures().has("forgetting")).isTrue();
    // each curve begins with the first evaluation of its task
    MetricCurve third = MetricCurve.read(run.folder().metrics(), "validation", "accuracyTask2");
    assertThat(third.steps()).containsExactly(75, 90, 105, 120, 135, 150);
  }

  /** {@code -sum p log p} in double of the scores that another function gives. */
  private static void infersByEntropy(OpenedMember model, ImageTasks tasks) {
    TaskRows rows = TaskRows.of(tasks, 0, 40);
    Map<String, NpyArray> inferred =
        model.call(ContinualFunctions.INFER, Map.of(ContinualFunctions.IMAGE, rows.image()));
    float[] logits =
        model.call(
            ContinualFunctions.ALL,
            Map.of(ContinualFunctions.IMAGE, rows.image()),
            ContinualFunctions.LOGITS);
    float[] entropies = floats(inferred, ContinualFunctions.ENTROPIES);
    int[] told = ints(inferred, ContinualFunctions.TASK);
    int[] classes = ints(inferred, ContinualFunctions.CLASS);
    assertThat(logits).hasSize(40 * TASKS * 2);
    for (int i = 0; i < 40; i++) {
      int surest = 0;
      double least = Double.MAX_VALUE;
      for (int t = 0; t < TASKS; t++) {
        double a = logits[(i * TASKS + t) * 2];
        double b = logits[(i * TASKS + t) * 2 + 1];
        double p = 1 / (1 + Math.exp(b - a));
        double q = 1 / (1 + Math.exp(a - b));
        double entropy = -(p * Math.log(p) + q * Math.log(q));
        assertThat((double) entropies[i * TASKS + t]).isCloseTo(entropy, within(1e-5));
        surest = entropy < least ? t : surest;
        least = Math.min(least, entropy);
      }
      assertThat(told[i]).isEqualTo(surest);
      int first = (i * TASKS + surest) * 2;
      assertThat(classes[i]).isEqualTo(logits[first + 1] > logits[first] ? 1 : 0);
    }
  }

  /** Task by task with one network for the batch; a number that is no task spoils its row alone. */
  private static void answersEachRowByItsOwnTask(OpenedMember model, ImageTasks tasks) {
    TaskRows rows = TaskRows.of(tasks, 0, 12);
    int[] asked = {3, 3, 0, -1, 4, 1, 5, 2, 2, 0, Integer.MAX_VALUE, 1};
    Map<String, NpyArray> answer =
        model.call(
            ServingSignature.DEFAULT_KEY,
            Map.of(
                ContinualFunctions.IMAGE, rows.image(),
                ContinualFunctions.TASK, NpyArray.of(asked, 12)));
    float[] logits = floats(answer, ContinualFunctions.LOGITS);
    float[] probabilities = floats(answer, ContinualFunctions.PROBABILITIES);
    int[] classes = ints(answer, ContinualFunctions.CLASS);
    for (int i = 0; i < asked.length; i++) {
      if (asked[i] < 0 || asked[i] >= TASKS) {
        assertThat(logits[2 * i]).isNaN();
        assertThat(probabilities[2 * i + 1]).isNaN();
        assertThat(classes[i]).isEqualTo(-1);
        continue;
      }
      float[] one =
          model.call(
              ContinualFunctions.ONE,
              Map.of(
                  ContinualFunctions.IMAGE, rows.image(),
                  ContinualFunctions.TASK, NpyArray.of(new int[] {asked[i]})),
              ContinualFunctions.LOGITS);
      assertThat(logits[2 * i]).isCloseTo(one[2 * i], within(1e-4f));
      assertThat(logits[2 * i + 1]).isCloseTo(one[2 * i + 1], within(1e-4f));
      assertThat(probabilities[2 * i] + probabilities[2 * i + 1]).isCloseTo(1f, within(1e-5f));
      assertThat(classes[i]).isEqualTo(logits[2 * i + 1] > logits[2 * i] ? 1 : 0);
    }
  }

  private static float[] floats(Map<String, NpyArray> outputs, String name) {
    return Objects.requireNonNull(outputs.get(name), name).floats();
  }

  private static int[] ints(Map<String, NpyArray> outputs, String name) {
    return Objects.requireNonNull(outputs.get(name), name).ints();
  }

  private static void refusesOtherTasks(TrainedMember<ContinualData> best) {
    for (String condition : List.of("5", "-1", "zero", "1,2")) {
      assertThatThrownBy(() -> best.fixed(condition))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("a whole number from 0 to 4")
          .hasMessageContaining(condition);
    }
  }

  /** Fresh processes reproduce the family, and one of its networks without the generator. */
  private static void exports(TrainedMember<ContinualData> best) throws IOException {
    Path models = Path.of("target", "python-families"); // the Python tests read them there
    AtomicFiles.deleteRecursively(models.resolve("continual-split-mnist"));
    AtomicFiles.deleteRecursively(models.resolve("continual-split-mnist-task3-baked"));
    ExportResult family =
        Exporter.export(
            best.exportRequest(
                ExportForm.GENERATED, best.references(null), Provenance.UNKNOWN, models));
    assertThat(family.report().verified()).isTrue();
    TrainedMember<ContinualData> third = best.fixed("3");
    ExportResult baked =
        Exporter.export(
            third.exportRequest(
                ExportForm.BAKED, third.references(null), Provenance.UNKNOWN, models));
    assertThat(baked.report().verified()).isTrue();
    assertThat(baked.maxAbsDifference()).isLessThan(1e-4);
    // 784 x 20 + 20 + 20 x 2 + 2: the outputs of the other tasks are gone
    assertThat(baked.parameters()).isEqualTo(15_742);
    assertThat(baked.versionFolder().toString()).contains("task3-baked");
  }

  /** Killed inside the third task, and killed between two tasks. */
  @Test
  void resumesToTheLastBit() throws IOException {
    ExperimentSpec spec = spec("training.checkpoints.everySteps=7");
    MemberExperiment<ContinualData> whole = trained(spec, "whole");
    for (int[] kill : new int[][] {{77, 75}, {61, 60}}) {
      String run = "killed after " + kill[0];
      Runs.trainUntilKilled(prepare(spec, run, false), kill[0]);
      MemberExperiment<ContinualData> resumed = prepare(spec, run, true);
      assertThat(resumed.startStep()).isGreaterThanOrEqualTo(kill[1]);
      resumed.train(List.of(), stopped -> {});
      assertThat(Runs.losses(folder.resolve(run))).isEqualTo(Runs.losses(folder.resolve("whole")));
      assertThat(last(resumed).values()).isEqualTo(last(whole).values());
    }
  }

  private static Checkpoint last(MemberExperiment<ContinualData> experiment) {
    return experiment.folder().checkpoints(1).latest().orElseThrow();
  }

  /** Nothing is kept without a hypernetwork, and nothing is lost by networks apart. */
  @Test
  void comparesWithPlainTrainingAndWithSeparateNetworks() {
    String[] short_ = {"training.epochs=2", "model.beta=0", "training.evaluateEvery=1"};
    for (String generator : List.of("plain", "separate")) {
      List<String> overrides = new ArrayList<>(List.of(short_));
      overrides.add("model.generator={\"type\":\"" + generator + "\"}");
      MemberExperiment<ContinualData> experiment =
          trained(spec(overrides.toArray(new String[0])), generator);
      double[] first =
          MetricCurve.read(experiment.folder().metrics(), "validation", "accuracyTask0").values();
      assertThat(first).hasSize(2);
      assertThat(first[0]).isGreaterThan(0.9);
      if (generator.equals("separate")) {
        assertThat(first[1]).isEqualTo(first[0]);
      }
      try (TestedModel tested = experiment.tested(0)) {
        assertThat(figure(tested.test(), "accuracyGivenTask")).isGreaterThan(0.8);
        assertThat(tested.test().figures()).doesNotContainKey("accuracyTask2");
      }
    }
  }

  /** Some earlier tasks at a time, one head for all tasks, permuted pixels, convolutions. */
  @Test
  void learnsOtherStreams() {
    String permuted = "model.tasks={\"type\":\"permuted\",\"tasks\":3,\"padding\":2,\"seed\":5}";
    String[] network = {
      "model.network={\"type\":\"conv\",\"filters\":[3,4],\"hidden\":[]}",
      "model.oldTasksPerStep=1",
      "model.ownHeads=false",
      "model.stepsPerTask=4",
      "training.optimizer.restartEvery=4",
      "training.epochs=3",
      "training.stepsPerRun=3",
      "training.evaluateEvery=3"
    };
    List<String> overrides = new ArrayList<>(List.of(network));
    overrides.add(permuted);
    MemberExperiment<ContinualData> experiment =
        trained(spec(overrides.toArray(new String[0])), "permuted");
    try (TestedModel tested = experiment.tested(0)) {
      assertThat(figure(tested.test(), "accuracyGivenTask")).isGreaterThan(0.05);
      assertThat(tested.test().figures()).containsKey("accuracyTask2");
    }
    String turned = "model.tasks={\"type\":\"rotated\",\"degrees\":[0,45]}";
    MemberExperiment<ContinualData> other =
        trained(spec(turned, "training.epochs=2", "training.evaluateEvery=2"), "turned");
    try (TestedModel tested = other.tested(0)) {
      assertThat(figure(tested.test(), "accuracyGivenTask")).isGreaterThan(0.3);
    }
  }
}

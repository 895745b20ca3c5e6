// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.continual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.hypernet4j.build.SpecOptimizers;
import org.hypernet4j.data.ImageSplits;
import org.hypernet4j.data.ImageTasks;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.data.Mnist;
import org.hypernet4j.device.ComputeDevices;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.train.TrainingGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** What a specification of tasks in sequence may not say, and the stream of a right one. */
class ContinualMistakesTest {
  private static final ImageTasks TASKS = ImageTasks.split(Mnist.builtin(1000), 2);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model.tasks.classesPerTask=3 | model.tasks.classesPerTask | 2, 5 or 10, received 3",
        "model.tasks.classesPerTask=1 | model.tasks.classesPerTask | received 1",
        "model.tasks={\"type\":\"permuted\",\"tasks\":0} | model.tasks.tasks | received 0",
        "model.tasks={\"type\":\"rotated\",\"degrees\":[]} | model.tasks.degrees | received",
        "model.tasks={\"type\":\"rotated\",\"degrees\":[0,360]} | model.tasks.degrees | twice",
        "model.beta=-0.1 | model.beta | received -0.1",
        "model.beta=NaN | model.beta | NaN",
        "model.generator={\"type\":\"plain\"} | model.beta | 0 with the generators",
        "model.generator={\"type\":\"separate\"} | model.beta | received 0.01",
        "model.oldTasksPerStep=0 | model.oldTasksPerStep | received 0",
        "data.augmentation.pad=1 | data.augmentation | without random changes",
        "data={\"type\":\"cifar10\"} | data.type | expected mnist, received cifar10"
      })
  void specificationsThatCannotBe(String override, String where, String what) {
    assertThatThrownBy(() -> ContinualExperimentTest.spec(override))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(where)
        .hasMessageContaining(what);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "training.epochs=6 | training.epochs: the training is longer than its tasks; expected at"
            + " most 150 steps, 30 for each of 5 tasks, received 180 steps",
        "training.optimizer.restartEvery=29 | training.optimizer.restartEvery: every task begins"
            + " with an optimizer that remembers nothing; expected 30, as model.stepsPerTask,"
            + " received 29",
        "training.optimizer={\"type\":\"adam\",\"learningRate\":0.1} | received none",
        "training.optimizer={\"type\":\"momentum\",\"learningRate\":0.1} | received momentum",
        "training.optimizer={\"type\":\"rmsprop\",\"learningRate\":0.1} | received rmsprop",
        "training.xla=step | training.xla: a step has another size in every task",
        "training.batchSize=100000 | batch size: larger than the training set"
      })
  void trainingsThatDoNotFitTheTasks(String override, String message) {
    ExperimentSpec spec = ContinualExperimentTest.spec(override);
    assertThatThrownBy(() -> new ContinualTask(spec, TASKS))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message);
  }

  @Test
  void replicasNeedTheWholeBatch() {
    ExperimentSpec spec = ContinualExperimentTest.spec();
    SessionOptions two =
        new SessionOptions(1, true, false, ComputeDevices.parse(List.of("CPU:0", "CPU:1"), false));
    assertThatThrownBy(
            () ->
                new TrainingGraph<>(
                        new ContinualTask(spec, TASKS),
                        1L,
                        SpecOptimizers.optimizer(spec.training()),
                        two)
                    .close())
        .isInstanceOf(UserError.class)
        .hasMessageContaining("training with 2 replicas: the regulariser of earlier tasks")
        .hasMessageContaining("set 'model.beta' to 0");
  }

  /** Of ten images none is of the last classes. */
  @Test
  void aTaskWithoutImages() {
    ImageSplits all = Mnist.builtin(1000);
    LabeledImages few = all.train().slice(0, 10);
    assertThatThrownBy(
            () -> ImageTasks.split(new ImageSplits(few, all.validation(), all.test()), 2))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is no training image of class");
  }

  /** Steps 0 to 29 are of task 0, and so on; every earlier task is kept in every step. */
  @Test
  void allEarlierTasksInTheirOrder() {
    TaskStream stream = new TaskStream(ContinualExperimentTest.spec(), TASKS);
    for (long step : new long[] {0, 29, 30, 89, 90, 149, 150, 400}) {
      ContinualBatch batch = stream.batch(step);
      int task = (int) Math.min(4, step / 30);
      assertThat(batch.task()).isEqualTo(task);
      assertThat(batch.stepOfTask()).isEqualTo((int) (step - 30L * task));
      int[] expected = new int[4];
      Arrays.setAll(expected, i -> i < task ? i : 0);
      assertThat(batch.earlier()).containsExactly(expected);
      assertThat(batch.images().labels()).containsOnly(0, 1);
      assertThat(stream.batch(step).images().pixels()).isEqualTo(batch.images().pixels());
    }
    assertThat(stream.begun(0)).isEqualTo(1);
    assertThat(stream.begun(30)).isEqualTo(1);
    assertThat(stream.begun(31)).isEqualTo(2);
    assertThat(stream.left(45)).isEqualTo(3.5);
  }

  /** Two of up to four, all different, each now and then; the same for one seed and step. */
  @Test
  void someEarlierTasksAtRandom() {
    ExperimentSpec spec = ContinualExperimentTest.spec("model.oldTasksPerStep=2");
    TaskStream stream = new TaskStream(spec, TASKS);
    Set<Integer> seen = new HashSet<>();
    for (long step = 120; step < 150; step++) {
      int[] earlier = stream.batch(step).earlier();
      assertThat(earlier).hasSize(2).doesNotHaveDuplicates();
      assertThat(Arrays.stream(earlier).boxed()).allSatisfy(t -> assertThat(t).isBetween(0, 3));
      assertThat(new TaskStream(spec, TASKS).batch(step).earlier()).containsExactly(earlier);
      Arrays.stream(earlier).forEach(seen::add);
    }
    assertThat(seen).containsExactlyInAnyOrder(0, 1, 2, 3);
    assertThat(stream.batch(31).earlier()).containsExactly(0, 0);
    assertThat(stream.batch(61).earlier()).containsExactly(0, 1);
  }

  /** Probabilities that are 0 in float32 make no NaN: the entropy of a sure answer is 0. */
  @Test
  void entropiesOfSureAnswers() {
    try (TestGraph graph = new TestGraph()) {
      float[][][] logits = {{{1000, -1000}, {-3e30f, 0}}, {{5, 5}, {1, -1}}};
      Operand<TFloat32> made = ContinualFunctions.entropies(graph.tf, graph.tf.constant(logits));
      float[] entropies = graph.fetch(made);
      // 1 / (1 + e^2) = 0.119203: entropy 0.365335 nats
      double p = 1 / (1 + Math.exp(2));
      assertThat(entropies)
          .containsExactly(
              new float[] {
                0, 0, (float) Math.log(2), (float) (-p * Math.log(p) - (1 - p) * Math.log(1 - p))
              },
              within(1e-6f));
      assertThat(TaskEvaluator.entropy(new float[] {0, 1000, -1000}, 1, 2)).isEqualTo(0);
      assertThat(TaskEvaluator.entropy(new float[] {7, 7, 7, 7}, 0, 4))
          .isCloseTo(Math.log(4), within(1e-15));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.hypernet4j.build.SpecOptimizers;
import org.hypernet4j.device.ComputeDevices;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.TinyText;
import org.hypernet4j.fixtures.Trained;
import org.hypernet4j.image.ImageClassificationTask;
import org.hypernet4j.image.ImageDatasets;
import org.hypernet4j.image.ImageExperiment;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.language.LanguageModelTask;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.train.StepResult;
import org.hypernet4j.train.TrainingGraph;
import org.hypernet4j.train.TrainingListener;
import org.hypernet4j.train.TrainingState;
import org.hypernet4j.train.TrainingTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.StepStats;

/**
 * Two replicas on two virtual CPU devices against one that sees the whole batch. Sums are taken in
 * another order, so that float32 rounding differs: the tolerance is 2e-5 after a few steps, on
 * numbers of the size of 1.
 */
class ReplicasTest {
  private static final double TOLERANCE = 2e-5;
  private static final SessionOptions ONE = new SessionOptions(1, true);

  @TempDir Path folder;

  private static SessionOptions on(String... devices) {
    return new SessionOptions(1, true, false, ComputeDevices.parse(List.of(devices), false));
  }

  private static ExperimentSpec images(int batchSize, String... more) {
    List<String> all = new ArrayList<>(List.of("training.batchSize=" + batchSize));
    all.addAll(List.of(more));
    return SpecFiles.read(Path.of("graphs", "mnist-hyper.json"), all).forSample();
  }

  @Test
  void anImageClassifierLearnsTheSameOnTwoDevices() {
    ExperimentSpec spec =
        images(
            8, "training.l2=0.001", "training.gradientClip={\"type\":\"global-norm\",\"value\":1}");
    Trained.by(spec, on("CPU:0", "CPU:1"), 5).requireEqual(Trained.by(spec, ONE, 5), TOLERANCE);
  }

  @ParameterizedTest
  @ValueSource(strings = {TinyText.LSTM, TinyText.HYPER})
  void aLanguageModelLearnsTheSameOnTwoDevices(String cell) {
    // more steps than an epoch has: the carried state is put together and begun again
    ExperimentSpec spec =
        TinyText.spec(cell, "training.batchSize=4", "training.l2=0.001", "model.keep={}");
    Trained.by(spec, on("CPU:0", "CPU:1"), 6).requireEqual(Trained.by(spec, ONE, 6), TOLERANCE);
  }

  @Test
  void threeReplicasShareABatchToo() {
    ExperimentSpec spec = images(9);
    Trained.by(spec, on("CPU:2", "CPU:0", "CPU:1"), 2)
        .requireEqual(Trained.by(spec, ONE, 2), TOLERANCE);
  }

  /** Replicas draw masks of their own, as a function of the step: two trainings are equal. */
  @Test
  void dropoutIsTheSameInEveryTrainingOnTheSameDevices() {
    ExperimentSpec spec =
        TinyText.spec(TinyText.LSTM, "training.batchSize=4", "model.keep.recurrent=0.5");
    Trained first = Trained.by(spec, on("CPU:0", "CPU:1"), 4);
    Trained.by(spec, on("CPU:0", "CPU:1"), 4).requireEqual(first, 0);
  }

  /** What TensorFlow's own trace says of the products and convolutions of one step. */
  @Test
  void eachReplicaComputesOnItsDevice() {
    ExperimentSpec digits = images(8);
    ExperimentSpec text = TinyText.spec(TinyText.HYPER, "training.batchSize=4");
    requirePlaced(
        trace(
            new ImageClassificationTask(digits, ImageDatasets.load(digits.data(), null)), digits));
    requirePlaced(trace(new LanguageModelTask(text, TinyText.splits()), text));
  }

  private static void requirePlaced(Map<String, Set<String>> opsByDevice) {
    assertThat(opsByDevice.keySet()).containsExactly("CPU:0", "CPU:1");
    for (int replica = 0; replica < 2; replica++) {
      String own = "training/replica_" + replica + "/";
      String home = "CPU:" + replica;
      for (Map.Entry<String, Set<String>> device : opsByDevice.entrySet()) {
        assertThat(device.getValue().stream().filter(op -> op.startsWith(own)).toList())
            .as("products of replica " + replica + " on " + device.getKey())
            .satisfies(
                ops -> {
                  if (device.getKey().equals(home)) {
                    assertThat(ops).hasSizeGreaterThan(5);
                  } else {
                    assertThat(ops).isEmpty();
                  }
                });
      }
    }
  }

  /** Matrix products and convolutions, by the device on which they ran. */
  private static <B> Map<String, Set<String>> trace(TrainingTask<B> task, ExperimentSpec spec) {
    try (TrainingGraph<B> graph = Trained.open(task, spec, on("CPU:0", "CPU:1"))) {
      return products(graph.trace(task.batch(0), 0, SpecOptimizers.schedule(spec.training())));
    }
  }

  private static Map<String, Set<String>> products(StepStats stats) {
    Map<String, Set<String>> byDevice = new TreeMap<>();
    for (DeviceStepStats device : stats.getDevStatsList()) {
      Set<String> names = new TreeSet<>();
      device.getNodeStatsList().forEach(node -> names.add(node.getNodeName()));
      names.removeIf(name -> !name.matches(".*(MatMul|Conv2D)\\w*"));
      byDevice.put(device.getDevice().replaceAll(".*device:", ""), names);
    }
    return byDevice;
  }

  /** A run that two devices began and one ends leaves what one device alone leaves. */
  @Test
  void aRunGoesOnOnOtherDevices() {
    ExperimentSpec spec = images(8, "training.steps=6", "training.evaluateEvery={\"steps\":6}");
    TrainingListener stopAtThree =
        new TrainingListener() {
          @Override
          public void onStep(TrainingState run, StepResult step) {
            if (step.step() == 3) {
              run.requestStop("enough");
            }
          }
        };
    Map<String, NpyArray> alone = train("alone", false, ONE, spec, List.of());
    train("shared", false, on("CPU:0", "CPU:1"), spec, List.of(stopAtThree));
    Map<String, NpyArray> shared = train("shared", true, ONE, spec, List.of());

    assertThat(shared.keySet()).isEqualTo(alone.keySet());
    alone.forEach(
        (name, array) ->
            assertThat(Objects.requireNonNull(shared.get(name)).floats())
                .as(name)
                .containsExactly(array.floats(), within((float) TOLERANCE)));
  }

  private Map<String, NpyArray> train(
      String run,
      boolean resume,
      SessionOptions session,
      ExperimentSpec spec,
      List<TrainingListener> listeners) {
    TrainOptions options = new TrainOptions(null, folder, folder.resolve(run), resume, session);
    try (ImageExperiment experiment = ImageExperiment.prepare(spec, options)) {
      experiment.train(listeners, stopped -> {});
      return experiment.folder().checkpoints(1).latest().orElseThrow().values();
    }
  }

  @Test
  void aBatchThatCannotBeSharedIsRefusedBeforeAFolderIsMade() {
    TrainOptions options =
        new TrainOptions(null, folder.resolve("runs"), null, false, on("CPU:0", "CPU:1"));
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> ImageExperiment.prepare(images(9), options))
        .withMessageContaining("training.batchSize: the batch cannot be divided evenly among 2");
    assertThat(folder).isEmptyDirectory();
  }
}

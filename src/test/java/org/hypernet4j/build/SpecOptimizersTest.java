// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.Role;
import org.hypernet4j.optim.LearningRateSchedule;
import org.hypernet4j.optim.RmsProp;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.OptimizerSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.spec.TrainingSpec;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.train.StepOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;

/** What a specification file may say, the optimizers must take. */
class SpecOptimizersTest {
  private static TrainingSpec training(String... settings) {
    return SpecFiles.read(Path.of("graphs", "mnist-hyper.json"), List.of(settings)).training();
  }

  private static LearningRateSchedule schedule(String json) {
    return SpecOptimizers.schedule(training("training.optimizer.learningRate=" + json));
  }

  /** The ends of every range, where the nearest float32 is closest to what is forbidden. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"adam\",\"learningRate\":0,\"beta1\":0.9999999,\"beta2\":0.9999999,\"epsilon\":1e-30}",
        "{\"type\":\"adam\",\"learningRate\":1e6,\"beta1\":0,\"beta2\":0,\"epsilon\":1}",
        "{\"type\":\"adam\",\"learningRate\":1,\"restartEvery\":1}",
        "{\"type\":\"adam\",\"learningRate\":1,\"restartEvery\":16777216}",
        "{\"type\":\"momentum\",\"learningRate\":0,\"momentum\":0.9999999}",
        "{\"type\":\"rmsprop\",\"learningRate\":0,\"decay\":0.9999999,\"momentum\":0.9999999,\"epsilon\":1e-30}",
        "{\"type\":\"rmsprop\",\"learningRate\":{\"type\":\"piecewise\",\"boundaries\":[1],\"values\":[0,0]}}",
        "{\"type\":\"sgd\",\"learningRate\":{\"type\":\"cosine\",\"peak\":0,\"totalSteps\":1}}",
        "{\"type\":\"sgd\",\"learningRate\":{\"type\":\"exponential\",\"initial\":0,\"decay\":0.5}}"
      })
  void whatTheFileMaySayTheOptimizerTakes(String optimizer) {
    for (String clip : List.of("none", "value", "global-norm")) {
      String value = clip.equals("none") ? "" : ",\"value\":1e-30";
      TrainingSpec training =
          training(
              "training.optimizer=" + optimizer,
              "training.gradientClip={\"type\":\"" + clip + "\"" + value + "}");
      try (Graph graph = new Graph()) {
        ParameterStore store = new ParameterStore(graph, 1);
        var rate = store.root().tf().constant(0.1f);
        var w = store.root().value("w", Shape.scalar(), Initializers.ones(), Role.KERNEL);
        assertThat(SpecOptimizers.optimizer(training).create(store, rate).minimize(w)).isNotNull();
      }
      assertThat(SpecOptimizers.schedule(training).at(0)).isBetween(0.0, 1e6);
    }
  }

  /** Four steps of warm-up to 0.8: a quarter each, the first included. */
  @Test
  void theCosineBeginsAboveZero() {
    LearningRateSchedule schedule =
        schedule("{\"type\":\"cosine\",\"peak\":0.8,\"warmupSteps\":4,\"totalSteps\":12}");
    assertThat(schedule.at(0)).isCloseTo(0.2, within(1e-12));
    assertThat(schedule.at(1)).isCloseTo(0.4, within(1e-12));
    assertThat(schedule.at(3)).isCloseTo(0.8, within(1e-12));
    assertThat(schedule.at(4)).isCloseTo(0.8, within(1e-12));
    assertThat(schedule.at(8)).isCloseTo(0.4, within(1e-12));
    assertThat(schedule.at(12)).isZero();
  }

  @Test
  void adamRestartsOnlyIfAsked() {
    for (String restart : List.of("", ",\"restartEvery\":7")) {
      try (Graph graph = new Graph()) {
        ParameterStore store = new ParameterStore(graph, 1);
        var w = store.root().value("w", Shape.scalar(), Initializers.ones(), Role.KERNEL);
        SpecOptimizers.optimizer(
                training(
                    "training.optimizer={\"type\":\"adam\",\"learningRate\":1" + restart + "}"))
            .create(store, store.root().tf().constant(0.1f))
            .minimize(w);
        assertThat(
                store.all().stream()
                    .anyMatch(p -> p.name().equals("optimizer/adam/steps_since_restart")))
            .isEqualTo(!restart.isEmpty());
      }
    }
  }

  @Test
  void rmsPropHasOneDefaultEpsilon() {
    OptimizerSpec spec =
        training("training.optimizer={\"type\":\"rmsprop\",\"learningRate\":0.1}").optimizer();
    assertThat((float) ((OptimizerSpec.RmsProp) spec).epsilon()).isEqualTo(RmsProp.DEFAULT_EPSILON);
  }

  /** What docs/gpu.md says of each value of {@code training.xla}. */
  @ParameterizedTest
  @CsvSource({
    "bench-hyperlstm-s, off, false, false",
    "bench-hyperlstm-s, off, true, false",
    "bench-hyperlstm-s, cell, true, false",
    "bench-hyperlstm-s, step, false, true",
    "bench-hyperlstm-s, step, true, true",
    "bench-hyperlstm-s, auto, false, false",
    "bench-hyperlstm-s, auto, true, true",
    "mnist-hyper, step, true, true",
    "mnist-hyper, auto, true, true",
    "cifar10-wrn-40-2-hyper, auto, true, true",
    "cifar10-wrn-40-2-hyper, auto, false, false",
    "zero-shot-rotation, auto, true, false"
  })
  void wholeStepsAreCompiled(String name, String xla, boolean gpu, boolean compiled) {
    ExperimentSpec spec =
        SpecFiles.read(
            Path.of("graphs", name + ".json"),
            List.of("training.xla=" + xla, "training.stepsPerRun=3"));
    assertThat(SpecOptimizers.steps(spec, new SessionOptions(0, false, gpu)))
        .isEqualTo(new StepOptions(3, compiled));
  }

  /** XLA would compile a step for each length of a batch. */
  @ParameterizedTest
  @ValueSource(strings = {"multi30k-ln-hyperlstm", "strokes-iam-hyperlstm-900"})
  void stepsOfManySizesAreNotCompiledUnasked(String name) {
    ExperimentSpec spec = SpecFiles.read(Path.of("graphs", name + ".json"), List.of());
    assertThat(SpecOptimizers.steps(spec, new SessionOptions(0, false, true)).compiled()).isFalse();
  }

  @Test
  void onlyOnAGpuANetIsCompiledUnasked() {
    ExperimentSpec spec =
        SpecFiles.read(Path.of("graphs", "shakespeare-hyperlstm.json"), List.of());
    assertThat(SpecOptimizers.steps(spec, new SessionOptions(0, false, true)).compiled()).isTrue();
    assertThat(SpecOptimizers.steps(spec, SessionOptions.defaults()))
        .isEqualTo(StepOptions.single());
  }
}

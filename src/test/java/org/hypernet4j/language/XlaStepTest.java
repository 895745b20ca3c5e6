// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.hypernet4j.device.ComputeDevices;
import org.hypernet4j.fixtures.TinyText;
import org.hypernet4j.fixtures.Trained;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.train.StepResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.GraphDef;

/** Training steps compiled by XLA against the same op by op. */
class XlaStepTest {
  /** XLA takes sums in another order: float32 rounding after a few steps on numbers below 10. */
  private static final double TOLERANCE = 2e-5;

  private static final SessionOptions ONE = new SessionOptions(1, true);
  private static final SessionOptions TWO =
      new SessionOptions(1, true, false, ComputeDevices.parse(List.of("CPU:0", "CPU:1"), false));
  private static final String COMPILED = "training.xla=step";
  // Not Adam where text is read: its first steps turn the rounding of tiny gradients into a
  // direction.
  private static final String RATES =
      "training.optimizer={\"type\":\"momentum\",\"momentum\":0.5,\"learningRate\":"
          + "{\"type\":\"exponential\",\"initial\":0.1,\"decay\":0.8,\"floor\":0.001}}";

  private static ExperimentSpec images(String... more) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "training.batchSize=8",
                "training.l2=0.001",
                "training.gradientClip={\"type\":\"global-norm\",\"value\":1}"));
    all.addAll(List.of(more));
    return SpecFiles.read(Path.of("graphs", "mnist-hyper.json"), all).forSample();
  }

  private static ExperimentSpec wideResNet(String... more) {
    List<String> all = new ArrayList<>(List.of("training.batchSize=32"));
    all.addAll(List.of(more));
    return SpecFiles.read(Path.of("graphs", "cifar10-wrn-10-1-hyper.json"), all).forSample();
  }

  private static ExperimentSpec text(String cell, String... more) {
    List<String> all = new ArrayList<>(List.of("training.batchSize=4", RATES));
    all.addAll(List.of(more));
    return TinyText.spec(cell, all.toArray(String[]::new));
  }

  @Test
  void anImageClassifierLearnsTheSame() {
    Trained.by(images(COMPILED), ONE, 5).requireEqual(Trained.by(images(), ONE, 5), TOLERANCE);
  }

  /** The loop over time and its gradient, carried state and its reset. */
  @ParameterizedTest
  @ValueSource(strings = {TinyText.LSTM, TinyText.HYPER})
  void aLanguageModelLearnsTheSame(String cell) {
    Trained.by(text(cell, COMPILED, "model.keep={}"), ONE, 6)
        .requireEqual(Trained.by(text(cell, "model.keep={}"), ONE, 6), TOLERANCE);
  }

  @Test
  void dropoutDrawsTheSameMasks() {
    String drop = "model.keep.recurrent=0.5";
    Trained.by(text(TinyText.HYPER, COMPILED, drop), ONE, 4)
        .requireEqual(Trained.by(text(TinyText.HYPER, drop), ONE, 4), TOLERANCE);
  }

  /**
   * Batch normalisation, whose moving statistics change with the step, and shortcuts. The gradient
   * of such a net at its initial values is badly conditioned: with and without oneDNN its norm
   * differs by 0.06 % too, at an equal loss.
   */
  @Test
  void aWideResNetLearnsTheSame() {
    Trained compiled = Trained.by(wideResNet(COMPILED), ONE, 1);
    Trained plain = Trained.by(wideResNet(), ONE, 1);

    StepResult mine = compiled.steps().get(0);
    StepResult its = plain.steps().get(0);
    assertThat(mine.loss()).isCloseTo(its.loss(), within(1e-5f));
    assertThat(mine.gradientNorm())
        .isCloseTo(its.gradientNorm(), within(0.003f * its.gradientNorm()));
    List<String> moving =
        plain.values().keySet().stream().filter(name -> name.contains("moving_")).toList();
    assertThat(moving).hasSizeGreaterThan(10);
    for (String name : moving) {
      assertThat(compiled.values().get(name))
          .as(name)
          .containsExactly(Objects.requireNonNull(plain.values().get(name)), within(1e-4f));
    }
  }

  @Test
  void severalStepsInOneRunLearnTheSame() {
    Trained.by(images(COMPILED, "training.stepsPerRun=3"), ONE, 7)
        .requireEqual(Trained.by(images(), ONE, 7), TOLERANCE);
  }

  @Test
  void replicasLearnTheSame() {
    Trained.by(images(COMPILED), TWO, 5).requireEqual(Trained.by(images(), ONE, 5), TOLERANCE);
  }

  /** The equality above would hold as well if nothing were compiled. */
  @Test
  void theWholeStepIsLeftToXlaAndNothingElseIs() {
    assertThat(compiledCalls(images(), ONE)).isEmpty();
    assertThat(compiledCalls(images("training.xla=cell"), ONE)).isEmpty(); // it has no cell
    assertThat(compiledCalls(images(COMPILED), ONE)).containsExactly("training_step");
    assertThat(compiledCalls(images(COMPILED), TWO))
        .containsExactly("training_replica", "training_replica");
    assertThat(compiledCalls(text(TinyText.HYPER, COMPILED), ONE)).containsExactly("training_step");
    assertThat(compiledCalls(text(TinyText.HYPER, "training.xla=cell"), ONE))
        .isNotEmpty()
        .noneMatch(name -> name.startsWith("training_step"));
  }

  /** The functions that XLA must compile, as often as they are called. */
  private static List<String> compiledCalls(ExperimentSpec spec, SessionOptions options) {
    GraphDef graph = Trained.graph(spec, options);
    return Stream.concat(
            graph.getNodeList().stream(),
            graph.getLibrary().getFunctionList().stream().flatMap(f -> f.getNodeDefList().stream()))
        .filter(
            node -> node.getAttrOrDefault("_XlaMustCompile", AttrValue.getDefaultInstance()).getB())
        .map(node -> node.getAttrOrThrow("f").getFunc().getName())
        .toList();
  }
}

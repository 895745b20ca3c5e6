package org.hypernet4j.experiment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.device.ComputeDevices;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.train.SessionOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  @Test
  void severalStepsInOneRunLearnTheSame() {
    Trained.by(images(COMPILED, "training.stepsPerRun=3"), ONE, 7)
        .requireEqual(Trained.by(images(), ONE, 7), TOLERANCE);
  }

  @Test
  void replicasLearnTheSame() {
    Trained.by(images(COMPILED), TWO, 5).requireEqual(Trained.by(images(), ONE, 5), TOLERANCE);
  }
}

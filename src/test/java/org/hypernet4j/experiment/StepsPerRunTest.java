// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.experiment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.device.ComputeDevices;
import org.hypernet4j.fixtures.TinyText;
import org.hypernet4j.fixtures.Trained;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.train.SessionOptions;
import org.junit.jupiter.api.Test;

/** Several steps in one call of TensorFlow against the same steps one by one. */
class StepsPerRunTest {
  /** Graphs are optimised differently inside a loop: float32 rounding of numbers below 10. */
  private static final double TOLERANCE = 1e-5;

  private static final SessionOptions OPTIONS = new SessionOptions(1, true);
  // Not Adam here: where a gradient is nearly zero its first steps turn rounding into a direction.
  private static final String RATES =
      "training.optimizer={\"type\":\"momentum\",\"momentum\":0.5,\"learningRate\":"
          + "{\"type\":\"exponential\",\"initial\":0.1,\"decay\":0.8,\"floor\":0.001}}";

  private static ExperimentSpec images(String... more) {
    List<String> all = new ArrayList<>(List.of("training.batchSize=8", "training.l2=0.001"));
    all.addAll(List.of(more));
    return SpecFiles.read(Path.of("graphs", "mnist-hyper.json"), all).forSample();
  }

  private static ExperimentSpec text(String... more) {
    List<String> all = new ArrayList<>(List.of("training.batchSize=4", RATES));
    all.add("model.keep.recurrent=0.5"); // whose masks depend on the number of the step
    all.addAll(List.of(more));
    return TinyText.spec(TinyText.HYPER, all.toArray(String[]::new));
  }

  /** Seven steps are two runs of three and one of one. */
  @Test
  void anImageClassifierLearnsTheSame() {
    Trained.by(images("training.stepsPerRun=3"), OPTIONS, 7)
        .requireEqual(Trained.by(images(), OPTIONS, 7), TOLERANCE);
  }

  /** Carried state, its reset, dropout and rates of every step. */
  @Test
  void aLanguageModelLearnsTheSame() {
    Trained.by(text("training.stepsPerRun=3"), OPTIONS, 7)
        .requireEqual(Trained.by(text(), OPTIONS, 7), TOLERANCE);
  }

  @Test
  void replicasTakeSeveralStepsInARunToo() {
    SessionOptions two =
        new SessionOptions(1, true, false, ComputeDevices.parse(List.of("CPU:0", "CPU:1"), false));
    Trained.by(text("training.stepsPerRun=4"), two, 6)
        .requireEqual(Trained.by(text(), two, 6), TOLERANCE);
  }
}

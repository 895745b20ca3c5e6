// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.spec.TrainingSpec;
import org.junit.jupiter.api.Test;

class ScheduleLengthTest {
  private static TrainingSpec training(String rate) {
    return SpecFiles.read(
            Path.of("graphs/mnist-hyper.json"), List.of("training.optimizer.learningRate=" + rate))
        .training();
  }

  @Test
  void warnsOfACosineThatIsCutOff() {
    TrainingSpec cosine = training("{\"type\":\"cosine\",\"peak\":0.01,\"totalSteps\":1000}");

    assertThat(ScheduleLength.warning(cosine, 1000)).isEmpty();
    // at step 500, half of the way: the cosine of a right angle is 0, and so the rate half the peak
    assertThat(ScheduleLength.warning(cosine, 501))
        .hasValue(
            "its schedule of the learning rate is made for 1,000 steps, the run has 501: it ends at"
                + " a rate of 0.0050 in place of 0");
  }

  @Test
  void warnsOfABoundaryThatIsNeverReached() {
    TrainingSpec steps =
        training("{\"type\":\"piecewise\",\"boundaries\":[10,20],\"values\":[0.3,0.2,0.1]}");

    assertThat(ScheduleLength.warning(steps, 20)).isEmpty();
    assertThat(ScheduleLength.warning(steps, 15).orElseThrow())
        .endsWith("made for 20 steps, the run has 15: it ends at a rate of 0.20 in place of 0.10");
  }

  @Test
  void othersHaveNoEnd() {
    assertThat(ScheduleLength.warning(training("0.01"), 1)).isEmpty();
    assertThat(
            ScheduleLength.warning(
                training("{\"type\":\"exponential\",\"initial\":0.01,\"decay\":0.9}"), 1))
        .isEmpty();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.experiment;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.hypernet4j.run.Experiment;
import org.hypernet4j.train.StepResult;
import org.hypernet4j.train.TrainingListener;
import org.hypernet4j.train.TrainingState;

/** What tests of whole trainings look at. */
public final class Runs {
  private Runs() {}

  /** Losses of training and validation as they are written, with kind and step. */
  public static List<String> losses(Path run) throws IOException {
    try (Stream<String> lines = Files.lines(run.resolve("metrics.jsonl"))) {
      return lines
          .map(line -> JsonParser.parseString(line).getAsJsonObject())
          .map(line -> line.get("kind") + " " + line.get("step") + " " + line.get("loss"))
          .toList();
    }
  }

  /** Trains, but throws behind a step as if the process had been killed there. */
  public static void trainUntilKilled(Experiment experiment, long atStep) {
    TrainingListener stop =
        new TrainingListener() {
          @Override
          public void onStep(TrainingState run, StepResult step) {
            if (step.step() == atStep) {
              throw new IllegalStateException("killed");
            }
          }
        };
    assertThatThrownBy(() -> experiment.train(List.of(stop), run -> {})).hasMessage("killed");
  }
}

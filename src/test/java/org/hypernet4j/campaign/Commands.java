// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The command lines of small trainings, and how command lines are written. */
final class Commands {
  /** Steps of the small trainings. */
  static final int STEPS = 60;

  /** The system property that tells a worker where the project is. */
  static final String HOME = "campaign.home";

  private Commands() {}

  /**
   * A training of a second or two: equal to the last bit when repeated, with checkpoints every few
   * steps and a line of metrics for every step.
   *
   * @param text a language model, otherwise one of images
   */
  static List<Object> training(boolean text, Object... more) {
    List<Object> words = new ArrayList<>(List.of("train", spec(text)));
    words.addAll(List.of("--deterministic", "--threads", 1));
    List<String> settings = text ? TEXT_SETTINGS : IMAGE_SETTINGS;
    for (String setting : settings) {
      words.addAll(List.of("--set", setting));
    }
    for (String setting : SETTINGS) {
      words.addAll(List.of("--set", setting));
    }
    words.addAll(List.of(more));
    return words;
  }

  /** The folder of the specifications; workers work in another folder than the campaign. */
  static Path graphs() {
    return Path.of(System.getProperty(HOME, "")).resolve("graphs");
  }

  /** The specification of the small trainings. */
  static Path spec(boolean text) {
    return graphs().resolve(text ? "shakespeare-hyperlstm.json" : "mnist-hyper.json");
  }

  private static final List<String> SETTINGS =
      List.of(
          "training.steps=" + STEPS,
          "training.logEvery=1",
          "training.evaluateEvery={\"steps\":20}",
          "training.checkpoints={\"keep\":2,\"everySteps\":7}");

  static final List<String> IMAGE_SETTINGS =
      List.of(
          "model.filters=4", "model.kernelSize=3", "training.batchSize=10", "data.validation=100");

  static final List<String> TEXT_SETTINGS =
      List.of(
          "model.cell={\"type\":\"hyper-lstm\",\"units\":8,\"hyperUnits\":4,\"embeddingSize\":2}",
          "data.sequenceLength=10",
          "training.optimizer.learningRate=0.01",
          "training.evaluateBatchSize=500",
          "training.batchSize=4");

  /** Everything as the words of a command line. */
  static String[] words(Object... words) {
    String[] args = new String[words.length];
    for (int i = 0; i < words.length; i++) {
      args[i] = words[i].toString();
    }
    return args;
  }

  /** A command line as it is typed. */
  static String typed(List<String> words) {
    return words.stream()
        .map(word -> word.matches("[\\w./:=,@+-]+") ? word : "'" + word.replace("'", "'\\''") + "'")
        .collect(Collectors.joining(" ", "./hypernet4j ", ""));
  }
}

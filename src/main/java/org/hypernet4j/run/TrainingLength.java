// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.hypernet4j.build.SpecOptimizers;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.json.SpecReader;
import org.hypernet4j.json.SpecWriter;
import org.hypernet4j.optim.LearningRateSchedule;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.TrainingSpec;
import org.hypernet4j.spec.XlaSpec;
import org.jspecify.annotations.Nullable;

/**
 * The length of a training: the one setting that may change within a run. No schedule depends on
 * it, and so no result up to a given step does.
 */
final class TrainingLength {
  private static final List<String> KEYS = List.of("steps", "epochs");
  private static final JsonElement AUTO = new JsonPrimitive("auto");
  private static final JsonElement OFF = new JsonPrimitive("off");

  private TrainingLength() {}

  /** The first setting but the length in which two specifications differ. */
  static Optional<SpecDifference> differenceBeside(ExperimentSpec stored, ExperimentSpec given) {
    return SpecDifference.first(without(stored), without(given));
  }

  /**
   * The specification with which a run goes on. A stored {@code off} stays where {@code auto} is
   * given: on a GPU {@code auto} may compile, and so change the last bits of an unchanged run.
   */
  static ExperimentSpec resumed(ExperimentSpec stored, ExperimentSpec given) {
    if (stored.training().xla() != XlaSpec.OFF || given.training().xla() != XlaSpec.AUTO) {
      return given;
    }
    JsonObject tree = SpecWriter.toTree(given);
    tree.getAsJsonObject("training").add("xla", OFF);
    return SpecReader.read(ExperimentSpec.class, tree.toString(), "specification");
  }

  private static JsonObject without(ExperimentSpec spec) {
    JsonObject tree = SpecWriter.toTree(spec);
    // a sample section that is still there does not apply
    for (String section : List.of("training", "sample")) {
      if (tree.get(section) instanceof JsonObject object) {
        object.keySet().removeAll(KEYS);
      }
    }
    // builds without 'auto' wrote what it means on the CPU
    if (tree.get("training") instanceof JsonObject training && AUTO.equals(training.get("xla"))) {
      training.add("xla", OFF);
    }
    return tree;
  }

  /**
   * Checks that a training can go on from a checkpoint.
   *
   * @param name human-readable name of the checkpoint
   * @throws UserError if the training ends before the checkpoint's step
   */
  static void requireReaches(
      RunFolder folder, TrainingSpec training, long stepsPerEpoch, Checkpoint start, String name) {
    long total = training.totalSteps(stepsPerEpoch);
    if (total < start.step()) {
      throw UserError.in(folder.path())
          .what("its " + name + " is beyond the end of the training")
          .expected(String.format(Locale.ROOT, "at least %,d steps", start.step()))
          .received(String.format(Locale.ROOT, "%,d", total))
          .next(
              "go on with "
                  + Setting.of("training.steps", "N")
                  + ", or from an earlier checkpoint with "
                  + Setting.of("from", "FILE"))
          .build();
    }
  }

  /**
   * Describes how a run with a changed length continues.
   *
   * @param step the step from which the run goes on
   * @return one line, or null if its length is unchanged
   */
  static @Nullable String describe(
      TrainingSpec stored, TrainingSpec given, long stepsPerEpoch, long step) {
    long before = stored.totalSteps(stepsPerEpoch);
    long total = given.totalSteps(stepsPerEpoch);
    if (before == total) {
      return null;
    }
    LearningRateSchedule schedule = SpecOptimizers.schedule(given);
    return String.format(
        Locale.ROOT,
        "going on from step %,d to %,d in place of %,d; optimizer and schedule continue at step"
            + " %,d, learning rate %.4g there and %.4g in the last step",
        step,
        total,
        before,
        step,
        schedule.at(step),
        schedule.at(Math.max(step, total - 1)));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.error.UserError;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Matches;
import org.jspecify.annotations.Nullable;

/**
 * Everything that decides a run: the model, its data and its training.
 *
 * @param sample values that differ on the built-in sample, or null if none do
 */
@Doc("One experiment: a model, its data and its training")
public record ExperimentSpec(
    @Doc("Short name, used for run and export folders")
        @Matches(
            value = "[a-z0-9][a-z0-9._-]{0,63}",
            words = "1 to 64 small letters, digits, dots, hyphens and underscores")
        String name,
    @Doc("Human-readable purpose of the experiment") @Default(Default.NONE)
        @Nullable String description,
    @Doc("The network") ModelSpec model,
    @Doc("What it learns from") DataSpec data,
    @Doc("How it learns") TrainingSpec training,
    @Doc("Values that replace those above when the run has only the built-in sample of the data")
        @Default(Default.NONE)
        @Nullable SampleSpec sample) {

  public ExperimentSpec {
    model.requireFits(data);
    if (training.stepsPerRun() > 1 && !model.hasStepsOfOneSize()) {
      throw UserError.in("training.stepsPerRun")
          .what("a batch is as long as its longest example: several do not fit into one call")
          .expected(1)
          .received(training.stepsPerRun())
          .next("leave 'training.stepsPerRun' out")
          .build();
    }
  }

  /** The experiment as it runs on the built-in sample: the values of {@code sample} in force. */
  public ExperimentSpec forSample() {
    return SampleSettings.apply(this, name);
  }
}

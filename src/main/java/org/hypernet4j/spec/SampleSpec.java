// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.error.UserError;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.Replaces;
import org.jspecify.annotations.Nullable;

/**
 * Values for a run that has only the built-in sample of the data; null leaves a value unchanged.
 */
@Doc("Values for the built-in sample of the data; what is left out stays as it is")
public record SampleSpec(
    @Doc("Replaces data.validation")
        @Default(Default.NONE)
        @Replaces("data.validation")
        @Range(min = 1, max = 1_000_000_000)
        @Nullable Integer validation,
    @Doc("Replaces training.epochs or training.steps")
        @Default(Default.NONE)
        @Replaces("training.epochs")
        @Range(min = 1, max = 1_000_000)
        @Nullable Integer epochs,
    @Doc("Replaces training.epochs or training.steps")
        @Default(Default.NONE)
        @Replaces("training.steps")
        @Range(min = 1, max = 1_000_000_000)
        @Nullable Integer steps,
    @Doc("Replaces training.batchSize")
        @Default(Default.NONE)
        @Replaces("training.batchSize")
        @Range(min = 1, max = 1_000_000)
        @Nullable Integer batchSize,
    @Doc("Replaces training.optimizer.learningRate")
        @Default(Default.NONE)
        @Replaces("training.optimizer.learningRate")
        @Nullable ScheduleSpec learningRate,
    @Doc("Replaces training.evaluateEvery")
        @Default(Default.NONE)
        @Replaces("training.evaluateEvery")
        @Nullable IntervalSpec evaluateEvery) {

  public SampleSpec {
    if (epochs != null && steps != null) {
      throw UserError.in("epochs")
          .what("both of 'epochs' and 'steps' given")
          .expected("at most one")
          .build();
    }
  }
}

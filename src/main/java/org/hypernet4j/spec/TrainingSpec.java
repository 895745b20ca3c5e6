// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import java.util.List;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.ExactlyOne;
import org.hypernet4j.json.Matches;
import org.hypernet4j.json.Range;
import org.jspecify.annotations.Nullable;

/** Settings of a training; one of {@code epochs} and {@code steps} is null. */
@Doc("How the model learns; give exactly one of 'epochs' and 'steps'")
@ExactlyOne({"epochs", "steps"})
public record TrainingSpec(
    @Doc("Seed of initial values, order of the data, augmentation and dropout")
        @Default("1")
        @Range(min = 0, max = 9_007_199_254_740_991d)
        long seed,
    @Doc("Passes over the training data") @Default(Default.NONE) @Range(min = 1, max = 1_000_000)
        @Nullable Integer epochs,
    @Doc("Optimizer steps") @Default(Default.NONE) @Range(min = 1, max = 1_000_000_000)
        @Nullable Integer steps,
    @Doc("Examples in one optimizer step") @Range(min = 1, max = 1_000_000) int batchSize,
    @Doc(
            "Examples in one evaluation step; changes speed and memory, not results, but for text:"
                + " there it is the number of streams, each of which begins without context")
        @Default("1000")
        @Range(min = 1, max = 1_000_000)
        int evaluateBatchSize,
    @Doc("The rule that turns gradients into new parameters") OptimizerSpec optimizer,
    @Doc("What is done to large gradients before the optimizer sees them")
        @Default("{\"type\": \"none\"}")
        ClipSpec gradientClip,
    @Doc(
            "Weight of half the sum of squares of all regularised kernels, generated ones included,"
                + " in the loss")
        @Default("0")
        @Range(min = 0, max = 1000)
        double l2,
    @Doc("Distance between evaluations on the validation data") @Default("1")
        IntervalSpec evaluateEvery,
    @Doc("When to stop before the end") @Default("{}") EarlyStoppingSpec earlyStopping,
    @Doc("When to store the state of the training") @Default("{}") CheckpointsSpec checkpoints,
    @Doc("Optimizer steps between two lines in the metrics log")
        @Default("10")
        @Range(min = 1, max = 1_000_000)
        int logEvery,
    @Doc(
            "What XLA compiles: one step of time of a recurrent network ('cell'), whole training"
                + " steps ('step'), nothing ('off'), or whole steps of a language model or a"
                + " convolutional image classifier on one GPU and otherwise nothing ('auto');"
                + " changes speed and memory, and results by rounding only")
        @Default("\"auto\"")
        XlaSpec xla,
    @Doc(
            "Numbers that matrix products and convolutions of the training are computed in; all"
                + " else is float32, and so is the exported model")
        @Default("\"float32\"")
        PrecisionSpec precision,
    @Doc(
            "Optimizer steps in one call of TensorFlow, for models whose step is so short that Java"
                + " slows it down; fewer where an evaluation or a checkpoint comes before; changes"
                + " speed and memory, not results")
        @Default("1")
        @Range(min = 1, max = 1000)
        int stepsPerRun,
    @Doc(
            "Parameters that training leaves alone: full names, and scopes with everything below"
                + " them; weights to keep come from 'import'")
        @Default("[]")
        @Matches(
            value = "[A-Za-z0-9.][A-Za-z0-9_.\\-]*(/[A-Za-z0-9.][A-Za-z0-9_.\\-]*)*",
            words = "a parameter's name or a scope, such as conv1/kernel or conv1")
        List<String> freeze) {

  public TrainingSpec {
    IntervalSpec.requireOne(epochs, steps);
    freeze = List.copyOf(freeze);
  }

  /**
   * The length of the training in optimizer steps.
   *
   * @param stepsPerEpoch optimizer steps in one pass over the data
   */
  public long totalSteps(long stepsPerEpoch) {
    return IntervalSpec.inSteps(epochs, steps, stepsPerEpoch);
  }
}

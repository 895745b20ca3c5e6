// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import org.hypernet4j.random.EpochShuffle;

/**
 * Training batches of examples as a function of the step: shuffled anew in every epoch, always
 * full. No state is kept from step to step.
 */
public final class ExampleBatches {
  private final Examples examples;
  private final EpochShuffle shuffle;

  /**
   * Sets up the batches.
   *
   * @param batchSize examples in a batch, at most the number of examples
   * @param seed of the run: the order depends on it and on the step alone
   * @throws org.hypernet4j.error.UserError if the batch size does not fit the examples
   */
  public ExampleBatches(Examples examples, int batchSize, long seed) {
    this.examples = examples;
    this.shuffle = new EpochShuffle(examples.count(), batchSize, seed);
  }

  /** Number of full batches in an epoch. */
  public int stepsPerEpoch() {
    return shuffle.stepsPerEpoch();
  }

  /**
   * The batch of a step.
   *
   * @param step counted from 0 over all epochs
   */
  public Examples batch(long step) {
    return examples.select(shuffle.examples(step));
  }
}

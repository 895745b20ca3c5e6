// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import org.hypernet4j.error.UserError;
import org.hypernet4j.random.EpochShuffle;

/**
 * Training batches of a task as a function of the step: shuffled anew in every epoch, always full.
 * No state is kept between steps, and any thread may ask for any step.
 */
public final class TaskBatches {
  private final TaskImages images;
  private final EpochShuffle shuffle;

  /**
   * Sets up the batches; reads no pixel yet.
   *
   * @param batchSize images in a batch, at most as many as there are
   * @param seed the order depends on it and on the step alone
   * @throws UserError if the batch size does not suit the images
   */
  public TaskBatches(TaskImages images, int batchSize, long seed) {
    this.shuffle = new EpochShuffle(images.count(), batchSize, seed);
    this.images = images;
  }

  /** Full batches in an epoch. */
  public int stepsPerEpoch() {
    return shuffle.stepsPerEpoch();
  }

  /**
   * The batch of a step, created by every call.
   *
   * @param step counted from 0 over all epochs
   */
  public ImageBatch batch(long step) {
    return images.select(shuffle.examples(step));
  }
}

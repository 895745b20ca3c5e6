// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.random;

import org.hypernet4j.error.UserError;

/**
 * Which examples are in the batch of a step: all once in every epoch, in a new order, full batches
 * only. A function of the step alone, so that a checkpoint keeps no more than the step number.
 *
 * <p>The examples left over when the batch size does not divide the set are dropped; the next
 * epoch's shuffle brings others to that place.
 */
public final class EpochShuffle {
  private final int count;
  private final int batchSize;
  private final StatelessRandom shuffles;

  /** The order last used; only a shortcut, and one object so that threads never see half of it. */
  private volatile Order cached;

  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  private record Order(long epoch, int[] examples) {}

  /**
   * Sets up the order of the first epoch.
   *
   * @param count how many examples there are
   * @param batchSize examples in a batch, 1 to {@code count}
   * @param seed of the run
   * @throws UserError if the batch size does not suit the examples
   */
  public EpochShuffle(int count, int batchSize, long seed) {
    requireBatchSize(batchSize, count);
    this.count = count;
    this.batchSize = batchSize;
    this.shuffles = StatelessRandom.of(seed).fold("shuffle");
    this.cached = order(0);
  }

  /** Full batches in an epoch. */
  public int stepsPerEpoch() {
    return count / batchSize;
  }

  /**
   * The numbers of a step's examples.
   *
   * @param step counted from 0 over all epochs
   */
  public int[] examples(long step) {
    if (step < 0) {
      throw new IllegalArgumentException("step must not be negative, got " + step);
    }
    int[] order = orderOf(step / stepsPerEpoch());
    int[] examples = new int[batchSize];
    int first = (int) (step % stepsPerEpoch()) * batchSize;
    System.arraycopy(order, first, examples, 0, batchSize);
    return examples;
  }

  private int[] orderOf(long epoch) {
    Order order = cached;
    if (order.epoch() != epoch) {
      order = order(epoch);
      cached = order;
    }
    return order.examples();
  }

  private Order order(long epoch) {
    return new Order(epoch, shuffles.fold(epoch).permutation(count));
  }

  /**
   * Makes sure that batches of a size can be cut.
   *
   * @param most the largest size
   */
  public static void requireBatchSize(int batchSize, int most) {
    if (batchSize < 1 || batchSize > most) {
      throw UserError.in("batch size")
          .what(batchSize < 1 ? "must be positive" : "larger than the training set")
          .expected(batchSize < 1 ? "at least 1" : "1 to " + most)
          .received(batchSize)
          .next("choose another batch size")
          .build();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.random.EpochShuffle;
import org.hypernet4j.random.StatelessRandom;

/**
 * Which examples are in the batch of a step where examples have lengths: shuffled anew in every
 * epoch, sorted by length inside pools of some batches so that little is padded, the batches of a
 * pool shuffled. A function of the step alone; any thread may request any step.
 */
final class LengthPools {
  private final int batchSize;
  private final int poolBatches;
  private final Comparator<Integer> byLength;
  private final EpochShuffle shuffle;
  private final StatelessRandom pools;

  /** The pool last used; only a shortcut, and one object so that threads never see half of it. */
  private volatile Pool cached;

  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  private record Pool(long number, int[][] batches) {}

  /**
   * Sets up the order of the first pool.
   *
   * @param count how many examples there are
   * @param batchSize examples in a batch, 1 to {@code count}
   * @param poolBatches batches in a pool; 1 sorts nothing
   * @param setting the name of that number in specifications, for error messages
   * @param seed of the run
   * @param byLength shorter examples first, by their numbers
   * @throws UserError if the batch size does not suit the examples, or a pool has no batch
   */
  LengthPools(
      int count,
      int batchSize,
      int poolBatches,
      String setting,
      long seed,
      Comparator<Integer> byLength) {
    if (poolBatches < 1) {
      throw UserError.in(setting)
          .what("must be positive")
          .expected("at least 1")
          .received(poolBatches)
          .build();
    }
    this.shuffle = new EpochShuffle(count, batchSize, seed);
    this.batchSize = batchSize;
    this.poolBatches = poolBatches;
    this.byLength = byLength;
    this.pools = StatelessRandom.of(seed).fold("pools");
    this.cached = pool(0, 0);
  }

  /** Full batches in an epoch. */
  int stepsPerEpoch() {
    return shuffle.stepsPerEpoch();
  }

  /**
   * The numbers of a step's examples.
   *
   * @param step counted from 0 over all epochs
   */
  int[] examples(long step) {
    if (step < 0) {
      throw new IllegalArgumentException("step must not be negative, got " + step);
    }
    int steps = stepsPerEpoch();
    long epoch = step / steps;
    int pool = (int) (step % steps) / poolBatches;
    int poolsPerEpoch = (steps - 1) / poolBatches + 1;
    long number = Math.addExact(Math.multiplyExact(epoch, (long) poolsPerEpoch), pool);
    Pool found = cached;
    if (found.number() != number) {
      found = pool(epoch, pool);
      cached = found;
    }
    return found.batches()[(int) (step % steps) % poolBatches];
  }

  private Pool pool(long epoch, int pool) {
    int steps = stepsPerEpoch();
    int from = pool * poolBatches;
    int count = Math.min(poolBatches, steps - from);
    List<Integer> numbers = new ArrayList<>(count * batchSize);
    for (int i = 0; i < count; i++) {
      for (int example : shuffle.examples(epoch * steps + from + i)) {
        numbers.add(example);
      }
    }
    numbers.sort(byLength);
    long number = epoch * ((steps - 1) / poolBatches + 1) + pool;
    int[] order = pools.fold(number).permutation(count);
    int[][] batches = new int[count][];
    for (int i = 0; i < count; i++) {
      batches[i] =
          numbers.subList(order[i] * batchSize, (order[i] + 1) * batchSize).stream()
              .mapToInt(Integer::intValue)
              .toArray();
    }
    return new Pool(number, batches);
  }
}

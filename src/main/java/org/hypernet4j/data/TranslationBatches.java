// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.random.EpochShuffle;

/**
 * Training batches of translated sentences as a function of the step: shuffled anew in every epoch,
 * sorted by length inside pools of some batches so that little is padded, the batches of a pool
 * shuffled.
 *
 * <p>No state is kept between steps, so a checkpoint needs only the step number as cursor, and any
 * thread may request any step. A pair is used once in an epoch; those left over when the batch size
 * does not divide their number are dropped, others in each epoch.
 */
public final class TranslationBatches {
  private final Pairs pairs;
  private final LengthPools pools;

  /**
   * Sets up the batches.
   *
   * @param source ids of each sentence without marks of beginning and end, at least one; ids of 3
   *     and above, because 0, 1 and 2 are padding, beginning and end
   * @param target ids of the translations, likewise
   * @param batchSize pairs in a batch, at most as many as there are
   * @param buckets into how many batches of different length a pool is sorted, at least 1; 1 sorts
   *     nothing, the steps of an epoch sort the whole set
   * @param seed the run's seed: shuffles depend on it and on the step alone
   * @throws UserError if the lists do not belong together, an id is no piece, or the batch size
   *     does not suit them
   */
  public TranslationBatches(
      List<int[]> source, List<int[]> target, int batchSize, int buckets, long seed) {
    this.pairs = Pairs.of(source, target, batchSize);
    this.pools =
        new LengthPools(source.size(), batchSize, buckets, "buckets", seed, pairs.byLength());
  }

  /** Full batches in an epoch. */
  public int stepsPerEpoch() {
    return pools.stepsPerEpoch();
  }

  /**
   * The batch of a step, created by every call.
   *
   * @param step counted from 0 over all epochs
   * @return {@code batchSize} pairs
   */
  public TranslationBatch batch(long step) {
    return pairs.batch(pools.examples(step));
  }

  /**
   * All pairs, for evaluation: sorted by length so that little is padded; {@link
   * TranslationBatch#sentences} says which they are. The last batch may be smaller.
   *
   * @param batchSize largest batch, at least 1
   * @throws UserError if the lists do not belong together or an id is no piece
   */
  public static Iterable<TranslationBatch> inOrder(
      List<int[]> source, List<int[]> target, int batchSize) {
    EpochShuffle.requireBatchSize(batchSize, Integer.MAX_VALUE);
    Pairs pairs = Pairs.of(source, target, Math.min(batchSize, Math.max(1, source.size())));
    int[] order =
        IntStream.range(0, source.size())
            .boxed()
            .sorted(pairs.byLength())
            .mapToInt(Integer::intValue)
            .toArray();
    return () -> new InOrder(pairs, order, batchSize);
  }

  private static final class InOrder implements Iterator<TranslationBatch> {
    private final Pairs pairs;
    private final int[] order;
    private final int batchSize;
    private int from;

    InOrder(Pairs pairs, int[] order, int batchSize) {
      this.pairs = pairs;
      this.order = order;
      this.batchSize = batchSize;
    }

    @Override
    public boolean hasNext() {
      return from < order.length;
    }

    @Override
    public TranslationBatch next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      int to = from + Math.min(batchSize, order.length - from);
      int[] examples = Arrays.copyOfRange(order, from, to);
      from = to;
      return pairs.batch(examples);
    }
  }

  private record Pairs(List<int[]> source, List<int[]> target) {
    static Pairs of(List<int[]> source, List<int[]> target, int batchSize) {
      if (source.size() != target.size() || source.isEmpty()) {
        throw UserError.in("translation batches")
            .what("sources and targets do not belong together")
            .expected("one target for each source, and at least one")
            .received("%d sources and %d targets".formatted(source.size(), target.size()))
            .build();
      }
      int longest = Math.max(longest("source", source), longest("target", target) + 1);
      if ((long) longest * batchSize > Integer.MAX_VALUE - 8) {
        throw UserError.in("translation batches")
            .what("a batch of the longest sentences does not fit into a Java array")
            .expected("fewer than 2^31 numbers")
            .received("%d sentences of up to %d pieces".formatted(batchSize, longest))
            .next("make the batch size or the most pieces of a sentence smaller")
            .build();
      }
      return new Pairs(List.copyOf(source), List.copyOf(target));
    }

    /** The largest number of pieces; every id must be one of a piece. */
    private static int longest(String side, List<int[]> sentences) {
      int longest = 0;
      for (int i = 0; i < sentences.size(); i++) {
        int[] ids = sentences.get(i);
        int wrong = 0;
        while (wrong < ids.length && ids[wrong] > TranslationBatch.END) {
          wrong++;
        }
        if (ids.length == 0 || wrong < ids.length) {
          throw UserError.in("%s sentence %d (counted from 0)".formatted(side, i))
              .what(ids.length == 0 ? "there is no piece" : "an id that is no piece of text")
              .expected(
                  "at least one id, each above %d: the ids below are padding, beginning and end"
                      .formatted(TranslationBatch.END))
              .received(ids.length == 0 ? "none" : "%d at %d".formatted(ids[wrong], wrong))
              .build();
        }
        longest = Math.max(longest, ids.length);
      }
      return longest;
    }

    /**
     * Shorter targets first, and of these shorter sources. In large pools both sides are padded
     * less than by the sum of their lengths, and steps of a decoder cost the most.
     */
    Comparator<Integer> byLength() {
      return Comparator.<Integer>comparingInt(i -> target.get(i).length)
          .thenComparingInt(i -> source.get(i).length);
    }

    TranslationBatch batch(int[] sentences) {
      int rows = sentences.length;
      int[] sourceLengths = Arrays.stream(sentences).map(i -> source.get(i).length).toArray();
      int[] targetLengths = Arrays.stream(sentences).map(i -> target.get(i).length + 1).toArray();
      int sourceTime = Arrays.stream(sourceLengths).max().orElse(0);
      int targetTime = Arrays.stream(targetLengths).max().orElse(0);
      int[] from = new int[rows * sourceTime]; // zeros are TranslationBatch.PAD
      int[] inputs = new int[rows * targetTime];
      int[] targets = new int[rows * targetTime];
      for (int b = 0; b < rows; b++) {
        int[] ids = target.get(sentences[b]);
        System.arraycopy(source.get(sentences[b]), 0, from, b * sourceTime, sourceLengths[b]);
        inputs[b * targetTime] = TranslationBatch.START;
        System.arraycopy(ids, 0, inputs, b * targetTime + 1, ids.length);
        System.arraycopy(ids, 0, targets, b * targetTime, ids.length);
        targets[b * targetTime + ids.length] = TranslationBatch.END;
      }
      return new TranslationBatch(
          sourceTime,
          from,
          sourceLengths,
          targetTime,
          inputs,
          targets,
          targetLengths,
          sentences.clone());
    }
  }
}

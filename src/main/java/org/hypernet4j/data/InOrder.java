// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.stream.IntStream;
import org.hypernet4j.random.EpochShuffle;

/** Cuts a set into batches in its order, for evaluation; each is made when it is asked for. */
final class InOrder {
  private InOrder() {}

  /** What makes a batch of the examples {@code from} (included) to {@code to} (excluded). */
  interface Slice<B> {
    B of(int from, int to);
  }

  /**
   * All batches; the last one may be smaller.
   *
   * @param count number of examples
   * @param batchSize largest batch
   * @throws org.hypernet4j.error.UserError if the batch size is below 1
   */
  static <B> Iterable<B> batches(int count, int batchSize, Slice<B> slice) {
    EpochShuffle.requireBatchSize(batchSize, Integer.MAX_VALUE);
    int batches = count / batchSize + (count % batchSize == 0 ? 0 : 1);
    return () ->
        IntStream.range(0, batches)
            .map(batch -> batch * batchSize)
            .mapToObj(from -> slice.of(from, from + Math.min(batchSize, count - from)))
            .iterator();
  }
}

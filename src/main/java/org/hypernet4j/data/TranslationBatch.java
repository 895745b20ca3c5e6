// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.Arrays;

/**
 * Sentences and their translations to feed in one step, batch-major: entry t of sentence b has
 * index {@code b * time + t}.
 *
 * <p>The decoder reads {@code <s> y_1 .. y_n} and has to say {@code y_1 .. y_n </s>}, so both have
 * n + 1 steps. What lies behind a length is {@link #PAD}. A batch owns its arrays, which are never
 * changed.
 *
 * @param sourceTime pieces of the longest source, S
 * @param source ids, [B, S]
 * @param sourceLengths pieces of each source, at least 1: [B]
 * @param targetTime steps of the longest target, T: its pieces and the end
 * @param inputs what the decoder reads, [B, T]
 * @param targets what it has to say, [B, T]
 * @param targetLengths steps of each target, at least 2: [B]
 * @param sentences the number of each sentence in the lists that the batches are made of, [B]
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record TranslationBatch(
    int sourceTime,
    int[] source,
    int[] sourceLengths,
    int targetTime,
    int[] inputs,
    int[] targets,
    int[] targetLengths,
    int[] sentences) {
  /** The id that stands behind the end of a sentence. */
  public static final int PAD = Subwords.PAD;

  /** The id that a decoder reads first, {@code <s>}. */
  public static final int START = Subwords.START;

  /** The id that ends a translation, {@code </s>}. */
  public static final int END = Subwords.END;

  /** Number of sentences, B. */
  public int rows() {
    return sentences.length;
  }

  /** Number of pieces that are predicted, the ends of sentences included. */
  public long predictions() {
    return Arrays.stream(targetLengths).asLongStream().sum();
  }

  /**
   * Source pieces and predicted pieces together: what throughput counts. Padding does not count.
   */
  public long pieces() {
    return predictions() + Arrays.stream(sourceLengths).asLongStream().sum();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

/**
 * Some columns of parallel streams of text, time-major: the entry of step t and stream b has index
 * {@code t * streams + b}.
 *
 * <p>A batch owns its arrays, which are never changed.
 *
 * @param inputs ids, [steps, streams]
 * @param targets the id that follows each input, [steps, streams]
 * @param lengths number of valid steps of each stream, [streams]; entries after them are 0
 * @param reset whether the streams begin here: the state carried so far does not belong to them
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record TextBatch(int[] inputs, int[] targets, int[] lengths, boolean reset) {
  /** Number of streams, B. */
  public int streams() {
    return lengths.length;
  }

  /** Number of steps, T. */
  public int steps() {
    return inputs.length / lengths.length;
  }

  /** Number of symbols that are predicted: the sum of the lengths. */
  public int predictions() {
    int sum = 0;
    for (int length : lengths) {
      sum += length;
    }
    return sum;
  }
}

package org.hypernet4j.data;

/**
 * Some columns of parallel streams of text, time-major: the entry of step t and stream b stands at
 * {@code t * streams + b}.
 *
 * <p>A batch has arrays of its own that nobody writes to again.
 *
 * @param inputs ids, [steps, streams]
 * @param targets the id that follows each input, [steps, streams]
 * @param lengths steps that count in each stream, [streams]; what stands behind them is 0
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

  /** How many symbols are predicted: the sum of the lengths. */
  public int predictions() {
    int sum = 0;
    for (int length : lengths) {
      sum += length;
    }
    return sum;
  }
}

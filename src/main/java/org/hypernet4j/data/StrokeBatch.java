// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

/**
 * Drawings to feed in one step, side by side, time-major: the entry of step t, stream b and column
 * c has index {@code (t * streams + b) * 3 + c}.
 *
 * <p>A batch owns its arrays, which are never changed.
 *
 * @param time points of the longest drawing, T
 * @param streams number of drawings, B
 * @param points normalised offsets and the pen, 0 or 1: [T, B, 3]; zeros after a drawing's end
 * @param lengths points of each drawing, [B]
 * @param texts ids of the characters that each drawing says, [B, textTime]; zeros after its end
 * @param textTime characters of the longest text; 0 without texts
 * @param textLengths characters of each text, [B]; empty without texts
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record StrokeBatch(
    int time,
    int streams,
    float[] points,
    int[] lengths,
    int[] texts,
    int textTime,
    int[] textLengths) {
  /** Number of points that are predicted: the sum of the lengths. */
  public long predictions() {
    long sum = 0;
    for (int length : lengths) {
      sum += length;
    }
    return sum;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

/**
 * Pictures of two digits to feed in one step.
 *
 * @param pixels uint8 [count, height, width, 1], row-major
 * @param first [count]: the class of the digit at the top left
 * @param second [count]: the class of the digit at the bottom right
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record TwoDigitsBatch(byte[] pixels, int[] first, int[] second) {
  /** Number of pictures. */
  public int count() {
    return first.length;
  }
}

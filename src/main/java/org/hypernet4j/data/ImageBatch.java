// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

/**
 * Images to feed in one step.
 *
 * <p>A batch owns its arrays, which are never changed, so it may be queued or kept.
 *
 * @param pixels uint8 [count, height, width, channels], row-major
 * @param labels [count]
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record ImageBatch(byte[] pixels, int[] labels) {
  /** Number of images. */
  public int count() {
    return labels.length;
  }
}

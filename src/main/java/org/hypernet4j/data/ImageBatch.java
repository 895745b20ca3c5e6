package org.hypernet4j.data;

/**
 * Images to feed in one step.
 *
 * <p>A batch has arrays of its own that nobody writes to again, so it may wait in a queue or be
 * kept for as long as you like.
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

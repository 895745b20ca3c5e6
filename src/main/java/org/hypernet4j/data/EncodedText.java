// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.hypernet4j.io.internal.Sha256;

/**
 * A text as ids of a {@link Vocabulary}, two bytes each: a text can be long.
 *
 * <p>Every id is below the size of the vocabulary that made it.
 */
public final class EncodedText {
  private final char[] ids;

  /** Keeps the array, which must not be changed afterwards. */
  EncodedText(char[] ids) {
    this.ids = ids;
  }

  /** Number of symbols. */
  public int length() {
    return ids.length;
  }

  /** The id at a position. */
  public int id(int position) {
    return ids[position];
  }

  /** The ids {@code from} (included) to {@code to} (excluded). */
  public int[] ids(int from, int to) {
    int[] copy = new int[to - from];
    for (int i = from; i < to; i++) {
      copy[i - from] = ids[i];
    }
    return copy;
  }

  /** All ids. */
  public int[] ids() {
    return ids(0, length());
  }

  /** SHA-256, in lower-case hex, of the ids as big-endian 16-bit numbers. */
  public String fingerprint() {
    MessageDigest digest = Sha256.begin();
    ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
    for (char id : ids) {
      if (!bytes.hasRemaining()) {
        digest.update(bytes.flip());
        bytes.clear();
      }
      bytes.putChar(id);
    }
    digest.update(bytes.flip());
    return Sha256.hex(digest);
  }
}

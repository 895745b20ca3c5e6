// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io.internal;

import java.util.zip.CRC32C;

/**
 * The checksum of TFRecord files and of checkpoints: CRC-32C, rotated and shifted so that a record
 * that holds records does not checksum its own checksums.
 */
public final class MaskedCrc32c {
  private static final int MASK_DELTA = 0xa282ead8;

  private MaskedCrc32c() {}

  /** The masked checksum of all of {@code data}. */
  public static int of(byte[] data) {
    return of(data, 0, data.length);
  }

  /** The masked checksum of {@code length} bytes from {@code offset}. */
  public static int of(byte[] data, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(data, offset, length);
    return of(crc);
  }

  /** The masked checksum of the bytes passed to {@code crc} so far. */
  static int of(CRC32C crc) {
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io.internal;

import java.time.LocalDateTime;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;

/** Heads of zip entries without compression, which state size and checksum before the bytes. */
public final class StoredEntry {
  // the earliest time of zip, as Python writes it: bytes must not depend on the clock
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private StoredEntry() {}

  /**
   * The head of one entry, for a {@link java.util.zip.ZipOutputStream}.
   *
   * @param size number of bytes that will follow
   * @param checksum of those bytes
   */
  public static ZipEntry of(String name, long size, CRC32 checksum) {
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setTimeLocal(NO_TIME);
    entry.setSize(size);
    entry.setCompressedSize(size);
    entry.setCrc(checksum.getValue());
    return entry;
  }
}

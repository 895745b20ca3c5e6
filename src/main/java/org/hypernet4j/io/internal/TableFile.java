// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.Npy;

/**
 * Reads a sorted table of keys and values, the format that LevelDB introduced and TensorFlow took
 * for the index of a checkpoint.
 *
 * <p>A file consists of blocks, each followed by its compression and a masked CRC-32C. An entry of
 * a block states how many bytes its key shares with the key before, then the other bytes, then the
 * value. One block, named by the footer, holds the places of the others. Every length and every
 * checksum is checked before it is used.
 */
final class TableFile {
  private static final long MAGIC = 0xdb4775248b80fb57L;
  private static final int FOOTER_BYTES = 48;
  private static final int TRAILER_BYTES = 5;
  private static final byte NOT_COMPRESSED = 0;
  private static final byte SNAPPY = 1;
  // a key is spelt out in full every 16 entries, so sharing cannot make a table that much longer
  private static final long MOST_BYTES_FOR_ONE = 64;

  private final byte[] file;
  private final String where;
  private long blockBytes;
  private long keyBytes;

  private TableFile(byte[] file, String where) {
    this.file = file;
    this.where = where;
  }

  /**
   * Reads a whole table.
   *
   * @return values by key in the order of the file; keys are UTF-8
   * @throws UserError if the file cannot be read, is not such a table, or is damaged
   */
  static Map<String, byte[]> read(Path file) {
    try {
      return new TableFile(
              RegularFiles.readAllBytes(file, RegularFiles.DESCRIPTION), file.toString())
          .read();
    } catch (IOException e) {
      throw Npy.unreadable(file, e);
    }
  }

  private Map<String, byte[]> read() {
    if (file.length < FOOTER_BYTES) {
      throw damaged("a file of " + file.length + " bytes");
    }
    ByteBuffer footer = bytes(file.length - FOOTER_BYTES, FOOTER_BYTES);
    if (footer.getLong(FOOTER_BYTES - Long.BYTES) != MAGIC) {
      throw damaged("other bytes at its end");
    }
    varint(footer); // place and
    varint(footer); // length of a block of statistics, always empty
    Map<String, byte[]> table = new LinkedHashMap<>();
    for (byte[] place : block(footer).values()) {
      block(ByteBuffer.wrap(place))
          .forEach(
              (key, value) -> {
                if (table.put(key, value) != null) {
                  throw damaged("the key '" + key + "' twice");
                }
              });
    }
    return Collections.unmodifiableMap(table);
  }

  /** The entries of the block whose place comes next in {@code handle}. */
  private Map<String, byte[]> block(ByteBuffer handle) {
    long offset = varint(handle);
    long length = varint(handle);
    if (offset < 0 || length < Integer.BYTES || offset > file.length - TRAILER_BYTES - length) {
      throw damaged("a block at byte " + offset + " of " + length + " bytes");
    }
    int start = (int) offset;
    int size = (int) length;
    ByteBuffer trailer = bytes(start + size, TRAILER_BYTES);
    byte compression = trailer.get();
    int stored = trailer.getInt();
    int computed = MaskedCrc32c.of(file, start, size + 1);
    if (stored != computed) {
      throw damaged("a block at byte %d with checksum %08x".formatted(start, computed));
    }
    blockBytes += size;
    if (blockBytes > file.length) {
      throw damaged("blocks that share bytes");
    }
    return switch (compression) {
      case NOT_COMPRESSED -> entries(bytes(start, size));
      case SNAPPY ->
          entries(
              ByteBuffer.wrap(SnappyBlock.unpack(file, start, size, where))
                  .order(ByteOrder.LITTLE_ENDIAN));
      default ->
          throw UserError.in(where)
              .what("the index is compressed in a way that is not known")
              .expected("compression 0 (none) or 1 (Snappy), as TensorFlow writes it")
              .received(compression)
              .build();
    };
  }

  private Map<String, byte[]> entries(ByteBuffer block) {
    int size = block.capacity();
    if (size < Integer.BYTES) {
      throw damaged("a block of " + size + " bytes");
    }
    long restarts = Integer.toUnsignedLong(block.getInt(size - Integer.BYTES));
    long end = size - (restarts + 1) * Integer.BYTES;
    if (end < 0) {
      throw damaged("a block of " + size + " bytes with " + restarts + " restarts");
    }
    block.limit((int) end);
    Map<String, byte[]> entries = new LinkedHashMap<>();
    byte[] key = new byte[0];
    while (block.hasRemaining()) {
      long shared = varint(block);
      long others = varint(block);
      long length = varint(block);
      if (shared < 0
          || shared > key.length
          || others < 0
          || length < 0
          || others > block.remaining()
          || length > block.remaining() - others) {
        throw damaged("an entry that is longer than its block");
      }
      keyBytes += shared;
      if (keyBytes > MOST_BYTES_FOR_ONE * file.length) {
        throw damaged("keys that are longer than the file allows");
      }
      byte[] next = Arrays.copyOf(key, (int) (shared + others));
      block.get(next, (int) shared, (int) others);
      byte[] value = new byte[(int) length];
      block.get(value);
      key = next;
      entries.put(new String(key, StandardCharsets.UTF_8), value);
    }
    return entries;
  }

  private long varint(ByteBuffer from) {
    try {
      return Varints.read(from);
    } catch (IllegalArgumentException e) {
      throw damaged(String.valueOf(e.getMessage()));
    }
  }

  private ByteBuffer bytes(int offset, int length) {
    return ByteBuffer.wrap(file, offset, length).slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  private UserError damaged(String received) {
    return UserError.in(where)
        .what("damaged, or not the index of a TensorFlow checkpoint")
        .expected("a table with whole blocks and right checksums")
        .received(received)
        .next("copy or save the checkpoint again")
        .build();
  }
}

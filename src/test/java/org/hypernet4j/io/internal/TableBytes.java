// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io.internal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Writes tables as TensorFlow does, with right checksums whatever is in them. */
final class TableBytes {
  private static final long MAGIC = 0xdb4775248b80fb57L;

  private TableBytes() {}

  /**
   * A table of some entries.
   *
   * @param perBlock entries of a block
   * @param pack is given each block, the one that names the others included
   * @param compression what the file says that {@code pack} has done
   */
  static byte[] of(
      Map<String, byte[]> table, int perBlock, UnaryOperator<byte[]> pack, int compression) {
    List<byte[]> blocks = new ArrayList<>();
    List<String> last = new ArrayList<>();
    List<Map.Entry<String, byte[]>> entries = new ArrayList<>(table.entrySet());
    for (int i = 0; i < entries.size(); i += perBlock) {
      List<Map.Entry<String, byte[]>> some =
          entries.subList(i, Math.min(entries.size(), i + perBlock));
      blocks.add(block(some));
      last.add(some.get(some.size() - 1).getKey());
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    List<Map.Entry<String, byte[]>> places = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i++) {
      places.add(Map.entry(last.get(i), append(file, pack.apply(blocks.get(i)), compression)));
    }
    byte[] place = append(file, pack.apply(block(places)), compression);
    ByteBuffer footer = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
    footer.put(2, place).putLong(40, MAGIC);
    file.writeBytes(footer.array());
    return file.toByteArray();
  }

  /** Writes a block with its trailer and gives its place and length. */
  private static byte[] append(ByteArrayOutputStream file, byte[] block, int compression) {
    ByteArrayOutputStream place = new ByteArrayOutputStream();
    varint(place, file.size());
    varint(place, block.length);
    byte[] checked = Arrays.copyOf(block, block.length + 1);
    checked[block.length] = (byte) compression;
    file.writeBytes(checked);
    file.writeBytes(
        ByteBuffer.allocate(4)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(MaskedCrc32c.of(checked))
            .array());
    return place.toByteArray();
  }

  /** Keys share what they can with the key before. */
  private static byte[] block(List<Map.Entry<String, byte[]>> entries) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    byte[] before = new byte[0];
    for (Map.Entry<String, byte[]> entry : entries) {
      byte[] key = entry.getKey().getBytes(StandardCharsets.UTF_8);
      int shared = Math.max(0, Arrays.mismatch(before, key));
      varint(block, shared);
      varint(block, key.length - shared);
      varint(block, entry.getValue().length);
      block.write(key, shared, key.length - shared);
      block.writeBytes(entry.getValue());
      before = key;
    }
    block.writeBytes(new byte[] {0, 0, 0, 0, 1, 0, 0, 0}); // one restart, and their number
    return block.toByteArray();
  }

  static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  /** Snappy's format by its description, with literals of at most 60 bytes and nothing shared. */
  static byte[] snappyLiterals(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    varint(out, bytes.length);
    for (int at = 0; at < bytes.length; at += 60) {
      int length = Math.min(60, bytes.length - at);
      out.write((length - 1) << 2);
      out.write(bytes, at, length);
    }
    return out.toByteArray();
  }
}

package org.hypernet4j.export;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.io.MaskedCrc32c;

/**
 * Reads a sorted table in LevelDB's file format, which is what a checkpoint's index is: blocks of
 * entries whose keys share prefixes, a block that says where these blocks are, and a footer that
 * says where that one is.
 */
final class LevelTable {
  private static final long MAGIC = 0xdb4775248b80fb57L;
  private static final int FOOTER = 48;
  private static final int TRAILER = 5;
  private static final int VARINT_BITS = 7;

  private final ByteBuffer file;

  private LevelTable(byte[] bytes) {
    file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * All entries in the order of their keys.
   *
   * @throws DamagedException if the bytes are no such table, or a checksum does not fit
   */
  static Map<String, byte[]> read(byte[] bytes) throws DamagedException {
    try {
      return new LevelTable(bytes).read();
    } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new DamagedException("it ends too early or points behind its end");
    }
  }

  /** The bytes are not what they should be. */
  static final class DamagedException extends Exception {
    private static final long serialVersionUID = 1L;

    DamagedException(String message) {
      super(message);
    }
  }

  private Map<String, byte[]> read() throws DamagedException {
    int size = file.limit();
    if (size < FOOTER || file.getLong(size - Long.BYTES) != MAGIC) {
      throw new DamagedException("it does not end as a table does");
    }
    ByteBuffer footer = file.slice(size - FOOTER, FOOTER);
    block(handle(footer)); // of filters; a checkpoint has none, but the block has a checksum
    Map<String, byte[]> entries = new LinkedHashMap<>();
    for (byte[] value : block(handle(footer)).values()) {
      entries.putAll(block(handle(ByteBuffer.wrap(value))));
    }
    return entries;
  }

  private record Handle(int offset, int size) {}

  private static Handle handle(ByteBuffer in) {
    return new Handle(varint(in), varint(in));
  }

  private Map<String, byte[]> block(Handle at) throws DamagedException {
    byte[] bytes = new byte[Math.addExact(at.size(), 1)];
    file.get(at.offset(), bytes);
    int type = bytes[at.size()];
    if (MaskedCrc32c.of(bytes) != file.getInt(at.offset() + at.size() + 1)) {
      throw new DamagedException(
          "the checksum of its %d bytes from %d does not fit"
              .formatted(at.size() + TRAILER, at.offset()));
    }
    if (type != 0) {
      throw new DamagedException("it is compressed, which TensorFlow does not do");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes, 0, at.size()).order(ByteOrder.LITTLE_ENDIAN);
    int restarts = in.getInt(at.size() - Integer.BYTES);
    in.limit(at.size() - Math.multiplyExact(Integer.BYTES, Math.addExact(restarts, 1)));
    Map<String, byte[]> entries = new LinkedHashMap<>();
    byte[] key = new byte[0];
    while (in.hasRemaining()) {
      int shared = varint(in);
      int own = varint(in);
      byte[] value = new byte[checked(varint(in), in)];
      if (shared > key.length) {
        throw new DamagedException("a key shares more than there is");
      }
      key = Arrays.copyOf(key, shared + checked(own, in));
      in.get(key, shared, own);
      in.get(value);
      entries.put(new String(key, StandardCharsets.UTF_8), value);
    }
    return entries;
  }

  private static int checked(int length, ByteBuffer in) {
    if (length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    return length;
  }

  private static int varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift <= Integer.SIZE; shift += VARINT_BITS) {
      byte next = in.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        if (value > Integer.MAX_VALUE) {
          break;
        }
        return (int) value;
      }
    }
    throw new IllegalArgumentException("a number of more than 31 bits");
  }
}

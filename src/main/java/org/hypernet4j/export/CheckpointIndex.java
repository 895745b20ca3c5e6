package org.hypernet4j.export;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.hypernet4j.export.LevelTable.DamagedException;
import org.hypernet4j.io.MaskedCrc32c;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.BundleHeaderProto;

/**
 * The tensors of a TensorFlow checkpoint, read without TensorFlow: what {@code PREFIX.index} lists
 * and the bytes of {@code PREFIX.data-...}.
 */
final class CheckpointIndex {
  /** The key under which the table describes itself. */
  private static final String HEADER = "";

  private final Path prefix;
  private final BundleHeaderProto header;
  private final Map<String, BundleEntryProto> entries;

  private CheckpointIndex(
      Path prefix, BundleHeaderProto header, Map<String, BundleEntryProto> entries) {
    this.prefix = prefix;
    this.header = header;
    this.entries = entries;
  }

  /**
   * Reads the index.
   *
   * @param prefix the path without {@code .index}
   * @throws DamagedException if it is no index
   */
  static CheckpointIndex read(Path prefix) throws IOException, DamagedException {
    Map<String, byte[]> table = LevelTable.read(Files.readAllBytes(Path.of(prefix + ".index")));
    try {
      byte[] first = table.remove(HEADER);
      if (first == null) {
        throw new DamagedException("it has no header");
      }
      BundleHeaderProto header = BundleHeaderProto.parseFrom(first);
      if (header.getEndianness() != BundleHeaderProto.Endianness.LITTLE) {
        throw new DamagedException("its numbers are big-endian");
      }
      Map<String, BundleEntryProto> entries = new LinkedHashMap<>();
      for (Map.Entry<String, byte[]> entry : table.entrySet()) {
        entries.put(entry.getKey(), BundleEntryProto.parseFrom(entry.getValue()));
      }
      return new CheckpointIndex(prefix, header, entries);
    } catch (InvalidProtocolBufferException e) {
      throw new DamagedException("an entry is no description of a tensor");
    }
  }

  /** Type, shape and place of every tensor, by key. */
  Map<String, BundleEntryProto> entries() {
    return entries;
  }

  /** The data files that the tensors are in. */
  Set<Path> files() {
    Set<Path> files = new TreeSet<>();
    entries.values().forEach(entry -> files.add(file(entry)));
    return files;
  }

  /**
   * The bytes of a tensor that one Java array can hold.
   *
   * @throws DamagedException if the file ends before or the checksum does not fit
   */
  ByteBuffer data(BundleEntryProto entry) throws IOException, DamagedException {
    try (SeekableByteChannel in = Files.newByteChannel(file(entry))) {
      if (entry.getOffset() < 0
          || entry.getSize() < 0
          || in.size() - entry.getOffset() < entry.getSize()) {
        throw new DamagedException(
            "%d bytes at %d are not in a file of %d"
                .formatted(entry.getSize(), entry.getOffset(), in.size()));
      }
      ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(entry.getSize()));
      in.position(entry.getOffset());
      while (bytes.hasRemaining() && in.read(bytes) >= 0) {
        // until it is full
      }
      if (bytes.hasRemaining() || MaskedCrc32c.of(bytes.array()) != entry.getCrc32C()) {
        throw new DamagedException("its bytes do not have the checksum that the index says");
      }
      return bytes.flip().order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  private Path file(BundleEntryProto entry) {
    return Path.of(
        "%s.data-%05d-of-%05d".formatted(prefix, entry.getShardId(), header.getNumShards()));
  }
}

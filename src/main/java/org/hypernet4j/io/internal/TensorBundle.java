// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io.internal;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.hypernet4j.error.Nearest;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.Npy;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.NpyHeader;
import org.hypernet4j.io.NpyType;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.BundleHeaderProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Reads the tensors of a TensorFlow checkpoint, or of the {@code variables} folder of a SavedModel,
 * in plain Java: a damaged file causes an error and never reaches native code.
 *
 * <p>A checkpoint is {@code PREFIX.index}, which names the tensors, and {@code
 * PREFIX.data-00000-of-00001} and so on, which hold them. Opening reads and checks the index; a
 * tensor's bytes are read and checked when it is asked for.
 *
 * <pre>{@code
 * TensorBundle bundle = TensorBundle.open(model.resolve("variables/variables"));
 * for (String name : bundle.tensors().keySet()) {
 *   float[] values = bundle.read(name).floats();
 * }
 * }</pre>
 */
public final class TensorBundle {
  private static final String INDEX = ".index";
  private static final int CHUNK_BYTES = 1 << 18;
  private static final int MOST_TEXT_BYTES = 1 << 28;
  // the minimum version of a reader; TensorFlow has written 1 since 2017
  private static final int READER_VERSION = 1;

  private final Path prefix;
  private final int shards;
  private final ByteOrder order;
  private final Map<String, BundledTensor> tensors;

  private TensorBundle(
      Path prefix, int shards, ByteOrder order, Map<String, BundledTensor> tensors) {
    this.prefix = prefix;
    this.shards = shards;
    this.order = order;
    this.tensors = Collections.unmodifiableMap(tensors);
  }

  /**
   * Opens a checkpoint and reads its index.
   *
   * @param prefix the path that its files begin with, without {@code .index}
   * @throws UserError if there is no index, or it is damaged
   */
  public static TensorBundle open(Path prefix) {
    Path index = withSuffix(prefix, INDEX);
    if (!Files.isRegularFile(index)) {
      throw UserError.in(prefix)
          .what("there is no TensorFlow checkpoint of this name")
          .expected("the file " + index)
          .received(Files.exists(index) ? "something that is not a file" : "nothing there")
          .build();
    }
    Map<String, byte[]> table = TableFile.read(index);
    byte[] first = table.get("");
    if (first == null) {
      throw damaged(index, "no header", null);
    }
    try {
      BundleHeaderProto header = BundleHeaderProto.parseFrom(first);
      if (header.getNumShards() < 1 || header.getVersion().getMinConsumer() > READER_VERSION) {
        throw damaged(
            index,
            header.getNumShards()
                + " data files, for readers of version "
                + header.getVersion().getMinConsumer(),
            null);
      }
      Map<String, BundledTensor> tensors = new LinkedHashMap<>();
      for (Map.Entry<String, byte[]> entry : table.entrySet()) {
        String name = entry.getKey();
        // a NUL begins the name of a piece of a tensor that is stored in slices
        if (!name.isEmpty() && name.charAt(0) != 0) {
          tensors.put(name, tensor(name, BundleEntryProto.parseFrom(entry.getValue())));
        }
      }
      ByteOrder order =
          header.getEndianness() == BundleHeaderProto.Endianness.BIG
              ? ByteOrder.BIG_ENDIAN
              : ByteOrder.LITTLE_ENDIAN;
      return new TensorBundle(prefix, header.getNumShards(), order, tensors);
    } catch (InvalidProtocolBufferException e) {
      throw damaged(index, String.valueOf(e.getMessage()), e);
    }
  }

  private static BundledTensor tensor(String name, BundleEntryProto entry) {
    return new BundledTensor(
        name,
        entry.getDtype(),
        entry.getShape().getDimList().stream().map(TensorShapeProto.Dim::getSize).toList(),
        entry.getShardId(),
        entry.getOffset(),
        entry.getSize(),
        entry.getCrc32C(),
        entry.getSlicesCount());
  }

  /** The tensors by name, in alphabetical order. Unmodifiable. */
  public Map<String, BundledTensor> tensors() {
    return tensors;
  }

  /** The data files that hold them; their existence is not checked. */
  public Set<Path> files() {
    Set<Path> files = new TreeSet<>();
    tensors.values().forEach(tensor -> files.add(shard(tensor)));
    return files;
  }

  /**
   * Reads a tensor. Floats of 16 bits become {@code float32}, which has an equal value for each.
   *
   * @throws UserError if there is none of that name, its type is not among those of {@link
   *     NpyType}, it is stored in slices, or its bytes are missing or damaged
   */
  public NpyArray read(String name) {
    BundledTensor tensor = tensor(name);
    NpyType type = numpyType(tensor.type());
    if (type == null || tensor.slices() > 0) {
      throw UserError.in(where(tensor))
          .what("cannot be read")
          .expected("whole numbers or floats, stored in one piece")
          .received(tensor + (tensor.slices() > 0 ? " in " + tensor.slices() + " slices" : ""))
          .next(
              tensor.slices() > 0
                  ? "save the variable without a partitioner"
                  : "leave this tensor out, or save it with another type")
          .build();
    }
    boolean half = isHalf(tensor.type());
    int width = half ? Short.BYTES : type.bytes();
    long count = NpyHeader.elements(tensor.lengths());
    if (count < 0 || count * width != tensor.bytes()) {
      throw damaged(where(tensor), tensor.bytes() + " bytes for " + tensor, null);
    }
    requireInside(tensor); // before memory is allocated for the size that the index claims
    Object data = Npy.allocate(type, (int) count, where(tensor));
    scan(
        tensor,
        (at, chunk) -> {
          int first = (int) (at / width);
          if (half) {
            HalfFloats.get(chunk, tensor.type(), (float[]) data, first);
          } else {
            type.get(chunk, data, first, chunk.remaining() / width);
          }
        });
    return NpyArray.wrap(type, tensor.lengths(), data, where(tensor));
  }

  /**
   * Reads a tensor's bytes and compares their checksum with that of the index. A tensor in slices
   * has no bytes of its own.
   *
   * @throws UserError if there is none of that name, or its bytes are missing or damaged
   */
  public void verify(String name) {
    BundledTensor tensor = tensor(name);
    if (tensor.type() == DataType.DT_STRING) {
      strings(tensor);
    } else if (tensor.type() != DataType.DT_VARIANT && tensor.slices() == 0) {
      scan(tensor, (at, chunk) -> {});
    } else {
      requireInside(tensor);
    }
  }

  /**
   * Reads a scalar text or serialized message.
   *
   * @throws UserError if there is no tensor of that name, it is not a scalar text, or its bytes are
   *     missing or damaged
   */
  public byte[] readText(String name) {
    BundledTensor tensor = tensor(name);
    if (tensor.type() != DataType.DT_STRING || !tensor.shape().isEmpty()) {
      throw UserError.in(where(tensor)).what("is not a scalar text").received(tensor).build();
    }
    return strings(tensor).get(0);
  }

  private List<byte[]> strings(BundledTensor tensor) {
    long count = NpyHeader.elements(tensor.lengths());
    // each takes a byte for its length at least
    if (count < 0 || count > tensor.bytes() || tensor.bytes() > MOST_TEXT_BYTES) {
      throw damaged(where(tensor), tensor.bytes() + " bytes for " + tensor, null);
    }
    requireInside(tensor);
    byte[] bytes = new byte[(int) tensor.bytes()];
    stream(tensor, (at, chunk) -> chunk.get(bytes, (int) at, chunk.remaining()));
    return new BundledStrings(bytes, where(tensor)).read((int) count, tensor.checksum());
  }

  private BundledTensor tensor(String name) {
    BundledTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw UserError.in(prefix)
          .what("holds no tensor '" + name + "'")
          .expected("one of " + tensors.size() + ", such as " + Nearest.of(name, tensors.keySet()))
          .build();
    }
    return tensor;
  }

  private void scan(BundledTensor tensor, ChunkReader reader) {
    CRC32C crc = new CRC32C();
    stream(
        tensor,
        (at, chunk) -> {
          crc.update(chunk.duplicate());
          reader.read(at, chunk);
        });
    int computed = MaskedCrc32c.of(crc);
    if (computed != tensor.checksum()) {
      throw damaged(
          where(tensor),
          "checksum %08x instead of %08x".formatted(computed, tensor.checksum()),
          null);
    }
  }

  /** Takes the bytes of a tensor from byte {@code at} of it on. */
  private interface ChunkReader {
    void read(long at, ByteBuffer chunk);
  }

  private void stream(BundledTensor tensor, ChunkReader reader) {
    requireInside(tensor);
    Path shard = shard(tensor);
    byte[] chunk = new byte[(int) Math.min(CHUNK_BYTES, tensor.bytes())];
    RegularFiles.require(shard);
    try (RandomAccessFile in = new RandomAccessFile(shard.toFile(), "r")) {
      in.seek(tensor.offset());
      for (long at = 0; at < tensor.bytes(); at += chunk.length) {
        int count = (int) Math.min(chunk.length, tensor.bytes() - at);
        in.readFully(chunk, 0, count);
        reader.read(at, ByteBuffer.wrap(chunk, 0, count).slice().order(order));
      }
    } catch (IOException e) {
      throw Npy.unreadable(shard, e);
    }
  }

  private void requireInside(BundledTensor tensor) {
    Path shard = shard(tensor);
    try {
      long length = Files.size(shard);
      if (tensor.offset() < 0 || tensor.bytes() < 0 || tensor.offset() > length - tensor.bytes()) {
        throw damaged(
            where(tensor),
            "%s of %d bytes where the tensor has %d from byte %d on"
                .formatted(shard.getFileName(), length, tensor.bytes(), tensor.offset()),
            null);
      }
    } catch (IOException e) {
      throw Npy.unreadable(shard, e);
    }
  }

  private Path shard(BundledTensor tensor) {
    return withSuffix(
        prefix, String.format(Locale.ROOT, ".data-%05d-of-%05d", tensor.shard(), shards));
  }

  private String where(BundledTensor tensor) {
    return prefix + ": " + tensor.name();
  }

  private static boolean isHalf(DataType type) {
    return type == DataType.DT_HALF || type == DataType.DT_BFLOAT16;
  }

  private static @Nullable NpyType numpyType(DataType type) {
    return switch (type) {
      case DT_FLOAT, DT_HALF, DT_BFLOAT16 -> NpyType.F4;
      case DT_DOUBLE -> NpyType.F8;
      case DT_INT8 -> NpyType.I1;
      case DT_UINT8 -> NpyType.U1;
      case DT_INT16 -> NpyType.I2;
      case DT_INT32 -> NpyType.I4;
      case DT_INT64 -> NpyType.I8;
      case DT_BOOL -> NpyType.BOOL;
      default -> null;
    };
  }

  private static Path withSuffix(Path prefix, String suffix) {
    Path name = prefix.getFileName();
    return prefix.resolveSibling((name == null ? "" : name) + suffix);
  }

  private static UserError damaged(Object where, String received, @Nullable Exception cause) {
    UserError.Builder error =
        UserError.in(where)
            .what("damaged, or not of a TensorFlow checkpoint")
            .received(received)
            .next("copy or save the checkpoint again");
    return (cause == null ? error : error.cause(cause)).build();
  }
}

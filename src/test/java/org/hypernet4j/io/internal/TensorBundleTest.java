// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import io.airlift.compress.snappy.SnappyCompressor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.Npz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph;

/** Checkpoints that Python's TensorFlow wrote (checkpoints/make.py), whole and damaged. */
class TensorBundleTest {
  private static final String TYPES = "types";
  private static final String DATA = ".data-00000-of-00001";

  @TempDir Path folder;

  private static Path resource(String name) {
    try {
      return Path.of(
              Objects.requireNonNull(TensorBundleTest.class.getResource("/io/checkpoints/make.py"))
                  .toURI())
          .resolveSibling(name);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The values are those that tf.train.load_checkpoint read, in an archive of NumPy's. */
  @ParameterizedTest
  @ValueSource(strings = {"types", "objects"})
  void everyValueIsTheOneThatPythonReads(String name) {
    TensorBundle bundle = TensorBundle.open(resource(name));
    Map<String, NpyArray> expected = Npz.read(resource(name + ".npz"));
    assertThat(expected).hasSizeGreaterThan(1);
    expected.forEach(
        (tensor, value) -> assertThat(bundle.read(tensor)).as(tensor).isEqualTo(value));
    bundle.tensors().keySet().forEach(bundle::verify);
  }

  @Test
  void namesTypesAndShapesComeFromTheIndex() {
    Map<String, BundledTensor> tensors = TensorBundle.open(resource(TYPES)).tensors();
    assertThat(tensors.keySet()).contains("rnn/cell/kernel", "sliced");
    assertThat(List.copyOf(tensors.keySet())).isSorted();
    assertThat(tensors.get("rnn/cell/kernel"))
        .returns(DataType.DT_FLOAT, BundledTensor::type)
        .returns(List.of(5L, 7L), BundledTensor::shape)
        .hasToString("float [5, 7]");
    assertThat(tensors.get("bfloat")).returns(DataType.DT_BFLOAT16, BundledTensor::type);
    assertThat(tensors.get("global_step")).returns(List.of(), BundledTensor::shape);
    assertThat(tensors.keySet()).noneMatch(name -> name.isEmpty() || name.charAt(0) == 0);
  }

  @Test
  void theObjectGraphOfACheckpointIsAText() throws InvalidProtocolBufferException {
    byte[] text = TensorBundle.open(resource("objects")).readText("_CHECKPOINTABLE_OBJECT_GRAPH");
    assertThat(TrackableObjectGraph.parseFrom(text).getNodesList())
        .flatMap(node -> node.getAttributesList())
        .extracting(attribute -> attribute.getCheckpointKey())
        .contains("model/encoder/kernel/.ATTRIBUTES/VARIABLE_VALUE");
  }

  @Test
  void whatIsNoArrayIsRefusedByName() {
    TensorBundle bundle = TensorBundle.open(resource(TYPES));
    assertThatThrownBy(() -> bundle.read("sliced"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("types: sliced: cannot be read")
        .hasMessageContaining("float [4, 3] in 2 slices")
        .hasMessageContaining("without a partitioner");
    assertThatThrownBy(() -> bundle.read("complex"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("complex64 [1]");
    assertThatThrownBy(() -> bundle.read("rnn/cell/kernl"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("holds no tensor 'rnn/cell/kernl'")
        .hasMessageContaining("such as rnn/cell/kernel");
    assertThatThrownBy(() -> bundle.readText("large"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is not a scalar text");
    TensorBundle objects = TensorBundle.open(resource("objects"));
    assertThatThrownBy(() -> objects.read("words/.ATTRIBUTES/VARIABLE_VALUE"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("string [3]");
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    assertThatThrownBy(() -> TensorBundle.open(folder.resolve("model.ckpt-7")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is no TensorFlow checkpoint of this name")
        .hasMessageContaining("model.ckpt-7.index");
    copy("types.index");
    TensorBundle bundle = TensorBundle.open(folder.resolve(TYPES));
    assertThatThrownBy(() -> bundle.read("large"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("types.data-00000-of-00001: there is no such file");
  }

  @Test
  void aFlippedOrMissingByteOfATensorIsFound() throws IOException {
    copy("types.index");
    Path data = copy(TYPES + DATA);
    byte[] whole = Files.readAllBytes(data);
    TensorBundle bundle = TensorBundle.open(folder.resolve(TYPES));
    for (BundledTensor tensor : bundle.tensors().values()) {
      if (tensor.bytes() > 0 && tensor.slices() == 0) {
        byte[] broken = whole.clone();
        broken[(int) (tensor.offset() + tensor.bytes() - 1)] ^= 4;
        Files.write(data, broken);
        assertThatThrownBy(() -> bundle.verify(tensor.name()))
            .isInstanceOf(UserError.class)
            .hasMessageContaining("types: " + tensor.name() + ": damaged")
            .hasMessageContaining("checksum");
      }
    }
    Files.write(data, Arrays.copyOf(whole, 1000));
    assertThatThrownBy(() -> bundle.read("large"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("of 1000 bytes where the tensor has 280000 from byte");
  }

  @Test
  void aFlippedByteOfATextIsFound() throws IOException {
    copy("objects.index");
    Path data = copy("objects" + DATA);
    byte[] whole = Files.readAllBytes(data);
    TensorBundle bundle = TensorBundle.open(folder.resolve("objects"));
    BundledTensor words =
        Objects.requireNonNull(bundle.tensors().get("words/.ATTRIBUTES/VARIABLE_VALUE"));
    for (long at = words.offset(); at < words.offset() + words.bytes(); at++) {
      byte[] broken = whole.clone();
      broken[(int) at] ^= 1;
      Files.write(data, broken);
      assertThatThrownBy(() -> bundle.verify(words.name()))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("damaged text");
    }
  }

  /** Any byte changed, any end cut off: an error of ours or, in unused bytes, the same tensors. */
  @Test
  void aDamagedIndexNeverGetsFurtherThanAnError() throws IOException {
    Path index = copy("types.index");
    byte[] whole = Files.readAllBytes(index);
    Map<String, BundledTensor> right = TensorBundle.open(folder.resolve(TYPES)).tensors();
    int refused = 0;
    for (int i = 0; i < whole.length; i++) {
      byte[] broken = whole.clone();
      broken[i] ^= (byte) 0x81;
      Files.write(index, broken);
      refused += isRefusedOrEqual(right);
      Files.write(index, Arrays.copyOf(whole, i));
      refused += isRefusedOrEqual(right);
    }
    assertThat(refused)
        .isGreaterThan(2 * whole.length - 60); // the footer's padding, the meta block
    Random random = new Random(3);
    for (int i = 0; i < 200; i++) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      Files.write(index, noise);
      assertThat(isRefusedOrEqual(right)).isEqualTo(1);
    }
  }

  private int isRefusedOrEqual(Map<String, BundledTensor> right) {
    try {
      assertThat(TensorBundle.open(folder.resolve(TYPES)).tensors()).isEqualTo(right);
      return 0;
    } catch (UserError e) {
      assertThat(e).hasMessageContaining("types.index").hasMessageNotContaining("\n");
      return 1;
    }
  }

  /** TensorFlow's blocks have 256 KiB, more than a small fixture fills: this table is made here. */
  @Test
  void aTableOfSeveralBlocksIsReadInOrder() throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    byte[] first = block(entry(0, "ab", "1"), entry(1, "cd", "22"));
    byte[] second = block(entry(0, "b", ""));
    file.write(first);
    file.write(second);
    byte[] index =
        block(
            entry(0, "b", handle(0, first.length - 5)),
            entry(0, "c", handle(first.length, second.length - 5)));
    file.write(index);
    byte[] footer = new byte[48];
    footer[2] = (byte) (first.length + second.length);
    footer[3] = (byte) (index.length - 5);
    ByteBuffer.wrap(footer).order(ByteOrder.LITTLE_ENDIAN).putLong(40, 0xdb4775248b80fb57L);
    file.write(footer);
    Path path = folder.resolve("table");
    Files.write(path, file.toByteArray());
    assertThat(TableFile.read(path))
        .hasSize(3)
        .containsEntry("ab", new byte[] {'1'})
        .containsEntry("acd", new byte[] {'2', '2'})
        .containsEntry("b", new byte[0]);
  }

  private static String handle(int offset, int length) {
    return new String(new byte[] {(byte) offset, (byte) length}, StandardCharsets.ISO_8859_1);
  }

  private static byte[] entry(int shared, String key, String value) {
    byte[] bytes = ("..." + key + value).getBytes(StandardCharsets.ISO_8859_1);
    bytes[0] = (byte) shared;
    bytes[1] = (byte) key.length();
    bytes[2] = (byte) value.length();
    return bytes;
  }

  private static byte[] block(byte[]... entries) throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (byte[] entry : entries) {
      block.write(entry);
    }
    block.write(new byte[] {0, 0, 0, 0, 1, 0, 0, 0, 0}); // a restart, their number, no compression
    byte[] bytes = block.toByteArray();
    return ByteBuffer.allocate(bytes.length + 4)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(bytes)
        .putInt(MaskedCrc32c.of(bytes))
        .array();
  }

  private Path copy(String name) throws IOException {
    return Files.copy(resource(name), folder.resolve(name));
  }

  /**
   * What TensorFlow 1 compressed is read as what it did not: literals written by Snappy's
   * description, and what another compressor makes of the same blocks.
   */
  @Test
  void aCompressedIndexGivesTheSameTensors() throws IOException {
    Map<String, byte[]> table = new TreeMap<>(TableFile.read(resource("types.index")));
    Path data = copy(TYPES + DATA);
    TensorBundle right = TensorBundle.open(resource(TYPES));
    UnaryOperator<byte[]> compressor =
        block -> {
          SnappyCompressor snappy = new SnappyCompressor();
          byte[] packed = new byte[snappy.maxCompressedLength(block.length)];
          int length = snappy.compress(block, 0, block.length, packed, 0, packed.length);
          return Arrays.copyOf(packed, length);
        };
    for (UnaryOperator<byte[]> pack :
        List.<UnaryOperator<byte[]>>of(TableBytes::snappyLiterals, compressor)) {
      byte[] index = TableBytes.of(table, 100, pack, 1);
      Files.write(folder.resolve("types.index"), index);
      TensorBundle bundle = TensorBundle.open(folder.resolve(TYPES));
      assertThat(bundle.tensors()).isEqualTo(right.tensors());
      assertThat(bundle.read("rnn/cell/kernel")).isEqualTo(right.read("rnn/cell/kernel"));
    }
    assertThat(data).exists();
  }

  @Test
  void whatSnappyCannotBecomeIsRefused() throws IOException {
    Map<String, byte[]> table = new TreeMap<>(TableFile.read(resource("types.index")));
    for (int[] bytes :
        new int[][] {
          {0xff, 0xff, 0xff, 0xff, 0x07}, // 2 GiB of one byte
          {0x05, 0x00, 'a'}, // 5 bytes, of which one is there
          {0x08, 0x00, 'a', 0x1d, 0x09}, // a copy from before the beginning
          {0x80}, // a length that does not end
        }) {
      byte[] packed = new byte[bytes.length];
      for (int i = 0; i < bytes.length; i++) {
        packed[i] = (byte) bytes[i];
      }
      Files.write(folder.resolve("types.index"), TableBytes.of(table, 100, block -> packed, 1));
      assertThatThrownBy(() -> TensorBundle.open(folder.resolve(TYPES)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("types.index: damaged, or not the index");
    }
    Files.write(folder.resolve("types.index"), TableBytes.of(table, 100, block -> block, 4));
    assertThatThrownBy(() -> TensorBundle.open(folder.resolve(TYPES)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("compressed in a way that is not known")
        .hasMessageContaining("received 4");
  }

  /** A small file that claims a lot: each key shares a long one, each place names one block. */
  @Test
  void aTableIsNoBomb() throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    int longest = 50_000;
    byte[] key = new byte[longest];
    TableBytes.varint(block, 0);
    TableBytes.varint(block, longest);
    TableBytes.varint(block, 0);
    block.writeBytes(key);
    for (int i = 0; i < 50_000; i++) { // 50,000 keys of 50,000 bytes: 2.5 GB
      TableBytes.varint(block, longest);
      TableBytes.varint(block, 0);
      TableBytes.varint(block, 0);
    }
    block.writeBytes(new byte[] {0, 0, 0, 0, 1, 0, 0, 0});
    Files.write(
        folder.resolve("types.index"),
        TableBytes.of(Map.of("a", new byte[0]), 1, b -> block.toByteArray(), 0));
    assertThatThrownBy(() -> TensorBundle.open(folder.resolve(TYPES)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("types.index: damaged");
  }
}

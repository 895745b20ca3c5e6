// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.checkpoint.CheckpointFile;
import org.hypernet4j.checkpoint.WeightFile;
import org.hypernet4j.checkpoint.WeightImport;
import org.hypernet4j.checkpoint.WeightMapping;
import org.hypernet4j.data.Cifar10;
import org.hypernet4j.data.IdxFile;
import org.hypernet4j.data.PtbText;
import org.hypernet4j.data.TextFiles;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.Npy;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.Npz;
import org.hypernet4j.spec.SpecFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.Shape;

/**
 * Real files with damage, given to everything that reads bytes from outside: each is read, or
 * refused with a {@link UserError} of one line, within bounds of time and memory. Where a checksum
 * would catch all damage at the door, the file is damaged inside and gets the right checksum.
 *
 * <p>{@code -Dmutations=1000} sets how many of each kind are tried, {@code -Dmutations.seed=7}
 * which ones.
 */
class UntrustedBytesTest {
  private static final int COUNT = Integer.getInteger("mutations", 250);
  private static final long SEED = Long.getLong("mutations.seed", 1L);
  private static final long MOST_NANOS = 10_000_000_000L;
  private static final long MOST_BYTES = 512L << 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path folder;

  /** Reads what lies in the folder. */
  private interface Reading {
    void read() throws IOException;
  }

  /** Writes a damaged file, or one of several. */
  private interface Damage {
    void write(Random random) throws IOException;
  }

  private static void tryAll(Damage damage, Reading reading) {
    tryAll(COUNT, damage, reading);
  }

  private static void tryAll(int count, Damage damage, Reading reading) {
    int refused = 0;
    for (int i = 0; i < count; i++) {
      long seed = SEED * 1_000_003 + i;
      try {
        damage.write(new Random(seed));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      long time = System.nanoTime();
      long memory = THREADS.getCurrentThreadAllocatedBytes();
      try {
        reading.read();
      } catch (UserError e) {
        assertThat(e.getMessage()).as("seed " + seed).isNotBlank().doesNotContain("\n", "\r");
        refused++;
      } catch (Throwable e) {
        throw new AssertionError("attempt " + i + " of -Dmutations.seed=" + SEED, e);
      }
      String which = "attempt " + i + " of -Dmutations.seed=" + SEED;
      assertThat(System.nanoTime() - time).as(which).isLessThan(MOST_NANOS);
      assertThat(THREADS.getCurrentThreadAllocatedBytes() - memory)
          .as(which)
          .isLessThan(MOST_BYTES);
    }
    assertThat(refused).as("refused of " + count).isPositive();
  }

  private static byte[] resource(String name) {
    try (InputStream in = UntrustedBytesTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path path(String name) {
    try {
      return Path.of(Objects.requireNonNull(UntrustedBytesTest.class.getResource(name)).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private Damage damaged(Path file, byte[]... seeds) {
    return random -> Files.write(file, Mutation.of(seeds[random.nextInt(seeds.length)], random));
  }

  // NumPy

  @Test
  void npy() {
    List<byte[]> seeds = new ArrayList<>();
    for (String name :
        List.of("f4", "fortran", "bool", "big_endian", "float16", "structured", "version3")) {
      seeds.add(resource("/io/" + name + ".npy"));
    }
    Path file = folder.resolve("a.npy");
    tryAll(damaged(file, seeds.toArray(new byte[0][])), () -> Npy.read(file));
  }

  @Test
  void npz() {
    Path file = folder.resolve("a.npz");
    tryAll(
        damaged(file, resource("/io/stored.npz"), resource("/io/deflated.npz")),
        () -> {
          try (InputStream in = Files.newInputStream(file)) {
            Npz.readFrom(in, "stream");
          }
          Npz.readContents(file);
        });
  }

  /** The arrays are damaged, then packed again with right checksums. */
  @Test
  void npzWithRightChecksums() throws IOException {
    Path file = folder.resolve("a.npz");
    Map<String, byte[]> entries = unzip(resource("/io/stored.npz"));
    tryAll(
        random -> Files.write(file, zip(changed(entries, random), random.nextBoolean())),
        () -> Npz.readContents(file));
  }

  private static Map<String, byte[]> changed(Map<String, byte[]> entries, Random random) {
    Map<String, byte[]> changed = new LinkedHashMap<>(entries);
    List<String> names = new ArrayList<>(entries.keySet());
    String name = names.get(random.nextInt(names.size()));
    changed.put(name, Mutation.of(Objects.requireNonNull(entries.get(name)), random));
    return changed;
  }

  private static Map<String, byte[]> unzip(byte[] archive) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(archive))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        entries.put(entry.getName(), in.readAllBytes());
      }
    }
    return entries;
  }

  private static byte[] zip(Map<String, byte[]> entries, boolean stored) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> each : entries.entrySet()) {
        ZipEntry entry = new ZipEntry(each.getKey());
        if (stored) {
          CRC32 crc = new CRC32();
          crc.update(each.getValue());
          entry.setMethod(ZipEntry.STORED);
          entry.setSize(each.getValue().length);
          entry.setCrc(crc.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(each.getValue());
        zip.closeEntry();
      }
    }
    return out.toByteArray();
  }

  // TensorFlow

  private Reading bundle(String name) {
    return () -> {
      TensorBundle bundle = TensorBundle.open(folder.resolve(name));
      bundle.files();
      for (String tensor : bundle.tensors().keySet()) {
        for (Reading each :
            List.<Reading>of(
                () -> bundle.read(tensor),
                () -> bundle.verify(tensor),
                () -> bundle.readText(tensor))) {
          try {
            each.read();
          } catch (UserError e) {
            assertThat(e.getMessage()).doesNotContain("\n");
          }
        }
      }
      // so that a file of which not one tensor can be read counts as refused
      bundle.read("nothing of this name");
    };
  }

  private void copyData(String name) throws IOException {
    Files.copy(
        path("/io/checkpoints/" + name + ".data-00000-of-00001"),
        folder.resolve(name + ".data-00000-of-00001"));
  }

  @Test
  void checkpointsOfTensorFlow() throws IOException {
    copyData("types");
    tryAll(
        damaged(folder.resolve("types.index"), resource("/io/checkpoints/types.index")),
        bundle("types"));
    Files.copy(path("/io/checkpoints/objects.index"), folder.resolve("objects.index"));
    tryAll(
        damaged(
            folder.resolve("objects.data-00000-of-00001"),
            resource("/io/checkpoints/objects.data-00000-of-00001")),
        bundle("objects"));
  }

  /** Descriptions of tensors are damaged: shapes, sizes, places, data files. */
  @Test
  void checkpointsOfTensorFlowWithRightChecksums() throws IOException {
    for (String name : List.of("types", "objects")) {
      copyData(name);
      Map<String, byte[]> table =
          new TreeMap<>(TableFile.read(path("/io/checkpoints/" + name + ".index")));
      tryAll(
          random ->
              Files.write(
                  folder.resolve(name + ".index"),
                  TableBytes.of(changed(table, random), 5, UnaryOperator.identity(), 0)),
          bundle(name));
    }
  }

  /** Blocks are damaged, packed or not: lengths of keys and values, what they share, restarts. */
  @Test
  void blocksOfTensorFlowWithRightChecksums() throws IOException {
    copyData("types");
    Map<String, byte[]> table = new TreeMap<>(TableFile.read(path("/io/checkpoints/types.index")));
    tryAll(
        random -> {
          boolean before = random.nextBoolean();
          int compression = random.nextInt(2);
          UnaryOperator<byte[]> pack =
              block -> {
                byte[] first = before ? Mutation.of(block, random) : block;
                byte[] packed = compression == 1 ? TableBytes.snappyLiterals(first) : first;
                return before ? packed : Mutation.of(packed, random);
              };
          Files.write(folder.resolve("types.index"), TableBytes.of(table, 5, pack, compression));
        },
        bundle("types"));
  }

  @Test
  void checkpointFoldersOfTensorFlow() throws IOException {
    for (String name : List.of("ck.index", "ck.data-00000-of-00001")) {
      Files.copy(path("/checkpoint/foreign/tf2/" + name), folder.resolve(name));
    }
    byte[] state =
        "model_checkpoint_path: \"/somewhere/else/ck\"\nall_model_checkpoint_paths: \"ck\"\n"
            .getBytes(StandardCharsets.UTF_8);
    tryAll(damaged(folder.resolve("checkpoint"), state), () -> WeightFile.open(folder));
  }

  @Test
  void records() throws IOException {
    Path file = folder.resolve("a.tfrecord");
    try (TfRecordWriter writer = new TfRecordWriter(Files.newOutputStream(file))) {
      for (int i = 0; i < 5; i++) {
        writer.write(new byte[10 * i]);
      }
    }
    byte[] whole = Files.readAllBytes(file);
    tryAll(damaged(file, whole), () -> TfRecordReader.readAll(file));
    tryAll(
        random -> {
          // the second record, behind one of no bytes, with the checksum that its length needs
          byte[] changed = Mutation.of(whole, random);
          if (changed.length >= 28) {
            ByteBuffer.wrap(changed)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(24, MaskedCrc32c.of(changed, 16, Long.BYTES));
          }
          Files.write(file, changed);
        },
        () -> TfRecordReader.readAll(file));
  }

  // images and texts

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  @Test
  void idx() throws IOException {
    byte[] images = ByteBuffer.allocate(16 + 96).putInt(2051).putInt(6).putInt(4).putInt(4).array();
    byte[] labels = ByteBuffer.allocate(8 + 6).putInt(2049).putInt(6).array();
    Path imageFile = folder.resolve("images");
    Path labelFile = folder.resolve("labels");
    Damage damageImages = damaged(imageFile, images, gzip(images));
    Damage damageLabels = damaged(labelFile, labels, gzip(labels));
    tryAll(
        random -> {
          Files.write(imageFile, images);
          Files.write(labelFile, labels);
          (random.nextBoolean() ? damageImages : damageLabels).write(random);
        },
        () -> IdxFile.read(imageFile, labelFile, 10));
  }

  /** A whole batch has 30 MB, so a fiftieth of the number is tried. */
  @Test
  void cifar() throws IOException {
    Path batch = folder.resolve("data_batch_1.bin.gz");
    byte[] whole = gzip(new byte[30_730_000]);
    Files.write(batch, whole);
    Path test = folder.resolve("test_batch.first3.bin");
    byte[] three = new byte[3 * 3073];
    byte[] zipped = gzip(three);
    tryAll(
        Math.max(1, COUNT / 50),
        damaged(test, three, zipped),
        () -> Cifar10.fromFolder(folder, 1, 1));
    Files.write(test, three);
    tryAll(Math.max(1, COUNT / 50), damaged(batch, whole), () -> Cifar10.fromFolder(folder, 1, 1));
  }

  @Test
  void texts() throws IOException {
    byte[] text =
        "To be, or not to be: ça, où, €, 😀, ﬁn.\r\n".repeat(9).getBytes(StandardCharsets.UTF_8);
    Path file = folder.resolve("text");
    tryAll(damaged(file, text, gzip(text)), () -> TextFiles.utf8(file, 0.1, 0.1).vocabulary());
    tryAll(
        damaged(file, text, gzip(text)), () -> TextFiles.bytes(file, 200, 0.1, 0.1).vocabulary());
    Path ptb = Files.createDirectory(folder.resolve("ptb"));
    byte[] characters = "a _ b c \n ".repeat(9).getBytes(StandardCharsets.US_ASCII);
    for (String part : List.of("train", "valid", "test")) {
      Files.write(ptb.resolve("ptb.char." + part + ".txt"), characters);
    }
    tryAll(
        damaged(ptb.resolve("ptb.char.valid.txt"), characters, gzip(characters)),
        () -> PtbText.fromFolder(ptb).vocabulary());
  }

  // JSON

  @Test
  void specifications() throws IOException {
    Path file = folder.resolve("spec.json");
    tryAll(
        damaged(
            file,
            Files.readAllBytes(Path.of("graphs", "mnist-hyper.json")),
            Files.readAllBytes(Path.of("graphs", "shakespeare-hyperlstm.json"))),
        () -> SpecFiles.read(file, List.of()));
  }

  @Test
  void mappings() {
    Path file = folder.resolve("mapping.json");
    Map<String, Shape> wanted = Map.of("cell/b", Shape.of(16), "cell/W_x", Shape.of(4, 16));
    WeightFile weights = WeightFile.open(path("/checkpoint/foreign/lstm.npz"));
    byte[] own =
        """
        {"rules": [{"ours": "cell/W_{k}", "concat": 0, "from": [{"name": "cell/W_{k}", "steps": [
            {"type": "transpose", "axes": [1, 0]}, {"type": "reorder", "axis": 0, "order": [0, 1]},
            {"type": "reshape", "shape": [4, 16]}]}]},
          {"ours": "**/b", "sum": true, "from": ["cell/b", {"name": "c*/b", "steps": [
            {"type": "block", "axis": 0, "of": 1, "index": 0},
            {"type": "slice", "axis": 0, "begin": 0, "end": 16},
            {"type": "affine", "factor": 2, "summand": 1}]}]}]}
        """
            .getBytes(StandardCharsets.UTF_8);
    tryAll(
        damaged(file, own),
        () -> WeightImport.plan(wanted, weights, WeightMapping.read(file.toString())));
  }

  @Test
  void vocabularies() {
    byte[] characters =
        "{\"kind\": \"characters\", \"symbols\": [\"\\n\", \" \", \"a\", \"ü\", \"\\uD83D\\uDE00\"]}"
            .getBytes(StandardCharsets.UTF_8);
    byte[] bytes =
        "{\"kind\": \"bytes\", \"symbols\": [9, 10, 32, 255]}".getBytes(StandardCharsets.UTF_8);
    Path file = folder.resolve("vocabulary.json");
    tryAll(
        damaged(file, characters, bytes),
        () -> {
          try {
            String json = RegularFiles.readString(file, RegularFiles.DESCRIPTION);
            Vocabulary.fromJson(JsonParser.parseString(json), "vocabulary.json").toJson();
          } catch (IOException | JsonParseException e) {
            // not of the format: whoever opened the file says so
            throw UserError.in(file).what("not JSON").received(e.getMessage()).build();
          }
        });
  }

  // runs

  private static Checkpoint checkpoint() {
    JsonObject state = new JsonObject();
    state.addProperty("best", 1.5);
    return new Checkpoint(
        7,
        1,
        "{}",
        "none",
        Map.of(
            "w", NpyArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3),
            "b", NpyArray.of(new float[] {1, 2}, 2)),
        state);
  }

  @Test
  void checkpointsOfRuns() throws IOException {
    Path file = folder.resolve("best.ckpt");
    CheckpointFile.write(file, checkpoint());
    byte[] whole = Files.readAllBytes(file);
    tryAll(damaged(file, whole), () -> CheckpointFile.read(file));
    Map<String, byte[]> entries = unzip(whole);
    tryAll(
        random -> Files.write(file, zip(changed(entries, random), true)),
        () -> CheckpointFile.read(file));
    tryAll(
        random -> {
          Map<String, byte[]> changed = new LinkedHashMap<>(entries);
          byte[] head = Objects.requireNonNull(entries.get("checkpoint.json"));
          changed.put("checkpoint.json", Mutation.of(head, random));
          Files.write(file, zip(changed, true));
        },
        () -> CheckpointFile.read(file));
  }

  /** Whatever a file of weights is or pretends to be. */
  @Test
  void weightsOfAnyKind() throws IOException {
    Path file = folder.resolve("weights");
    Path run = folder.resolve("best.ckpt");
    CheckpointFile.write(run, checkpoint());
    byte[] hdf5 = "\u0089HDF\r\n\u001a\n and so on".getBytes(StandardCharsets.ISO_8859_1);
    byte[] safetensors =
        ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN).putLong(20).put((byte) '{').array();
    byte[] torch = zip(Map.of("archive/data.pkl", new byte[10]), true);
    tryAll(
        damaged(
            file,
            resource("/io/stored.npz"),
            resource("/io/f4.npy"),
            Files.readAllBytes(run),
            resource("/io/checkpoints/types.index"),
            hdf5,
            safetensors,
            torch,
            "GGUF...".getBytes(StandardCharsets.US_ASCII)),
        () -> WeightFile.open(file));
  }
}

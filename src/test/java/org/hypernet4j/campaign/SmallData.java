// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/**
 * Small, sound files of every format of data that users bring: folders idx, cifar, ptb and text.
 */
final class SmallData {
  private static final int IMAGES = 12;
  private static final int PIXELS = 28 * 28;
  private static final int CIFAR_RECORD = 1 + 3 * 32 * 32;
  private static final String TEXT =
      "The quick brown fox jumps over the lazy dog, naïvely. Zürich, 東京 and 𝄞.\n".repeat(20);

  private SmallData() {}

  static void write(Path folder) throws IOException {
    Random random = new Random(7);
    writeIdx(Files.createDirectories(folder.resolve("idx")), random);
    writeCifar(Files.createDirectories(folder.resolve("cifar")), random);
    writePtb(Files.createDirectories(folder.resolve("ptb")), random);
    byte[] text = TEXT.getBytes(StandardCharsets.UTF_8);
    Path texts = Files.createDirectories(folder.resolve("text"));
    Files.write(texts.resolve("plain.txt"), text);
    Files.write(texts.resolve("packed.txt.gz"), gzip(text));
  }

  private static void writeIdx(Path folder, Random random) throws IOException {
    for (String part : new String[] {"train", "t10k"}) {
      byte[] pixels = new byte[IMAGES * PIXELS];
      random.nextBytes(pixels);
      byte[] labels = new byte[IMAGES];
      for (int i = 0; i < IMAGES; i++) {
        labels[i] = (byte) random.nextInt(10);
      }
      Files.write(folder.resolve(part + "-images-idx3-ubyte"), idx(pixels, 2051, IMAGES, 28, 28));
      // one of the two packed: both ways are attacked
      Files.write(folder.resolve(part + "-labels-idx1-ubyte.gz"), gzip(idx(labels, 2049, IMAGES)));
    }
  }

  private static byte[] idx(byte[] content, int... head) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    for (int value : head) {
      out.writeInt(value);
    }
    out.write(content);
    return bytes.toByteArray();
  }

  /** A whole training batch, which packs well, and the first of the test batch. */
  private static void writeCifar(Path folder, Random random) throws IOException {
    Files.write(folder.resolve("data_batch_1.bin.gz"), gzip(new byte[10_000 * CIFAR_RECORD]));
    byte[] records = new byte[IMAGES * CIFAR_RECORD];
    random.nextBytes(records);
    for (int i = 0; i < IMAGES; i++) {
      records[i * CIFAR_RECORD] = (byte) random.nextInt(10);
    }
    Files.write(folder.resolve("test_batch.first" + IMAGES + ".bin"), records);
  }

  /** Units of two bytes, a symbol and a space. */
  private static void writePtb(Path folder, Random random) throws IOException {
    for (String part : new String[] {"train", "valid", "test"}) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 400; i++) {
        text.append("abcd_\n".charAt(random.nextInt(6))).append(' ');
      }
      Files.writeString(folder.resolve("ptb.char." + part + ".txt"), text);
    }
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }
}

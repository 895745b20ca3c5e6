// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The full MNIST, against the numbers published with it; skipped where it is not at hand. */
class MnistFullSetTest {
  private static final Path FOLDER = Path.of("..", "shared", "data", "mnist");

  @BeforeAll
  static void requireData() {
    assumeTrue(Files.isDirectory(FOLDER), "the full MNIST is not in " + FOLDER);
  }

  /** MD5 of the canonical payloads, as listed with the data. */
  @Test
  void payloadsAreTheCanonicalOnes() throws NoSuchAlgorithmException {
    assertThat(imagesMd5("train-images-idx3-ubyte.gz"))
        .isEqualTo("6bbc9ace898e44ae57da46a324031adb");
    assertThat(imagesMd5("t10k-images-idx3-ubyte.gz"))
        .isEqualTo("2646ac647ad5339dbf082846283269ea");
    assertThat(labelsMd5("train-labels-idx1-ubyte.gz"))
        .isEqualTo("a25bea736e30d166cdddb491f175f624");
    assertThat(labelsMd5("t10k-labels-idx1-ubyte.gz"))
        .isEqualTo("27ae3e4e09519cfbb04c329615203637");
  }

  @Test
  void splitHasThePublishedCountsAndMoments() {
    ImageSplits mnist = Mnist.fromFolder(FOLDER, 5_000);
    assertThat(mnist.train().count()).isEqualTo(55_000);
    assertThat(mnist.validation().count()).isEqualTo(5_000);
    assertThat(mnist.test().count()).isEqualTo(10_000);
    int[] train = mnist.train().classCounts();
    int[] validation = mnist.validation().classCounts();
    assertThat(IntStream.range(0, 10).map(c -> train[c] + validation[c]))
        .containsExactly(5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949);
    assertThat(mnist.test().classCounts())
        .containsExactly(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009);

    long sum = 0;
    long squares = 0;
    for (LabeledImages part : new LabeledImages[] {mnist.train(), mnist.validation()}) {
      for (byte pixel : part.pixels()) {
        int value = Byte.toUnsignedInt(pixel);
        sum += value;
        squares += (long) value * value;
      }
    }
    double n = 60_000 * 784.0;
    double mean = sum / n / 255;
    assertThat(mean).isCloseTo(0.13066, within(0.000005));
    assertThat(Math.sqrt(squares / n / (255 * 255) - mean * mean))
        .isCloseTo(0.30811, within(0.000005));
  }

  /** Sums of the published counts of two classes each: 980 + 1135 and so on. */
  @Test
  void splitTasksHaveThePublishedCounts() {
    ImageTasks tasks = ImageTasks.split(Mnist.fromFolder(FOLDER, 5_000), 2);
    assertThat(tasks.tasks().stream().map(task -> task.test().count()))
        .containsExactly(2115, 2042, 1874, 1986, 1983);
    assertThat(tasks.tasks().stream().map(task -> task.train().count() + task.validation().count()))
        .containsExactly(12_665, 12_089, 11_263, 12_183, 11_800);
  }

  @Test
  void builtinSampleIsThePrefixOfTheFullSet() {
    ImageSplits full = Mnist.fromFolder(FOLDER, 5_000);
    ImageSplits sample = Mnist.builtin(1_000);
    assertThat(full.train().slice(0, 9_000).fingerprint()).isEqualTo(sample.train().fingerprint());
    assertThat(full.train().slice(9_000, 10_000).fingerprint())
        .isEqualTo(sample.validation().fingerprint());
    assertThat(full.test().slice(0, 2_000).fingerprint()).isEqualTo(sample.test().fingerprint());
  }

  private static String imagesMd5(String name) throws NoSuchAlgorithmException {
    IdxFile.Images images = IdxFile.images(FOLDER.resolve(name));
    return md5(new int[] {2051, images.count(), images.height(), images.width()}, images.pixels());
  }

  private static String labelsMd5(String name) throws NoSuchAlgorithmException {
    int[] labels = IdxFile.labels(FOLDER.resolve(name), 10);
    byte[] bytes = new byte[labels.length];
    for (int i = 0; i < labels.length; i++) {
      bytes[i] = (byte) labels[i];
    }
    return md5(new int[] {2049, labels.length}, bytes);
  }

  private static String md5(int[] header, byte[] payload) throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("MD5");
    ByteBuffer head = ByteBuffer.allocate(header.length * Integer.BYTES);
    head.asIntBuffer().put(header);
    digest.update(head);
    return HexFormat.of().formatHex(digest.digest(payload));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.assertj.core.api.AbstractThrowableAssert;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.IdxBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CIFAR-10 from files made here, from the real ones where they are at hand, and the sample. */
class Cifar10Test {
  private static final Path REAL = Path.of("..", "shared", "data", "cifar10");
  private static final int RECORD = 3073;

  @TempDir Path folder;

  /** Records whose label is the number of the image mod 10; all other bytes are {@code value}. */
  private static byte[] records(int count, int value) {
    byte[] records = new byte[count * RECORD];
    Arrays.fill(records, (byte) value);
    for (int i = 0; i < count; i++) {
      records[i * RECORD] = (byte) (i % 10);
    }
    return records;
  }

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), name.endsWith(".gz") ? IdxBytes.gzip(bytes) : bytes);
  }

  private AbstractThrowableAssert<?, ? extends Throwable> refused() {
    return assertThatThrownBy(() -> Cifar10.fromFolder(folder, 100, 1))
        .isInstanceOf(UserError.class);
  }

  @Test
  void readsPlanesAsPixels() throws IOException {
    byte[] test = records(2, 0);
    // second image: red 1 at row 0 column 1, green 2 at row 3 column 0, blue 3 in the last pixel
    test[RECORD + 1 + 1] = 1;
    test[RECORD + 1 + 1024 + 3 * 32] = 2;
    test[RECORD + 1 + 2048 + 1023] = 3;
    write("test_batch.first2.bin.gz", test);
    write("data_batch_3.bin", records(10_000, 7));
    write("data_batch_5.first4.bin", records(4, 9));
    write("batches.meta.txt", new byte[] {'x'});

    ImageSplits read = Cifar10.fromFolder(folder, 5_000, 1);

    assertThat(read.train().count()).isEqualTo(10_000);
    assertThat(read.validation().labels()).containsExactly(0, 1, 2, 3);
    assertThat(read.validation().pixels()).containsOnly(9);
    LabeledImages images = read.test();
    assertThat(images.labels()).containsExactly(0, 1);
    byte[] pixels = images.pixels();
    assertThat(pixels[3072 + 3]).isEqualTo((byte) 1);
    assertThat(pixels[3072 + 3 * 32 * 3 + 1]).isEqualTo((byte) 2);
    assertThat(pixels[2 * 3072 - 1]).isEqualTo((byte) 3);
    int sum = 0;
    for (byte pixel : pixels) {
      sum += pixel;
    }
    assertThat(sum).isEqualTo(6);
  }

  @Test
  void drawsTheValidationImagesBySeed() throws IOException {
    byte[] train = records(10_000, 0);
    for (int i = 0; i < 10_000; i++) {
      train[i * RECORD + 1] = (byte) i; // the number of the image in its first two red pixels
      train[i * RECORD + 2] = (byte) (i >> 8);
    }
    write("data_batch_1.bin", train);
    write("test_batch.first1.bin", records(1, 0));

    ImageSplits first = Cifar10.fromFolder(folder, 500, 1);
    ImageSplits again = Cifar10.fromFolder(folder, 500, 1);
    ImageSplits other = Cifar10.fromFolder(folder, 500, 2);

    assertThat(first.fingerprint())
        .isEqualTo(again.fingerprint())
        .isNotEqualTo(other.fingerprint());
    assertThat(first.train().count()).isEqualTo(9_500);
    Set<Integer> drawn = numbers(first.validation());
    Set<Integer> all = numbers(first.train());
    assertThat(drawn).hasSize(500);
    assertThat(all).hasSize(9_500).doesNotContainAnyElementsOf(drawn);
    // of the whole file, not of its end: the mean of 500 of 0 to 9,999 has a deviation of 126
    assertThat(drawn.stream().mapToInt(n -> n).average().orElse(0))
        .isCloseTo(5_000, within(4 * 126.0));
    assertThat(first.train().labels()[0]).isEqualTo(numberOf(first.train(), 0) % 10);
  }

  private static int numberOf(LabeledImages images, int i) {
    int at = i * images.imageBytes();
    return (images.pixels()[at] & 0xff) + 256 * (images.pixels()[at + 3] & 0xff);
  }

  private static Set<Integer> numbers(LabeledImages images) {
    Set<Integer> numbers = new HashSet<>();
    for (int i = 0; i < images.count(); i++) {
      numbers.add(numberOf(images, i));
    }
    return numbers;
  }

  @Test
  void tellsWhichFileIsMissingOrThereTwice() throws IOException {
    refused().hasMessageContaining("expected test_batch.bin or test_batch.bin.gz");
    write("test_batch.first1.bin", records(1, 0));
    refused().hasMessageContaining("expected data_batch_1.bin or data_batch_1.bin.gz");
    write("data_batch_4.first3.bin", records(3, 0));
    refused().hasMessageContaining("expected data_batch_1.bin or data_batch_1.bin.gz");
    write("data_batch_1.bin", records(1, 0));
    write("data_batch_5.first3.bin", records(3, 0));
    refused()
        .hasMessageContaining("more than one part of a training batch")
        .hasMessageContaining("data_batch_4.first3.bin and data_batch_5.first3.bin");
    write("data_batch_1.bin.gz", records(1, 0));
    refused()
        .hasMessageContaining("two files of one batch")
        .hasMessageContaining("data_batch_1.bin and data_batch_1.bin.gz");
    assertThatThrownBy(() -> Cifar10.fromFolder(folder.resolve("none"), 1, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no such path");
    assertThatThrownBy(() -> Cifar10.fromFolder(folder.resolve("data_batch_1.bin"), 1, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("not a folder of CIFAR-10 files");
  }

  @Test
  void tellsWhatIsWrongWithAFile() throws IOException {
    write("test_batch.first2.bin", records(2, 0));
    Path train = write("data_batch_1.bin", records(9_999, 0));
    refused()
        .hasMessageStartingWith(train + ": file is cut short")
        .hasMessageContaining("10000 CIFAR-10 images of 3073 bytes");
    write("data_batch_1.bin", records(10_001, 0));
    refused().hasMessageStartingWith(train + ": bytes are left over");
    // CIFAR-100 has two labels before each image
    write("data_batch_1.bin", new byte[10_000 * 3074]);
    refused().hasMessageStartingWith(train + ": bytes are left over");
    byte[] other = records(10_000, 0);
    other[7 * RECORD] = (byte) 200;
    write("data_batch_1.bin", other);
    refused()
        .hasMessageContaining("label of image 7 (counted from 0) is out of range")
        .hasMessageContaining("received 200");
    Files.delete(train);
    byte[] zipped = IdxBytes.gzip(records(10_000, 3));
    Path gz =
        Files.write(
            folder.resolve("data_batch_1.bin.gz"), Arrays.copyOf(zipped, zipped.length - 20));
    refused().hasMessageStartingWith(gz + ": gzip data is cut short");
    Files.delete(gz);
    write("data_batch_2.first0.bin", records(1, 0));
    refused().hasMessageContaining("a batch has no such part");
  }

  /** Class counts of the original files; mean and deviation as published for all 50,000. */
  @Test
  void readsTheRealFiles() {
    assumeTrue(Files.isDirectory(REAL), "CIFAR-10 is not in " + REAL);
    ImageSplits read = Cifar10.fromFolder(REAL, 5_000, 1);
    assertThat(read.train().classCounts())
        .containsExactly(1005, 974, 1032, 1016, 999, 937, 1030, 1001, 1025, 981);
    assertThat(read.validation().classCounts())
        .containsExactly(202, 213, 190, 192, 222, 175, 198, 194, 205, 209);
    assertThat(read.test().classCounts())
        .containsExactly(103, 89, 100, 103, 90, 86, 112, 102, 106, 109);
    double[] mean = new double[3];
    byte[] pixels = read.train().pixels();
    for (int k = 0; k < pixels.length; k++) {
      mean[k % 3] += (pixels[k] & 0xff) / 255.0 / (pixels.length / 3.0);
    }
    // a fifth of the images: near the published means of all, which tells the channels apart
    assertThat(mean[0]).isCloseTo(0.4914, within(0.01));
    assertThat(mean[1]).isCloseTo(0.4822, within(0.01));
    assertThat(mean[2]).isCloseTo(0.4465, within(0.01));
  }

  @Test
  void theSampleIsMadeOfDigitsAndReproducible() {
    ImageSplits sample = Cifar10.builtin(100, 1);
    assertThat(sample.train().count()).isEqualTo(900);
    assertThat(sample.validation().count()).isEqualTo(100);
    assertThat(sample.test().count()).isEqualTo(500);
    assertThat(Cifar10.builtin(100, 1).fingerprint()).isEqualTo(sample.fingerprint());
    assertThat(sample.test().labels())
        .startsWith(7, 2, 1, 0, 4); // the first digits of MNIST's test
    assertThat(Arrays.stream(sample.train().classCounts()).min().orElse(0)).isGreaterThan(50);
  }

  @Test
  void aDigitIsSeenOnItsGround() {
    byte[] stroke = new byte[28 * 28];
    Arrays.fill(stroke, 14 * 28, 15 * 28, (byte) 255); // one row
    LabeledImages line = new LabeledImages(stroke, 28, 28, 1, new int[] {4}, 10);
    LabeledImages empty = new LabeledImages(new byte[28 * 28], 28, 28, 1, new int[] {4}, 10);
    for (int seed = 0; seed < 20; seed++) {
      byte[] with = ColouredDigits.of(line, seed).pixels();
      byte[] ground = ColouredDigits.of(empty, seed).pixels();
      int painted = 0;
      for (int k = 0; k < with.length; k++) {
        int difference = Math.abs((with[k] & 0xff) - (ground[k] & 0xff));
        // one half of the scale ends at 110, the other begins at 145
        assertThat(difference == 0 || difference >= 35).isTrue();
        painted += difference == 0 ? 0 : 1;
      }
      assertThat(painted).isBetween(26 * 3, 28 * 3);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.IdxBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdxFileTest {
  @TempDir Path folder;

  @Test
  void readsPlainFiles() throws IOException {
    LabeledImages read =
        IdxFile.read(
            write("images", IdxBytes.images(3, 4, 5)),
            write("labels", IdxBytes.labels(0, 9, 2)),
            10);
    assertThat(read.count()).isEqualTo(3);
    assertThat(read.height()).isEqualTo(4);
    assertThat(read.width()).isEqualTo(5);
    assertThat(read.channels()).isEqualTo(1);
    assertThat(read.pixels()).isEqualTo(IdxBytes.ramp(60));
    assertThat(read.labels()).containsExactly(0, 9, 2);
  }

  @Test
  void recognisesGzipByContentWhateverTheName() throws IOException {
    Path zippedWithoutSuffix = write("images", IdxBytes.gzip(IdxBytes.images(3, 4, 5)));
    Path plainWithSuffix = write("labels.gz", IdxBytes.labels(0, 9, 2));
    LabeledImages read = IdxFile.read(zippedWithoutSuffix, plainWithSuffix, 10);
    assertThat(read.pixels()).isEqualTo(IdxBytes.ramp(60));
    assertThat(read.labels()).containsExactly(0, 9, 2);
  }

  @Test
  void labelsAreUnsigned() throws IOException {
    assertThat(IdxFile.labels(write("labels", IdxBytes.labels(200, 255)), 256))
        .containsExactly(200, 255);
  }

  @Test
  void wrongMagicIsNamed() throws IOException {
    Path file = write("images", IdxBytes.idx(new int[] {0x1234, 1, 1, 1}, new byte[1]));
    expect(() -> IdxFile.images(file), file, "not an IDX image file", "2051", "received 4660");
  }

  @Test
  void exchangedFilesAreRecognised() throws IOException {
    Path images = write("images", IdxBytes.images(1, 2, 2));
    Path labels = write("labels", IdxBytes.labels(1));
    expect(() -> IdxFile.images(labels), labels, "This is a label file", "exchanged?");
    expect(() -> IdxFile.labels(images, 10), images, "This is an image file", "exchanged?");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 4, 7, 15})
  void truncatedHeader(int length) throws IOException {
    byte[] cut = Arrays.copyOf(IdxBytes.images(2, 3, 3), length);
    Path plain = write("images", cut);
    expect(() -> IdxFile.images(plain), plain, "cut short", "header ends after " + length);
    Path zipped = write("images.gz", IdxBytes.gzip(cut));
    expect(() -> IdxFile.images(zipped), zipped, "cut short", "header ends after " + length);
  }

  @Test
  void truncatedPayload() throws IOException {
    byte[] cut = Arrays.copyOf(IdxBytes.images(2, 3, 3), 16 + 17);
    Path plain = write("images", cut);
    expect(() -> IdxFile.images(plain), plain, "cut short", "(18 bytes)", "received 17 bytes");
    Path zipped = write("images.gz", IdxBytes.gzip(cut));
    expect(() -> IdxFile.images(zipped), zipped, "cut short", "(18 bytes)", "received 17 bytes");
  }

  @Test
  void trailingBytes() throws IOException {
    byte[] longer = Arrays.copyOf(IdxBytes.images(2, 3, 3), 16 + 19);
    Path plain = write("images", longer);
    expect(() -> IdxFile.images(plain), plain, "left over", "(18 bytes)", "received 19 bytes");
    Path zipped = write("images.gz", IdxBytes.gzip(longer));
    expect(() -> IdxFile.images(zipped), zipped, "left over", "more after unpacking");
  }

  @Test
  void gzipCutShort() throws IOException {
    byte[] zipped = IdxBytes.gzip(IdxBytes.images(20, 10, 10));
    for (int length : new int[] {2, 9, 30, zipped.length / 2, zipped.length - 9}) {
      Path file = write("cut" + length, Arrays.copyOf(zipped, length));
      expect(() -> IdxFile.images(file), file, "gzip data is cut short", "Get the file again");
    }
    // everything is there but the checksum
    Path file = write("tail", Arrays.copyOf(zipped, zipped.length - 1));
    expect(() -> IdxFile.images(file), file, "gzip data is cut short");
  }

  @Test
  void gzipWithWrongChecksum() throws IOException {
    byte[] zipped = IdxBytes.gzip(IdxBytes.images(20, 10, 10));
    zipped[zipped.length - 6] ^= 1;
    Path file = write("images.gz", zipped);
    expect(() -> IdxFile.images(file), file, "gzip data is damaged");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 28, 28, number of images",
    "-1, 28, 28, number of images",
    "1, 0, 28, number of rows",
    "1, 28, -28, number of columns"
  })
  void sizesThatAreNotPositive(int count, int rows, int columns, String what) throws IOException {
    Path file = write("images", IdxBytes.idx(new int[] {2051, count, rows, columns}, new byte[9]));
    expect(() -> IdxFile.images(file), file, what + " in the header is absurd", "at least 1");
  }

  @Test
  void sizesBeyondTheFileAreRefusedBeforeAllocation() throws IOException {
    int most = Integer.MAX_VALUE;
    byte[] lying = IdxBytes.idx(new int[] {2051, most, most, most}, new byte[9]);
    Path plain = write("images", lying);
    expect(() -> IdxFile.images(plain), plain, "cut short", "received 9 bytes");
    Path zipped = write("images.gz", IdxBytes.gzip(lying));
    expect(() -> IdxFile.images(zipped), zipped, "cut short", "gzipped bytes");
    Path labels = write("labels", IdxBytes.gzip(IdxBytes.idx(new int[] {2049, most}, new byte[9])));
    expect(() -> IdxFile.labels(labels, 10), labels, "cut short", "gzipped bytes");
  }

  /** A stream that says it is long enough is still held against the heap. */
  @Test
  void sizesBeyondTheHeapAreRefusedBeforeAllocation() {
    byte[] zipped =
        IdxBytes.gzip(IdxBytes.idx(new int[] {2051, Integer.MAX_VALUE, 100, 100}, new byte[9]));
    DataStream in = new DataStream("huge", Long.MAX_VALUE, new ByteArrayInputStream(zipped));
    assertThatThrownBy(() -> IdxFile.images(in))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("huge", "too large for the memory", "-Xmx");
  }

  @Test
  void countsThatDiffer() throws IOException {
    Path images = write("images", IdxBytes.images(3, 2, 2));
    Path labels = write("labels", IdxBytes.labels(1, 2));
    expect(
        () -> IdxFile.read(images, labels, 10),
        labels,
        images.toString(),
        "each of the 3 images",
        "received 2 labels");
  }

  @Test
  void labelOutOfRangeIsNamedByRecord() throws IOException {
    Path labels = write("labels", IdxBytes.labels(1, 2, 10, 3));
    expect(() -> IdxFile.labels(labels, 10), labels, "label 2 ", "expected 0 to 9", "received 10");
  }

  @Test
  void missingFileAndFolder() {
    Path missing = folder.resolve("missing");
    expect(() -> IdxFile.images(missing), missing, "cannot be read", "no such file");
    expect(() -> IdxFile.labels(missing, 10), missing, "cannot be read", "no such file");
    expect(() -> IdxFile.images(folder), folder, "expected a file", "received a folder");
  }

  @Test
  void failuresOfTheDiskAreNamed() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("Input/output error");
          }

          @Override
          public int read(byte[] target, int from, int length) throws IOException {
            throw new IOException("Input/output error");
          }
        };
    assertThatThrownBy(() -> new DataStream("disk/images", 100, broken))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("disk/images", "cannot be read", "Input/output error");
  }

  private static void expect(ThrowingCallable call, Path file, String... parts) {
    assertThatThrownBy(call)
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContainingAll(parts)
        .hasMessageNotContaining("\n");
  }

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }
}

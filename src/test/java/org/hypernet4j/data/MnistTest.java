// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.IdxBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MnistTest {
  @TempDir Path folder;

  /** Expected values computed in Python from the full set, before it was cut. */
  @Test
  void builtinSampleHoldsTheFirstRecords() {
    ImageSplits sample = Mnist.builtin(1000);
    assertThat(sample.train().count()).isEqualTo(9_000);
    assertThat(sample.validation().count()).isEqualTo(1_000);
    assertThat(sample.test().count()).isEqualTo(2_000);
    assertThat(sample.train().labels()).startsWith(5, 0, 4, 1, 9, 2, 1, 3, 1, 4);
    assertThat(sample.validation().labels()).startsWith(6, 7, 9, 0, 3, 0, 3, 7, 8, 5);
    assertThat(sample.test().classCounts())
        .containsExactly(175, 234, 219, 207, 217, 179, 178, 205, 192, 194);
    assertThat(sample.train().fingerprint())
        .isEqualTo("104c501b2773df6fc7f369fd138c7a9029ca4c7185c054a190257133138e33ac");
    assertThat(sample.validation().fingerprint())
        .isEqualTo("33c11bc7a28897752b67ce434bf06f591b63d806a52bed581a55442d7b804de8");
    assertThat(sample.test().fingerprint())
        .isEqualTo("22ff61bc8b824d01259763a409718cc93cf094f27936cbb347bdfb3a03681c2f");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-", "-.gz", ".", "..gz"})
  void folderIsReadWhateverTheStyleOfItsNames(String style) throws IOException {
    String separator = style.substring(0, 1);
    String suffix = style.substring(1);
    writeSet(separator, suffix);
    ImageSplits read = Mnist.fromFolder(folder, 1);
    assertThat(read.train().labels()).containsExactly(3, 1);
    assertThat(read.validation().labels()).containsExactly(4);
    assertThat(read.test().labels()).containsExactly(5, 9);
    assertThat(read.test().pixels()).isEqualTo(IdxBytes.ramp(2 * 784));
  }

  @Test
  void missingFileIsNamedWithAllItsNames() throws IOException {
    writeSet("-", "");
    Files.delete(folder.resolve("t10k-labels-idx1-ubyte"));
    assertThatThrownBy(() -> Mnist.fromFolder(folder, 1))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(folder + ": ")
        .hasMessageContaining(
            "one of t10k-labels-idx1-ubyte, t10k-labels-idx1-ubyte.gz,"
                + " t10k-labels.idx1-ubyte, t10k-labels.idx1-ubyte.gz");
  }

  @Test
  void folderMustExist() throws IOException {
    assertThatThrownBy(() -> Mnist.fromFolder(folder.resolve("none"), 1))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("none", "no such path");
    Path file = Files.write(folder.resolve("file"), new byte[1]);
    assertThatThrownBy(() -> Mnist.fromFolder(file, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received a file");
  }

  @Test
  void imagesMustBeOfTheSizeOfMnist() throws IOException {
    writeSet("-", "");
    Path images = folder.resolve("t10k-images-idx3-ubyte");
    Files.write(images, IdxBytes.images(2, 20, 20));
    assertThatThrownBy(() -> Mnist.fromFolder(folder, 1))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(images + ": ")
        .hasMessageContainingAll("28 x 28", "received 20 x 20");
  }

  private void writeSet(String separator, String suffix) throws IOException {
    write("train-images" + separator + "idx3-ubyte" + suffix, IdxBytes.images(3, 28, 28));
    write("train-labels" + separator + "idx1-ubyte" + suffix, IdxBytes.labels(3, 1, 4));
    write("t10k-images" + separator + "idx3-ubyte" + suffix, IdxBytes.images(2, 28, 28));
    write("t10k-labels" + separator + "idx1-ubyte" + suffix, IdxBytes.labels(5, 9));
  }

  private void write(String name, byte[] bytes) throws IOException {
    Files.write(folder.resolve(name), name.endsWith(".gz") ? IdxBytes.gzip(bytes) : bytes);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.Npy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
public class RegularFilesTest {
  private static final String NOT_A_FILE =
      ": is not a file; expected a regular file, received a pipe, a socket or a device."
          + " Write its content to a file and give that.";

  @TempDir Path folder;

  /** A pipe that nobody writes to: whoever opens it waits for ever. */
  public static Path pipe(Path path) throws IOException, InterruptedException {
    Process mkfifo = new ProcessBuilder("mkfifo", path.toString()).start();
    assumeTrue(mkfifo.waitFor(10, TimeUnit.SECONDS) && mkfifo.exitValue() == 0, "no mkfifo");
    return path;
  }

  /** A file that says it is large and takes no room on the disk. */
  public static Path sparse(Path path, long bytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(bytes);
    }
    return path;
  }

  @Test
  void pipesAndDevicesAreRefusedBeforeTheyAreOpened() throws Exception {
    Path pipe = pipe(folder.resolve("pipe"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), pipe);

    assertThatThrownBy(() -> RegularFiles.newInputStream(pipe))
        .isInstanceOf(UserError.class)
        .hasMessage(pipe + NOT_A_FILE);
    assertThatThrownBy(() -> RegularFiles.readString(link, 10))
        .isInstanceOf(UserError.class)
        .hasMessage(link + NOT_A_FILE);
    assertThatThrownBy(() -> RegularFiles.readAllBytes(Path.of("/dev/zero"), 10))
        .isInstanceOf(UserError.class)
        .hasMessage("/dev/zero" + NOT_A_FILE);
    assertThatThrownBy(() -> Npy.read(pipe)).hasMessage(pipe + NOT_A_FILE);
    assertThatThrownBy(() -> TfRecordReader.open(pipe)).hasMessage(pipe + NOT_A_FILE);
    pipe(folder.resolve("model.index"));
    assertThatThrownBy(() -> TensorBundle.open(folder.resolve("model")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("something that is not a file");
  }

  @Test
  void whatIsTooLargeIsNotRead() throws IOException {
    Path large = sparse(folder.resolve("large"), 3L << 30);

    assertThatThrownBy(() -> RegularFiles.readAllBytes(large, RegularFiles.WRITTEN))
        .isInstanceOf(UserError.class)
        .hasMessage(
            large
                + ": too large for a file of its kind; expected at most 1,048,576 bytes, received 3,221,225,472 bytes."
                + " Is it the right file?");
    assertThatThrownBy(() -> RegularFiles.readAllBytes(large, Integer.MAX_VALUE))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(
            "with this Java heap, received 3,221,225,472 bytes. Give Java more memory");
    Path index = sparse(folder.resolve("model.index"), 3L << 30);
    assertThatThrownBy(() -> TensorBundle.open(folder.resolve("model")))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(index + ": too large for a file of its kind");
  }

  @Test
  void othersAreReadWhole() throws IOException {
    Path file = Files.writeString(folder.resolve("text"), "zwölf");

    assertThat(RegularFiles.readAllBytes(file, 6)).hasSize(6);
    assertThat(RegularFiles.readString(file, 6)).isEqualTo("zwölf");
    assertThatThrownBy(() -> RegularFiles.readString(file, 5)).isInstanceOf(UserError.class);
    Files.write(file, new byte[] {(byte) 0xe9});
    assertThatThrownBy(() -> RegularFiles.readString(file, 5))
        .isInstanceOf(CharacterCodingException.class);
    assertThatThrownBy(() -> RegularFiles.readAllBytes(folder.resolve("none"), 5))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> RegularFiles.readAllBytes(folder, 5)).isInstanceOf(IOException.class);
  }
}

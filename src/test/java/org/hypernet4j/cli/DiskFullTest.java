// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.Cli;
import org.hypernet4j.io.internal.EventFileWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file system in memory with room for 200 kB stands in for a full disk; needs root on Linux. */
class DiskFullTest {
  private static final int KILOBYTES = 200;

  @TempDir Path folder;
  private Path disk;
  private boolean mounted;

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue(
        System.getProperty("os.name").equals("Linux")
            && "root".equals(System.getProperty("user.name")),
        "mounting a small file system needs root on Linux");
    mounted =
        done("mount", "-t", "tmpfs", "-o", "size=" + KILOBYTES + "k", "tmpfs", disk.toString());
    assumeTrue(mounted, "this machine does not let root mount a file system");
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      assertThat(done("umount", disk.toString())).isTrue();
    }
  }

  private static boolean done(String... command) throws Exception {
    return new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  private static Cli train(Path runs) {
    return Cli.run(
        "train",
        Cli.SPEC,
        "--no-export",
        "--runs",
        runs,
        "--set",
        "training.steps=2",
        "--set",
        "training.batchSize=8",
        "--set",
        "training.evaluateEvery={\"steps\": 2}");
  }

  private List<Path> files(Path below) throws IOException {
    try (Stream<Path> all = Files.walk(below)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  private void fill() throws IOException {
    byte[] block = new byte[1024];
    List<Path> written = new ArrayList<>();
    while (true) {
      Path next = disk.resolve("filler" + written.size());
      try {
        Files.write(next, block);
        written.add(next);
      } catch (IOException e) {
        Files.deleteIfExists(next);
        return;
      }
    }
  }

  @Test
  void anExportLeavesTheVersionsAsTheyWere() throws IOException {
    assertThat(train(folder.resolve("runs")).exitCode()).isZero();
    Path old = Files.createDirectories(disk.resolve("mnist-hyper/1"));
    Files.writeString(old.resolve("saved_model.pb"), "an older version");

    Cli export = Cli.run("export", folder.resolve("runs/mnist-hyper/1"), "--export-dir", disk);

    assertThat(export.exitCode()).isEqualTo(2);
    assertThat(export.out()).isEmpty();
    assertThat(export.err()).hasSize(1);
    assertThat(export.err().get(0))
        .startsWith("error: ")
        .contains("mnist-hyper", "the disk is too full for the model", "KiB free");
    assertThat(disk.resolve("mnist-hyper").toFile().list()).containsExactly("1");
    assertThat(files(disk)).containsExactly(old.resolve("saved_model.pb"));
  }

  @Test
  void aPublicationLeavesTheVersionsAsTheyWere() throws IOException {
    assertThat(train(folder.resolve("runs")).exitCode()).isZero();
    Path models = folder.resolve("models");
    assertThat(
            Cli.run("export", folder.resolve("runs/mnist-hyper/1"), "--export-dir", models)
                .exitCode())
        .isZero();
    Path old = Files.createDirectories(disk.resolve("served/1"));
    Files.writeString(old.resolve("saved_model.pb"), "an older version");
    fill();

    Cli publish =
        Cli.run("publish", models.resolve("mnist-hyper/1"), disk.resolve("served"), "--keep", 1);

    assertThat(publish.exitCode()).isEqualTo(2);
    assertThat(publish.out()).isEmpty();
    assertThat(publish.err()).hasSize(1);
    assertThat(publish.err().get(0))
        .startsWith("error: ")
        .contains("served", "the disk is too full for the model", "KiB free");
    assertThat(disk.resolve("served").toFile().list()).containsExactly("1");
  }

  @Test
  void aTrainingEndsWithOneLineAndWithoutHalfACheckpoint() throws IOException {
    Cli train = train(disk.resolve("runs"));

    assertThat(train.exitCode()).isEqualTo(2);
    assertThat(train.err()).filteredOn(line -> line.startsWith("error: ")).hasSize(1);
    assertThat(train.err().get(train.err().size() - 1))
        .startsWith("error: ")
        .contains(".ckpt: cannot be written", "No space left on device");
    // the best parameters fit, the checkpoint after them does not
    assertThat(disk.resolve("runs/mnist-hyper/1/checkpoints").toFile().list())
        .containsExactly("best.ckpt");
    Cli export =
        Cli.run(
            "export", disk.resolve("runs/mnist-hyper/1"), "--export-dir", folder.resolve("models"));
    assertThat(export.exitCode()).isZero();
  }

  @Test
  void anEventFileThatCannotBeBegunIsNotLeftBehind() throws IOException {
    fill();

    assertThatThrownBy(() -> EventFileWriter.open(disk, "x", Clock.systemUTC()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("TensorBoard events cannot be written");
    assertThat(files(disk)).allMatch(file -> file.getFileName().toString().startsWith("filler"));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFolderTest {
  @TempDir Path temporary;

  private Path path() {
    return temporary.resolve("run/checkpoints");
  }

  private CheckpointFolder folder(int keep) {
    return new CheckpointFolder(path(), keep);
  }

  private static List<String> names(Path in) throws IOException {
    try (Stream<Path> files = Files.list(in)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static void damage(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  /** What slf4j-simple prints while {@code action} runs. */
  private static List<String> warnings(Runnable action) {
    PrintStream usual = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      action.run();
    } finally {
      System.setErr(usual);
    }
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void isEmptyBeforeTheFirstSave() {
    assertThat(folder(2).latest()).isEmpty();
    assertThat(folder(2).best()).isEmpty();
    assertThat(path()).doesNotExist();
    assertThatThrownBy(() -> folder(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void keepsTheNewestAndTheBest() throws IOException {
    CheckpointFolder folder = folder(2);
    for (long step : new long[] {1, 2, 30, 1_234_567_890_123L}) {
      assertThat(folder.save(Examples.of(step))).exists();
      if (step == 1) {
        assertThat(folder.saveBest(Examples.of(step))).isEqualTo(path().resolve("best.ckpt"));
      }
    }
    assertThat(names(path()))
        .containsExactly("best.ckpt", "step-000000030.ckpt", "step-1234567890123.ckpt");
    assertThat(folder.latest()).contains(Examples.of(1_234_567_890_123L));
    assertThat(folder.best()).contains(Examples.of(1));
    folder.saveBest(Examples.of(30));
    assertThat(folder.best()).contains(Examples.of(30));
  }

  @Test
  void leavesOtherFilesAlone() throws IOException {
    Files.createDirectories(path());
    Files.writeString(path().resolve("step-1.ckpt.bak"), "somebody's");
    Files.writeString(path().resolve(".step-000000001.ckpt.swp"), "an editor's");
    folder(1).save(Examples.of(1));
    folder(1).save(Examples.of(2));
    assertThat(names(path()))
        .containsExactly(".step-000000001.ckpt.swp", "step-000000002.ckpt", "step-1.ckpt.bak");
  }

  @Test
  void skipsDamagedOnesWithAWarningEach() throws IOException {
    CheckpointFolder folder = folder(3);
    folder.save(Examples.of(1));
    Path second = folder.save(Examples.of(2));
    Path third = folder.save(Examples.of(3));
    damage(second);
    Files.write(third, new byte[0]);
    List<String> warnings = warnings(() -> assertThat(folder.latest()).contains(Examples.of(1)));
    assertThat(warnings).hasSize(2);
    assertThat(warnings.get(0)).contains("WARN").contains("Skipped a checkpoint: " + third);
    assertThat(warnings.get(1)).contains("Skipped a checkpoint: " + second).contains("damaged");
  }

  @Test
  void aDamagedNewerOneDoesNotPushOutTheNewOne() throws IOException {
    CheckpointFolder folder = folder(1);
    damage(folder.save(Examples.of(200)));
    folder.save(Examples.of(100));
    folder.save(Examples.of(150));
    assertThat(names(path())).containsExactly("step-000000150.ckpt", "step-000000200.ckpt");
    warnings(() -> assertThat(folder.latest()).contains(Examples.of(150)));
    folder.save(Examples.of(250));
    assertThat(names(path())).containsExactly("step-000000250.ckpt");
  }

  @Test
  void allDamagedIsAnError() throws IOException {
    CheckpointFolder folder = folder(2);
    damage(folder.save(Examples.of(1)));
    damage(folder.save(Examples.of(2)));
    List<String> warnings =
        warnings(
            () ->
                assertThatThrownBy(folder::latest)
                    .isInstanceOf(UserError.class)
                    .hasMessageStartingWith(path() + ": none of the checkpoints can be read")
                    .hasMessageEndingWith("Start a new run in a new folder."));
    assertThat(warnings).as("the error is the one line to read").isEmpty();
    folder.saveBest(Examples.of(1));
    warnings(
        () ->
            assertThatThrownBy(folder::latest)
                .hasMessageEndingWith(
                    "Go on from the best with from=" + path().resolve("best.ckpt") + "."));
    damage(path().resolve("best.ckpt"));
    assertThatThrownBy(folder::best)
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(path().resolve("best.ckpt") + ": damaged");
  }

  @Test
  void aFileInPlaceOfTheFolderIsAnError() throws IOException {
    Path file = Files.writeString(temporary.resolve("file"), "x");
    CheckpointFolder folder = new CheckpointFolder(file, 1);
    assertThatThrownBy(() -> folder.save(Examples.of(1)))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(file + ": the folder for checkpoints cannot be made");
    assertThatThrownBy(folder::latest)
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(file + ": the folder of checkpoints cannot be listed");
  }

  @Test
  void leftoversOfAKilledRunAreIgnoredAndGoWithTheNextSave() throws IOException {
    CheckpointFolder folder = folder(3);
    byte[] whole = Files.readAllBytes(folder.save(Examples.of(1)));
    Files.write(path().resolve(".step-000000002.ckpt.0a1b2c3d.tmp"), whole);
    Files.write(path().resolve(".best.ckpt.0a1b2c3d.tmp"), new byte[100]);
    assertThat(folder.latest()).contains(Examples.of(1));
    assertThat(folder.best()).isEmpty();
    folder.save(Examples.of(2));
    assertThat(names(path())).containsExactly("step-000000001.ckpt", "step-000000002.ckpt");
  }

  @Test
  void aProcessKilledWhileItSavesLeavesWholeCheckpoints() throws Exception {
    for (int killedAfter : new int[] {1, 4}) {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx256m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  SavesWithoutEnd.class.getName(),
                  path().toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        for (int i = 0; i < killedAfter; i++) {
          assertThat(lines.readLine()).isEqualTo("saved " + i);
        }
      } finally {
        process.destroyForcibly().waitFor();
      }
      CheckpointFolder folder = folder(2);
      Checkpoint latest = folder.latest().orElseThrow();
      assertThat(latest.step()).isGreaterThanOrEqualTo(killedAfter - 1);
      assertThat(latest).isEqualTo(Examples.ofSize(latest.step(), SavesWithoutEnd.FLOATS));
      assertThat(folder.best().orElseThrow().step()).isGreaterThanOrEqualTo(killedAfter - 1);
      folder.save(Examples.of(latest.step() + 1));
      assertThat(names(path())).noneMatch(name -> name.endsWith(".tmp")).hasSize(3);
    }
  }

  /** The process that is killed. */
  static final class SavesWithoutEnd {
    static final int FLOATS = 1 << 19;

    private SavesWithoutEnd() {}

    public static void main(String[] arguments) {
      CheckpointFolder folder = new CheckpointFolder(Path.of(arguments[0]), 2);
      // an end all the same, should nobody kill it
      for (int step = 0; step < 1000; step++) {
        folder.saveBest(Examples.ofSize(step, FLOATS));
        folder.save(Examples.ofSize(step, FLOATS));
        System.out.println("saved " + step);
      }
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskLeavesTheLastGoodCheckpoints() throws Exception {
    Files.createDirectories(path());
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", path().toString()),
        "a file system of 256 KiB can only be mounted by the superuser");
    try {
      CheckpointFolder folder = folder(2);
      Checkpoint good = Examples.ofSize(1, 20_000);
      folder.save(good);
      folder.saveBest(good);
      List<String> before = names(path());
      Checkpoint next = Examples.ofSize(2, 40_000);
      for (Runnable save :
          List.<Runnable>of(() -> folder.save(next), () -> folder.saveBest(next))) {
        assertThatThrownBy(save::run)
            .isInstanceOf(UserError.class)
            .hasMessageContaining("No space left on device")
            .hasMessageEndingWith("Free some space or choose another folder.");
        assertThat(names(path())).isEqualTo(before);
        assertThat(folder.latest()).contains(good);
        assertThat(folder.best()).contains(good);
      }
    } finally {
      assertThat(run("umount", path().toString())).isTrue();
    }
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
  @TempDir Path folder;

  private List<String> names(Path in) throws IOException {
    try (Stream<Path> files = Files.list(in)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void writesAndReplaces() throws IOException {
    Path target = folder.resolve("a.txt");
    AtomicFiles.writeString(target, "first, and longer");
    AtomicFiles.writeString(target, "zweites ü");
    assertThat(target).hasContent("zweites ü");
    assertThat(names(folder)).containsExactly("a.txt");
  }

  @Test
  void givesTheFileTheUsualPermissions() throws IOException {
    Path usual = Files.createFile(folder.resolve("usual"));
    Path target = folder.resolve("a.txt");
    AtomicFiles.writeString(target, "x");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
        .isEqualTo(PosixFilePermissions.toString(Files.getPosixFilePermissions(usual)));
  }

  @Test
  void aWriterMayCloseItsStream() {
    Path target = folder.resolve("a.txt");
    AtomicFiles.write(
        target,
        out -> {
          out.write(65);
          out.close();
        });
    assertThat(target).hasContent("A");
  }

  @Test
  void readersSeeTheOldFileWhileTheNewOneIsWritten() {
    Path target = folder.resolve("a.txt");
    AtomicFiles.writeString(target, "old");
    AtomicFiles.write(
        target,
        out -> {
          out.write(new byte[1 << 20]);
          out.flush();
          assertThat(target).hasContent("old");
        });
    assertThat(target).hasSize(1 << 20);
  }

  @Test
  void aWriterThatThrowsMidwayLeavesTheOldFileAlone() throws IOException {
    Path target = folder.resolve("a.txt");
    AtomicFiles.writeString(target, "old");
    for (RuntimeException failure :
        List.of(
            new IllegalStateException("midway"), UserError.in("weights").what("midway").build())) {
      assertThatThrownBy(
              () ->
                  AtomicFiles.write(
                      target,
                      out -> {
                        out.write(new byte[1 << 20]);
                        throw failure;
                      }))
          .isSameAs(failure);
    }
    for (Exception failure :
        List.of(new IOException("midway"), new UncheckedIOException(new IOException("midway")))) {
      assertThatThrownBy(
              () ->
                  AtomicFiles.write(
                      target,
                      out -> {
                        out.write(new byte[1 << 20]);
                        if (failure instanceof RuntimeException unchecked) {
                          throw unchecked;
                        }
                        throw (IOException) failure;
                      }))
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith(target + ": cannot be written; received ")
          .hasMessageContaining("midway")
          .hasMessageContaining("KiB free");
    }
    assertThat(target).hasContent("old");
    assertThat(names(folder)).containsExactly("a.txt");
  }

  @Test
  void anInterruptedThreadStillWrites() throws IOException {
    Path target = folder.resolve("a.txt");
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    AtomicFiles.writeString(temporary.resolve("inside"), "x");
    Thread.currentThread().interrupt();
    AtomicFiles.writeString(target, "written");
    AtomicFiles.publishFolder(temporary, folder.resolve("published"));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(target).hasContent("written");
    assertThat(folder.resolve("published/inside")).hasContent("x");
  }

  @Test
  void namesAMissingFolder() {
    Path target = folder.resolve("missing/a.txt");
    assertThatThrownBy(() -> AtomicFiles.writeString(target, "x"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            target
                + ": cannot be written; expected an existing folder "
                + folder.resolve("missing")
                + ", received nothing there. Make the folder or choose another path.");
  }

  @Test
  void refusesToReplaceAFolder() {
    assertThatThrownBy(() -> AtomicFiles.writeString(folder, "x"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(folder + ": cannot be written, it is a folder");
  }

  @Test
  void namesAFolderThatIsNotWritable() throws IOException {
    Path locked = Files.createDirectory(folder.resolve("locked"));
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
    assumeTrue(!Files.isWritable(locked), "the superuser may write everywhere");
    assertThatThrownBy(() -> AtomicFiles.writeString(locked.resolve("a.txt"), "x"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the folder " + locked + " is not writable");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskIsAUserErrorAndLeavesNothingBehind() throws Exception {
    Path small = Files.createDirectory(folder.resolve("small"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small.toString()),
        "a file system of 64 KiB can only be mounted by the superuser");
    try {
      Path target = small.resolve("weights.bin");
      AtomicFiles.writeString(target, "old");
      assertThatThrownBy(() -> AtomicFiles.write(target, out -> fill(out, 100_000)))
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith(target + ": cannot be written; received No space left on device")
          .hasMessageContaining("60 KiB free")
          .hasMessageEndingWith("Free some space or choose another folder.");
      assertThat(target).hasContent("old");
      assertThat(names(small)).containsExactly("weights.bin");
    } finally {
      assertThat(run("umount", small.toString())).isTrue();
    }
  }

  private static void fill(OutputStream out, int bytes) throws IOException {
    for (int i = 0; i < bytes; i++) {
      out.write(i);
    }
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void publishesAWholeFolder() throws IOException {
    Path temporary = folder.resolve("tmp");
    Files.createDirectories(temporary.resolve("deep/er"));
    AtomicFiles.writeString(temporary.resolve("deep/er/a.txt"), "a");
    Path protectedFile = Files.writeString(temporary.resolve("asset"), "read only");
    Files.setPosixFilePermissions(protectedFile, PosixFilePermissions.fromString("r--r--r--"));
    Files.createSymbolicLink(temporary.resolve("dangling"), Path.of("nowhere"));
    Path target = folder.resolve("model");

    AtomicFiles.publishFolder(temporary, target);

    assertThat(target.resolve("deep/er/a.txt")).hasContent("a");
    assertThat(target.resolve("asset")).hasContent("read only");
    assertThat(names(folder)).containsExactly("model");
  }

  @Test
  void neverPublishesOverSomethingThatExists() throws IOException {
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    for (Path target :
        List.of(
            Files.createDirectory(folder.resolve("empty")),
            Files.createSymbolicLink(folder.resolve("link"), Path.of("nowhere")))) {
      assertThatThrownBy(() -> AtomicFiles.publishFolder(temporary, target))
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith(target + ": already exists and is not overwritten");
    }
    assertThat(temporary).isDirectory();
  }

  @Test
  void publishesOnlyFolders() {
    assertThatThrownBy(
            () -> AtomicFiles.publishFolder(folder.resolve("none"), folder.resolve("target")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected a folder, received nothing there");
    assertThatThrownBy(() -> AtomicFiles.publishFolder(folder, folder.resolve("missing/parent")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected an existing folder");
  }

  @Test
  void deletesTreesWithoutFollowingLinks() throws IOException {
    Path kept = Files.writeString(folder.resolve("kept"), "kept");
    Path tree = Files.createDirectories(folder.resolve("tree"));
    Files.createDirectories(tree.resolve("deep/er"));
    Files.writeString(tree.resolve("deep/er/a"), "a");
    Files.createSymbolicLink(tree.resolve("link"), folder);
    AtomicFiles.deleteRecursively(tree);
    AtomicFiles.deleteRecursively(tree);
    assertThat(names(folder)).containsExactly("kept");
    assertThat(kept).hasContent("kept");
    assertThatThrownBy(() -> AtomicFiles.deleteRecursively(Path.of("/")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

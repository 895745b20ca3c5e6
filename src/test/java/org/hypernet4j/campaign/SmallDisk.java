// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A file system in memory with little room, mounted on a folder; needs root on Linux. */
record SmallDisk(Path folder) implements AutoCloseable {
  /** Mounts it on a new folder. */
  static SmallDisk mount(Path folder, int kilobytes) throws IOException {
    Files.createDirectories(folder);
    if (!done(
        "mount", "-t", "tmpfs", "-o", "size=" + kilobytes + "k", "tmpfs", folder.toString())) {
      throw new IOException(folder + ": cannot be mounted on");
    }
    return new SmallDisk(folder);
  }

  /** Why none can be mounted here, or null. */
  static @Nullable String obstacle() {
    try {
      Path probe = Files.createTempDirectory("campaign");
      try (SmallDisk disk = mount(probe, 16)) {
        return Files.isDirectory(disk.folder) ? null : "no folder";
      } catch (IOException | Wrong e) {
        return "mounting a small file system needs root on Linux";
      } finally {
        Files.delete(probe);
      }
    } catch (IOException e) {
      return "no temporary folder";
    }
  }

  /** Leaves no more room. */
  void fill() throws IOException {
    try (var out = Files.newOutputStream(folder.resolve("filler"))) {
      byte[] block = new byte[1024];
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      if (!String.valueOf(e.getMessage()).contains("No space")) {
        throw e;
      }
    }
  }

  /** Unmounts it, which fails while a file in it is open. */
  @Override
  public void close() throws IOException, Wrong {
    if (!done("umount", folder.toString())) {
      done("umount", "-l", folder.toString());
      throw new Wrong("a file of " + folder + " is still open");
    }
  }

  /** Unmounts what a process that was killed has left under a folder. */
  static void unmountAll(Path below) throws IOException {
    Path mounts = Path.of("/proc/mounts");
    if (Files.exists(mounts)) {
      for (String line : List.copyOf(Files.readAllLines(mounts))) {
        String target = line.split(" ", -1)[1];
        if (target.startsWith(below.toAbsolutePath() + "/")) {
          done("umount", "-l", target);
        }
      }
    }
  }

  private static boolean done(String... command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      return process.waitFor() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}

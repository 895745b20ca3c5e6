// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.AtomicFiles;
import org.jspecify.annotations.Nullable;

/**
 * A folder in the system's temporary folder. When a signal ends this process it goes, and the
 * process that uses it as well.
 */
final class TemporaryFolder implements AutoCloseable {
  /** More than a report and the output of a JVM crash. */
  private static final int ROOM_BYTES = 1 << 20;

  private final Path path;
  private final Thread hook = new Thread(this::onShutdown, "remove a temporary folder");
  private volatile @Nullable Process process;

  private TemporaryFolder(Path path) {
    this.path = path;
  }

  /**
   * Makes a folder.
   *
   * @throws UserError if the temporary folder is not there or cannot be written to
   */
  static TemporaryFolder make(String prefix) {
    try {
      TemporaryFolder folder = new TemporaryFolder(Files.createTempDirectory(prefix));
      Runtime.getRuntime().addShutdownHook(folder.hook);
      return folder;
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  Path path() {
    return path;
  }

  /**
   * Checks that there is enough space for the files written here.
   *
   * @throws UserError if not
   */
  void requireRoom() {
    Path probe = path.resolve("probe");
    try {
      try {
        Files.write(probe, new byte[ROOM_BYTES]);
      } finally {
        Files.deleteIfExists(probe);
      }
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  /** Ends a process together with this one. */
  void endWithThis(Process child) {
    process = child;
  }

  private void onShutdown() {
    Process child = process;
    if (child != null) {
      child.destroyForcibly();
    }
    remove();
  }

  private void remove() {
    try {
      AtomicFiles.deleteRecursively(path);
    } catch (UserError e) {
      // still in use, or owned by another user: it does no harm
    }
  }

  private static UserError unusable(IOException e) {
    return UserError.in(System.getProperty("java.io.tmpdir", "java.io.tmpdir"))
        .what("the temporary folder cannot be used")
        .expected("a folder that can be written to, with " + (ROOM_BYTES >> 20) + " MiB free")
        .received(e.toString())
        .next(
            "free some space there, or name another folder with"
                + " HYPERNET4J_JAVA_OPTS=-Djava.io.tmpdir=FOLDER")
        .cause(e)
        .build();
  }

  @Override
  public void close() {
    remove();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the process is ending and the hook runs
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.publish;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.io.internal.HostName;

/**
 * A folder for an unfinished model, under a name that no server takes for a version.
 *
 * <p>It is deleted when it is closed unpublished, when a signal ends this process, and, after a
 * kill, when the next export into the same base folder begins: its name records which process on
 * which machine created it.
 */
final class UnfinishedFolder implements AutoCloseable {
  private static final String PREFIX = ".export-";
  private static final int REMOVALS = 5;

  private final Path path;
  private final Thread hook = new Thread(this::remove, "remove an unfinished export");
  private boolean over;

  private UnfinishedFolder(Path path) {
    this.path = path;
  }

  /** Creates a folder in {@code base}. */
  static UnfinishedFolder in(Path base) throws IOException {
    String name = prefix() + ProcessHandle.current().pid() + "-" + UUID.randomUUID();
    // not createTempDirectory: its folders can be read by their owner only, and keep that
    UnfinishedFolder folder = new UnfinishedFolder(base.resolve(name));
    Runtime.getRuntime().addShutdownHook(folder.hook);
    boolean made = false;
    try {
      Files.createDirectory(folder.path);
      made = true;
    } finally {
      if (!made) {
        folder.close();
      }
    }
    return folder;
  }

  /** Removes the folders left in {@code base} by processes of this machine that no longer run. */
  static void removeStale(Path base) {
    Pattern ours = Pattern.compile(Pattern.quote(prefix()) + "([0-9]{1,18})-[0-9a-f-]+");
    List<Path> found;
    try (Stream<Path> children = Files.list(base)) {
      found = children.toList();
    } catch (IOException e) {
      return; // the code that writes here will report it
    }
    for (Path child : found) {
      Matcher name = ours.matcher(child.getFileName().toString());
      if (name.matches() && !runs(Long.parseLong(name.group(1)))) {
        try {
          AtomicFiles.deleteRecursively(child);
        } catch (UserError e) {
          // perhaps owned by another user: it does no harm
        }
      }
    }
  }

  /**
   * The prefix names the machine: another one may share the folder, and its processes cannot be
   * queried.
   */
  private static String prefix() {
    return PREFIX + HostName.local() + "-";
  }

  private static boolean runs(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  Path path() {
    return path;
  }

  /**
   * Gives the folder its final name.
   *
   * @param rename moves the path that it receives and returns the new one
   */
  synchronized Path publish(UnaryOperator<Path> rename) {
    if (over) {
      throw new IllegalStateException(path + " was removed, this process is about to end");
    }
    Path target = rename.apply(path);
    over = true;
    removeHook();
    return target;
  }

  /** Removes the folder and its content, unless it was published. */
  @Override
  public synchronized void close() {
    if (!over) {
      over = true;
      removeHook();
      AtomicFiles.deleteRecursively(path);
    }
  }

  /** Runs when the process ends, perhaps beside a thread that still writes. */
  private synchronized void remove() {
    if (over) {
      return;
    }
    over = true;
    for (int i = 0; i < REMOVALS && Files.exists(path); i++) {
      try {
        AtomicFiles.deleteRecursively(path);
      } catch (UserError e) {
        // a file created meanwhile keeps its folder; the next pass removes both
      }
    }
  }

  private void removeHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the process is ending and the hook runs
    }
  }
}

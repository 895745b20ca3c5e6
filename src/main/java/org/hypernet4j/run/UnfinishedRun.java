// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.AtomicFiles;

/**
 * The folder of a run that is being created; unless the run is finished, the folder is restored to
 * its former state.
 */
public final class UnfinishedRun implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 5;

  private final Path folder;
  private final boolean there;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::onShutdown, "remove an unfinished run");
  private boolean finished;

  /**
   * Watches a folder until it is closed or the process ends.
   *
   * @param folder a path that does not exist, or an empty folder
   */
  public UnfinishedRun(Path folder) {
    this.folder = folder;
    this.there = Files.exists(folder);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Marks the run as complete. */
  public synchronized void finish() {
    finished = true;
  }

  private void onShutdown() {
    try {
      remove(); // at once: a thread that still writes fails for it
    } catch (UserError e) {
      // or it wrote just then, and removes the files when it has failed
    }
    try {
      if (!closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        remove();
      }
    } catch (UserError e) {
      // nobody is left to report to
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void remove() {
    if (finished) {
      return;
    }
    if (!there) {
      AtomicFiles.deleteRecursively(folder);
    } else {
      children(folder).forEach(AtomicFiles::deleteRecursively);
    }
  }

  /** The entries of a folder; empty if the path is not a folder. */
  public static List<Path> children(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(folder)) {
      return children.toList();
    } catch (IOException e) {
      throw UserError.in(folder).what("cannot be listed").received(e).cause(e).build();
    }
  }

  @Override
  public void close() {
    try {
      remove();
    } finally {
      closed.countDown();
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // the process is ending and the hook runs
      }
    }
  }
}

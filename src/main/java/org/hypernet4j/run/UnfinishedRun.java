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

/** The folder of a run in the making: unless it is finished it becomes again what it was. */
public final class UnfinishedRun implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 5;

  private final Path folder;
  private final boolean there;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::onShutdown, "remove an unfinished run");
  private boolean finished;

  /**
   * Begins.
   *
   * @param folder a path where nothing is, or an empty folder
   */
  public UnfinishedRun(Path folder) {
    this.folder = folder;
    this.there = Files.exists(folder);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Says that the run is whole. */
  public synchronized void finish() {
    finished = true;
  }

  private void onShutdown() {
    try {
      remove(); // at once: whoever still writes fails for it
    } catch (UserError e) {
      // or wrote just then, and removes what there is when it has failed
    }
    try {
      if (!closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        remove();
      }
    } catch (UserError e) {
      // nobody is left to tell
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

  /** What is in a folder; nothing if it is none. */
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

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.RegularFiles;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a second training out of a run folder, of this process or another. The operating system
 * releases the lock when the process ends, however it ends; the empty file {@code lock} stays.
 */
final class RunLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunLock.class);

  // POSIX drops a process's locks of a file when any of its channels of that file is closed, so
  // that the second attempt of a process must not open one.
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final @Nullable FileChannel channel;
  private boolean held = true;

  private RunLock(Path file, @Nullable FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock of a run folder, which must exist.
   *
   * @throws UserError if another training holds it
   */
  static RunLock take(Path folder) {
    Path file;
    try {
      file = folder.toRealPath().resolve("lock");
    } catch (IOException e) {
      throw cannotUse(folder, e);
    }
    if (!HELD.add(file)) {
      throw taken(folder);
    }
    boolean complete = false;
    try {
      RunLock lock = new RunLock(file, lock(folder, file));
      complete = true;
      return lock;
    } finally {
      if (!complete) {
        HELD.remove(file);
      }
    }
  }

  private static @Nullable FileChannel lock(Path folder, Path file) {
    FileChannel channel;
    RegularFiles.require(file);
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw cannotUse(folder, e);
    }
    FileLock lock = null;
    try {
      lock = channel.tryLock();
      if (lock == null) {
        throw taken(folder);
      }
      return channel;
    } catch (OverlappingFileLockException e) {
      throw taken(folder); // another class loader's copy of this class
    } catch (IOException e) {
      // Some network file systems support no locks; that is no reason not to train.
      LOG.warn(
          "{}: cannot be locked, do not train in it twice at a time ({})", folder, e.toString());
      return null;
    } finally {
      if (lock == null) {
        closeQuietly(channel);
      }
    }
  }

  /** Whether the lock has not been released yet. */
  boolean isHeld() {
    return held;
  }

  @Override
  public void close() {
    if (held) {
      held = false;
      if (channel != null) {
        closeQuietly(channel);
      }
      HELD.remove(file);
    }
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.warn("A lock file does not close: {}", e.toString());
    }
  }

  private static UserError taken(Path folder) {
    return UserError.in(folder)
        .what("another training runs in this folder")
        .expected("one at a time")
        .next("wait until it ends or stop it, or start a new run")
        .build();
  }

  private static UserError cannotUse(Path folder, IOException e) {
    return UserError.in(folder)
        .what("the run folder cannot be written to")
        .received(e.toString())
        .next("check its permissions and the space on the disk")
        .cause(e)
        .build();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.publish;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ModelFiles;
import org.hypernet4j.export.serving.VersionNumbers;
import org.hypernet4j.io.internal.AtomicFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of a served model with one sub-folder a version. A server looks at it every second and
 * loads every entry whose name is a number, so a version gets its number when it is complete, in
 * one rename.
 */
final class VersionFolders {
  private static final Logger LOG = LoggerFactory.getLogger(VersionFolders.class);

  private final Path base;
  private final List<Path> created = new ArrayList<>();

  private VersionFolders(Path base) {
    this.base = base;
  }

  /**
   * Opens a folder, creating it and its parents where they do not exist, and removes the remains of
   * exports that were killed.
   *
   * @throws UserError if it is a file or cannot be created or written to, or holds the largest
   *     possible version
   */
  static VersionFolders open(Path base) {
    VersionFolders folders = new VersionFolders(base.toAbsolutePath().normalize());
    try {
      folders.create(folders.base);
      UnfinishedFolder.removeStale(folders.base);
      long unused = folders.next(); // before any work is done for a version without a number
    } catch (IOException e) {
      folders.removeCreated();
      throw cannotWrite(base, e);
    }
    return folders;
  }

  /** A new folder beside the versions, under a name that no server takes for a version. */
  UnfinishedFolder temporary() {
    try {
      return UnfinishedFolder.in(base);
    } catch (IOException e) {
      removeCreated();
      throw cannotWrite(base, e);
    }
  }

  /** Gives a complete folder the next number and returns its path. */
  Path publish(UnfinishedFolder temporary) {
    return temporary.publish(this::publish);
  }

  private Path publish(Path temporary) {
    while (true) {
      Path target = base.resolve(Long.toString(next()));
      try {
        AtomicFiles.publishFolder(temporary, target);
        return target;
      } catch (UserError e) {
        // another process may have published meanwhile; then the next number is free
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)
            || !Files.exists(temporary, LinkOption.NOFOLLOW_LINKS)) {
          throw e;
        }
      }
    }
  }

  /**
   * Removes old versions: all models under a number but the newest few. Each is first renamed to a
   * name that no server takes for a version, so that none is ever incomplete under its number.
   *
   * @param published kept, and so are later versions of other processes
   * @param keep number of the newest that stay
   * @return the removed ones; one that cannot be removed stays, with a warning
   */
  List<Path> removeOlder(Path published, int keep) {
    List<Path> newestFirst = new ArrayList<>();
    for (Path version : numbered().keySet()) {
      // a folder of something else may have a number too, and the target of a link is elsewhere
      if (Files.isDirectory(version, LinkOption.NOFOLLOW_LINKS)
          && Files.isRegularFile(version.resolve(ModelFiles.MODEL))) {
        newestFirst.add(version);
      }
    }
    int first = Math.max(keep, newestFirst.indexOf(published) + 1);
    List<Path> removed = new ArrayList<>();
    for (Path old : newestFirst.subList(Math.min(first, newestFirst.size()), newestFirst.size())) {
      try (UnfinishedFolder grave = UnfinishedFolder.in(base)) {
        Files.move(old, grave.path().resolve("old"), StandardCopyOption.ATOMIC_MOVE);
        removed.add(old);
      } catch (NoSuchFileException e) {
        LOG.debug("{} was removed by another process", old);
      } catch (IOException | UserError e) {
        LOG.warn("An old version stays: {}", e.toString());
      }
    }
    return removed;
  }

  /** Removes the folders that {@link #open} created, as far as they are empty. */
  void removeCreated() {
    for (int i = created.size() - 1; i >= 0; i--) {
      try {
        Files.deleteIfExists(created.get(i));
      } catch (IOException e) {
        return; // no longer empty, so it is not removed
      }
    }
  }

  /** The largest number plus one. */
  private long next() {
    Iterator<Map.Entry<Path, Long>> largestFirst = numbered().entrySet().iterator();
    if (!largestFirst.hasNext()) {
      return 1;
    }
    Map.Entry<Path, Long> largest = largestFirst.next();
    if (largest.getValue() == Long.MAX_VALUE) {
      throw UserError.in(largest.getKey())
          .what("is the largest version that a server reads, none can follow it")
          .expected("versions below " + Long.MAX_VALUE)
          .next("rename it, or publish to another folder")
          .build();
    }
    return largest.getValue() + 1;
  }

  private Map<Path, Long> numbered() {
    try {
      return VersionNumbers.largestFirst(base);
    } catch (IOException e) {
      throw cannotWrite(base, e);
    }
  }

  private void create(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Path parent = folder.getParent();
    if (parent != null) {
      create(parent);
    }
    Files.createDirectory(folder);
    created.add(folder);
  }

  static UserError cannotWrite(Path where, IOException e) {
    String reason =
        e instanceof FileSystemException at && at.getReason() != null
            ? at.getReason() + " at " + at.getFile()
            : e.getClass().getSimpleName() + ": " + e.getMessage();
    return UserError.in(where)
        .what("cannot be written to")
        .expected("a folder, or a path where one can be made")
        .received(reason)
        .next("choose another folder or change its permissions")
        .cause(e)
        .build();
  }
}

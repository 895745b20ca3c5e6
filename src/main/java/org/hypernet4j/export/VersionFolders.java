package org.hypernet4j.export;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.AtomicFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of a served model with one sub-folder a version. A server looks at it every second and
 * takes whatever has a number for a name, so a version gets its number when it is complete, in one
 * rename.
 */
final class VersionFolders {
  private static final Logger LOG = LoggerFactory.getLogger(VersionFolders.class);

  private final Path base;
  private final List<Path> created = new ArrayList<>();

  private VersionFolders(Path base) {
    this.base = base;
  }

  /**
   * Opens a folder, making it and its parents where they do not exist, and removes what exports
   * that were killed left in it.
   *
   * @throws UserError if it is a file or cannot be made or written to
   */
  static VersionFolders open(Path base) {
    VersionFolders folders = new VersionFolders(base.toAbsolutePath().normalize());
    try {
      folders.create(folders.base);
      UnfinishedFolder.removeStale(folders.base);
    } catch (IOException e) {
      folders.removeCreated();
      throw cannotWrite(base, e);
    }
    return folders;
  }

  /** A new folder beside the versions, under a name that no server takes for one. */
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
      Path target = base.resolve(next().toString());
      try {
        AtomicFiles.publishFolder(temporary, target);
        return target;
      } catch (UserError e) {
        // somebody else may have published meanwhile; then the next number is free
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)
            || !Files.exists(temporary, LinkOption.NOFOLLOW_LINKS)) {
          throw e;
        }
      }
    }
  }

  /**
   * Removes old versions: all models under a number but the newest few. Each first gets a name that
   * no server takes for a version, so that none is ever half there under its number.
   *
   * @param published stays, and so does what somebody else has published after it
   * @param keep how many of the newest stay
   * @return those that are gone; one that cannot be removed stays, with a warning
   */
  List<Path> removeOlder(Path published, int keep) {
    List<Path> newestFirst = new ArrayList<>();
    for (Path version : numbered().keySet()) {
      // a folder of something else may have a number too; it is none of ours
      if (Files.isRegularFile(version.resolve(ModelFiles.MODEL))) {
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
        LOG.debug("{} was removed by somebody else", old);
      } catch (IOException | UserError e) {
        LOG.warn("An old version stays: {}", e.toString());
      }
    }
    return removed;
  }

  /** Removes the folders that {@link #open} made, as far as they are empty. */
  void removeCreated() {
    for (int i = created.size() - 1; i >= 0; i--) {
      try {
        Files.deleteIfExists(created.get(i));
      } catch (IOException e) {
        return; // something is in it by now: it is no longer ours
      }
    }
  }

  /** One more than the largest number. */
  private BigInteger next() {
    return numbered().values().stream()
        .max(Comparator.naturalOrder())
        .orElse(BigInteger.ZERO)
        .add(BigInteger.ONE);
  }

  /** What has a number for a name, the largest first: a server takes {@code 007} for 7. */
  private Map<Path, BigInteger> numbered() {
    List<Path> found;
    try (Stream<Path> children = Files.list(base)) {
      found =
          new ArrayList<>(
              children.filter(child -> child.getFileName().toString().matches("[0-9]+")).toList());
    } catch (IOException e) {
      throw cannotWrite(base, e);
    }
    found.sort(Comparator.comparing(VersionFolders::number).reversed());
    Map<Path, BigInteger> numbered = new LinkedHashMap<>();
    found.forEach(path -> numbered.put(path, number(path)));
    return numbered;
  }

  private static BigInteger number(Path path) {
    return new BigInteger(path.getFileName().toString());
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

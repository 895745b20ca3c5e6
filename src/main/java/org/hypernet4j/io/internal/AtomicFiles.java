// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io.internal;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;

/**
 * Writes a file or publishes a folder so that a reader, or a machine that lost its power, sees
 * either the whole new content or the previous one.
 *
 * <p>The content first goes into a sibling named {@code .<name>.<random>.tmp}, reaches the disk
 * (fsync), and is only then renamed; after that the folder reaches the disk too. A killed process
 * can leave such a {@code .tmp} file; it is never read and may be deleted.
 *
 * <p>An interrupted thread still writes, because a checkpoint is often its last action. Every
 * failure of the file system is a {@link UserError} that names the path.
 *
 * <pre>{@code
 * AtomicFiles.write(folder.resolve("weights.bin"), out -> out.write(bytes));
 * }</pre>
 */
public final class AtomicFiles {
  private static final int BUFFER_BYTES = 1 << 16;

  private AtomicFiles() {}

  /**
   * Writes {@code target}, replacing a file that is there.
   *
   * @param target a file in a folder that exists
   * @param writer receives a buffered stream, which it may close or leave open
   * @throws UserError when the file cannot be written, the disk is full, or {@code writer} throws
   *     an {@link IOException}; other exceptions of {@code writer} pass unchanged. The target is
   *     then unchanged.
   */
  public static void write(Path target, ThrowingConsumer<OutputStream> writer) {
    Path folder = existingFolderOf(target);
    if (Files.isDirectory(target)) {
      throw UserError.in(target)
          .what("cannot be written, it is a folder")
          .next("choose the name of a file")
          .build();
    }
    Path temporary = folder.resolve("." + target.getFileName() + "." + randomSuffix() + ".tmp");
    try {
      writeThenRename(temporary, target, writer);
      force(folder);
    } catch (IOException | UncheckedIOException e) {
      throw cannotWrite(target, folder, e);
    }
  }

  /** Writes {@code text} in UTF-8 as {@link #write} does. */
  public static void writeString(Path target, String text) {
    write(target, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Gives a finished folder its final name in one step.
   *
   * <p>Every file and folder inside reaches the disk first. If this fails, deleting the temporary
   * folder is up to the caller.
   *
   * @param temporaryFolder a folder on the same file system as {@code target}
   * @param target a path that does not exist, in a folder that does
   * @throws UserError when {@code target} exists or the file system refuses
   */
  public static void publishFolder(Path temporaryFolder, Path target) {
    Path folder = existingFolderOf(target);
    if (!Files.isDirectory(temporaryFolder, LinkOption.NOFOLLOW_LINKS)) {
      throw UserError.in(temporaryFolder)
          .what("cannot be published as " + target)
          .expected("a folder")
          .received(Files.exists(temporaryFolder) ? "something else" : "nothing there")
          .build();
    }
    // rename(2) would silently replace an empty folder, so existence is asked for by name
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw UserError.in(target)
          .what("already exists and is not overwritten")
          .next("choose another name, or remove it first")
          .build();
    }
    try {
      for (Path path : tree(temporaryFolder)) {
        if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
            || Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
          force(path);
        }
      }
      Files.move(temporaryFolder, target, StandardCopyOption.ATOMIC_MOVE);
      force(folder);
    } catch (AtomicMoveNotSupportedException e) {
      throw UserError.in(target)
          .what("is not on the same file system as " + temporaryFolder)
          .next("make the temporary folder beside the target")
          .cause(e)
          .build();
    } catch (IOException e) {
      throw cannotWrite(target, folder, e);
    }
  }

  /**
   * Deletes a file, or a folder with everything in it. Symbolic links are deleted, not followed. A
   * path that does not exist is ignored.
   *
   * @throws UserError when something cannot be deleted
   */
  public static void deleteRecursively(Path path) {
    if (path.toAbsolutePath().normalize().getParent() == null) {
      throw new IllegalArgumentException("refusing to delete a file system root: " + path);
    }
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      for (Path each : tree(path)) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      throw cannotDelete(path, e);
    }
  }

  private static void writeThenRename(
      Path temporary, Path target, ThrowingConsumer<OutputStream> writer) throws IOException {
    boolean renamed = false;
    try {
      // not a channel: a channel of an interrupted thread closes itself
      try (FileOutputStream file = new FileOutputStream(temporary.toFile())) {
        OutputStream out = new KeptOpen(file);
        writer.accept(out);
        out.flush();
        file.getFD().sync();
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      renamed = true;
    } finally {
      if (!renamed) {
        deleteUnfinished(temporary);
      }
    }
  }

  private static void deleteUnfinished(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      // the original failure is the one to report
    }
  }

  /** The paths below {@code root} and itself, deepest first. */
  private static List<Path> tree(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      return paths.sorted(Comparator.reverseOrder()).toList();
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Brings a file's bytes, or a folder's names, to the disk. */
  private static void force(Path path) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        // POSIX lets fsync work on a descriptor for reading, so write-protected files are fine
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
          channel.force(true);
          return;
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Path existingFolderOf(Path target) {
    Path folder = target.toAbsolutePath().getParent();
    if (folder == null) {
      throw UserError.in(target).what("cannot be written, it is a file system root").build();
    }
    if (!Files.isDirectory(folder)) {
      throw UserError.in(target)
          .what("cannot be written")
          .expected("an existing folder " + folder)
          .received(Files.exists(folder) ? "something that is not a folder" : "nothing there")
          .next("make the folder or choose another path")
          .build();
    }
    return folder;
  }

  private static UserError cannotWrite(Path target, Path folder, Exception cause) {
    if (!Files.isWritable(folder)) {
      return UserError.in(target)
          .what("cannot be written, the folder " + folder + " is not writable")
          .next("change its permissions or choose another folder")
          .cause(cause)
          .build();
    }
    return UserError.in(target)
        .what("cannot be written")
        .received(reason(cause) + " (" + freeSpace(folder) + ")")
        .next("free some space or choose another folder")
        .cause(cause)
        .build();
  }

  private static UserError cannotDelete(Path path, IOException cause) {
    return UserError.in(path)
        .what("cannot be deleted")
        .received(reason(cause))
        .cause(cause)
        .build();
  }

  private static String reason(Exception cause) {
    // a FileSystemException's message is only the path when there is no reason in it
    if (cause instanceof FileSystemException at && at.getReason() != null) {
      return at.getReason() + " at " + at.getFile();
    }
    return cause instanceof FileSystemException || cause.getMessage() == null
        ? cause.toString()
        : cause.getMessage();
  }

  private static String freeSpace(Path folder) {
    try {
      return Files.getFileStore(folder).getUsableSpace() / 1024 + " KiB free";
    } catch (IOException e) {
      return "free space unknown";
    }
  }

  private static String randomSuffix() {
    return UUID.randomUUID().toString().substring(0, 8);
  }

  /** A writer that closes the stream, as zip and image writers do, must not prevent the fsync. */
  private static final class KeptOpen extends BufferedOutputStream {
    KeptOpen(OutputStream out) {
      super(out, BUFFER_BYTES);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}

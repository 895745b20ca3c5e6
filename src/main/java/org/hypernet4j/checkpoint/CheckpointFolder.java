// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.checkpoint;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.AtomicFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of one run: the newest few as {@code step-000001234.ckpt}, and the best as {@code
 * best.ckpt}.
 *
 * <p>A run that is killed at any moment, or that fills the disk, leaves every finished checkpoint
 * unchanged: files appear whole or not at all, and older ones are deleted only once the newer one
 * is on disk. Only one process at a time may save into a folder, through one object, from any
 * number of threads.
 *
 * <pre>{@code
 * CheckpointFolder checkpoints = new CheckpointFolder(run.resolve("checkpoints"), 3);
 * checkpoints.save(checkpoint);
 * checkpoints.latest().ifPresent(last -> ParameterCheckpoint.restore(session, store, last));
 * }</pre>
 */
public final class CheckpointFolder {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointFolder.class);
  private static final String BEST = "best.ckpt";
  private static final Pattern STEP = Pattern.compile("step-(\\d{9,18})\\.ckpt");
  // temporary files that AtomicFiles leaves when the process is killed
  private static final Pattern LEFTOVER =
      Pattern.compile("\\.(step-\\d{9,18}|best)\\.ckpt\\..*\\.tmp");

  private final Path folder;
  private final int keep;

  /**
   * Describes a folder; nothing is read or created yet.
   *
   * @param folder created by the first save if it does not exist
   * @param keep how many of the newest checkpoints are kept, at least 1, not counting the best
   */
  public CheckpointFolder(Path folder, int keep) {
    if (keep < 1) {
      throw new IllegalArgumentException("keep " + keep + " checkpoints; expected at least 1");
    }
    this.folder = folder;
    this.keep = keep;
  }

  /** The folder itself. */
  public Path folder() {
    return folder;
  }

  /**
   * Writes {@code step-<step>.ckpt}, then deletes all but the {@code keep} newest.
   *
   * <p>Checkpoints of later steps are neither counted nor deleted: after a damaged checkpoint was
   * skipped and the run continued from an older one, the damaged one must not displace new ones.
   *
   * @return the file
   * @throws UserError if the file cannot be written; all other checkpoints are unchanged
   */
  public synchronized Path save(Checkpoint checkpoint) {
    String name = String.format(Locale.ROOT, "step-%09d.ckpt", checkpoint.step());
    Path file = write(name, checkpoint);
    files().headMap(checkpoint.step(), true).descendingMap().values().stream()
        .skip(keep)
        .forEach(CheckpointFolder::delete);
    return file;
  }

  /**
   * Writes {@code best.ckpt}, replacing the previous one.
   *
   * @return the file
   * @throws UserError if the file cannot be written; the previous one is unchanged
   */
  public synchronized Path saveBest(Checkpoint checkpoint) {
    return write(BEST, checkpoint);
  }

  /**
   * The readable checkpoint of the latest step, not counting the best. Newer damaged ones are
   * skipped with a warning each.
   *
   * @return empty when there is no checkpoint or no folder
   * @throws UserError if there are checkpoints and none can be read
   */
  public Optional<Checkpoint> latest() {
    NavigableMap<Long, Path> files = files();
    List<String> skipped = new ArrayList<>();
    for (Path file : files.descendingMap().values()) {
      try {
        Checkpoint checkpoint = CheckpointFile.read(file);
        // not earlier: if all are damaged, only the error below is reported
        skipped.forEach(message -> LOG.warn("Skipped a checkpoint: {}", message));
        return Optional.of(checkpoint);
      } catch (UserError e) {
        skipped.add(String.valueOf(e.getMessage()));
      }
    }
    if (files.isEmpty()) {
      return Optional.empty();
    }
    boolean hasBest = Files.exists(folder.resolve(BEST));
    throw UserError.in(folder)
        .what("none of the checkpoints can be read")
        .expected("at least 1 of " + files.size())
        .received("damage in all, from " + files.firstEntry().getValue().getFileName() + " on")
        .next(
            hasBest
                ? "go on from the best with " + Setting.of("from", folder.resolve(BEST))
                : "start a new run in a new folder")
        .build();
  }

  /**
   * The best checkpoint.
   *
   * @return empty when none was saved
   * @throws UserError if it exists and cannot be read
   */
  public Optional<Checkpoint> best() {
    Path file = folder.resolve(BEST);
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        ? Optional.of(CheckpointFile.read(file))
        : Optional.empty();
  }

  /**
   * Moves checkpoints into the subfolder {@code set-aside}, which is never searched; files of the
   * same names there are replaced.
   *
   * @param after the step after which all checkpoints are moved
   * @param best whether the best one is moved too
   * @return the files at their new place
   * @throws UserError if one cannot be moved
   */
  public synchronized List<Path> setAside(long after, boolean best) {
    List<Path> files = new ArrayList<>(files().tailMap(after, false).values());
    Path bestFile = folder.resolve(BEST);
    if (best && Files.exists(bestFile, LinkOption.NOFOLLOW_LINKS)) {
      files.add(bestFile);
    }
    Path aside = folder.resolve("set-aside");
    List<Path> moved = new ArrayList<>();
    try {
      for (Path file : files) {
        Files.createDirectories(aside);
        moved.add(
            Files.move(
                file, aside.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING));
      }
    } catch (IOException e) {
      throw UserError.in(aside)
          .what("a checkpoint cannot be set aside")
          .received(e.toString())
          .next("move the later checkpoints away yourself, or change the permissions")
          .cause(e)
          .build();
    }
    return moved;
  }

  private Path write(String name, Checkpoint checkpoint) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw UserError.in(folder)
          .what("the folder for checkpoints cannot be made")
          .received(Files.exists(folder) ? "something that is not a folder" : e.toString())
          .next("choose another folder or change the permissions")
          .cause(e)
          .build();
    }
    // before writing: the space may be needed after a kill
    list(LEFTOVER).values().forEach(CheckpointFolder::delete);
    Path file = folder.resolve(name);
    CheckpointFile.write(file, checkpoint);
    return file;
  }

  /** Files by step in ascending order. */
  private NavigableMap<Long, Path> files() {
    NavigableMap<Long, Path> byStep = new TreeMap<>();
    list(STEP)
        .forEach(
            (name, file) -> {
              Matcher matcher = STEP.matcher(name);
              if (matcher.matches()) {
                byStep.put(Long.parseLong(matcher.group(1)), file);
              }
            });
    return byStep;
  }

  private NavigableMap<String, Path> list(Pattern pattern) {
    NavigableMap<String, Path> found = new TreeMap<>();
    if (!Files.exists(folder)) {
      return found;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        if (pattern.matcher(name).matches()) {
          found.put(name, file);
        }
      }
      return found;
    } catch (IOException | DirectoryIteratorException e) {
      throw UserError.in(folder)
          .what("the folder of checkpoints cannot be listed")
          .received(e.toString())
          .next("check that it is a folder and its permissions")
          .cause(e)
          .build();
    }
  }

  /**
   * The new checkpoint is safe by now, so a file that cannot be deleted is a warning, not an error.
   */
  private static void delete(Path file) {
    try {
      AtomicFiles.deleteRecursively(file);
    } catch (UserError e) {
      LOG.warn("An old checkpoint stays: {}", e.getMessage());
    }
  }
}

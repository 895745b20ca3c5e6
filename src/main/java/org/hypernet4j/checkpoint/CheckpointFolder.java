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
import org.hypernet4j.io.AtomicFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of one run: the newest few as {@code step-000001234.ckpt}, and the best as {@code
 * best.ckpt}.
 *
 * <p>A run that is killed at any moment, or that fills the disk, leaves every finished checkpoint
 * as it was: files appear whole or not at all, and older ones go only after the newer one is on the
 * disk. One process at a time may save into a folder, through one object; its threads may be many.
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
  // what AtomicFiles leaves beside either kind of file when the process is killed
  private static final Pattern LEFTOVER =
      Pattern.compile("\\.(step-\\d{9,18}|best)\\.ckpt\\..*\\.tmp");

  private final Path folder;
  private final int keep;

  /**
   * Describes a folder; nothing is read or made yet.
   *
   * @param folder made by the first save when it does not exist
   * @param keep how many of the newest checkpoints stay, at least 1; the best comes on top
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
   * <p>Checkpoints of later steps are neither counted nor deleted: when a damaged one was skipped
   * and the run went on from an older one, the damaged one must not push out the new.
   *
   * @return the file
   * @throws UserError when the file cannot be written; all other checkpoints are then untouched
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
   * Writes {@code best.ckpt}, replacing the one before.
   *
   * @return the file
   * @throws UserError when the file cannot be written; the best one before is then untouched
   */
  public synchronized Path saveBest(Checkpoint checkpoint) {
    return write(BEST, checkpoint);
  }

  /**
   * The checkpoint of the latest step that can be read, the best not considered. Damaged ones that
   * are newer are skipped with a warning each.
   *
   * @return empty when there is no checkpoint or no folder
   * @throws UserError when there are checkpoints and none can be read
   */
  public Optional<Checkpoint> latest() {
    NavigableMap<Long, Path> files = files();
    List<String> skipped = new ArrayList<>();
    for (Path file : files.descendingMap().values()) {
      try {
        Checkpoint checkpoint = CheckpointFile.read(file);
        // only now: where all are damaged the error below is the one line to read
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
   * @throws UserError when there is one and it cannot be read
   */
  public Optional<Checkpoint> best() {
    Path file = folder.resolve(BEST);
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        ? Optional.of(CheckpointFile.read(file))
        : Optional.empty();
  }

  /**
   * Moves checkpoints out of the way, into the folder {@code set-aside} in this one, where nobody
   * looks for them; those that lie there by the same names are replaced.
   *
   * @param after the step after which all are moved
   * @param best whether the best is, too
   * @return where they are now
   * @throws UserError when one cannot be moved
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
    // before writing: after a kill the space may be needed
    list(LEFTOVER).values().forEach(CheckpointFolder::delete);
    Path file = folder.resolve(name);
    CheckpointFile.write(file, checkpoint);
    return file;
  }

  /** Files by step, the earliest first. */
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

  /** The new checkpoint is safe by now, so a file that stays is worth a warning, not the run. */
  private static void delete(Path file) {
    try {
      AtomicFiles.deleteRecursively(file);
    } catch (UserError e) {
      LOG.warn("An old checkpoint stays: {}", e.getMessage());
    }
  }
}

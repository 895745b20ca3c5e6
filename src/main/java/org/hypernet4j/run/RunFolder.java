// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.hypernet4j.checkpoint.CheckpointFolder;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.io.internal.RegularFiles;
import org.hypernet4j.json.SpecWriter;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of one training run.
 *
 * <pre>
 * specification.json        what is trained, overrides and sample settings applied
 * metrics.jsonl             losses and evaluations, a line each
 * events.out.tfevents...    the same for TensorBoard
 * checkpoints/              best.ckpt and the newest step-*.ckpt
 * vocabulary.json           of a language model: its symbols
 * results.json              results on the test data and the environment, once it has ended
 * import.json               origin of the weights, if the run began with imported ones
 * kernels/                  pictures
 * identity                  a number that this run's checkpoints have too; absent from older runs
 * lock                      empty; locked while a process trains here
 * </pre>
 *
 * @param path the folder
 */
public record RunFolder(Path path) {
  private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);
  private static final String SPECIFICATION = "specification.json";
  private static final String IDENTITY = "identity";
  private static final String CHECKPOINTS = "checkpoints";

  /**
   * Creates the next free folder, {@code base/name/1}, {@code 2}, ... Processes that call this at
   * the same time get different folders.
   */
  public static RunFolder next(Path base, ExperimentSpec spec) {
    Path runs = base.resolve(spec.name());
    makeFolder(runs);
    int number = numbers(runs).stream().findFirst().orElse(0);
    while (true) {
      number++;
      Path path = runs.resolve(Integer.toString(number));
      try {
        // this one call decides which process gets the number
        Files.createDirectory(path);
        return create(path, spec);
      } catch (FileAlreadyExistsException e) {
        // another process was faster: try the next
      } catch (IOException e) {
        throw cannotMake(path, e);
      }
    }
  }

  /** Creates a folder of the user's choice; it must not hold a run yet. */
  public static RunFolder create(Path path, ExperimentSpec spec) {
    if (Files.exists(path.resolve(SPECIFICATION))) {
      throw UserError.in(path)
          .what("holds a run already")
          .next("add " + Setting.of("resume") + " to continue it, or choose another folder")
          .build();
    }
    RunFolder folder = new RunFolder(path);
    makeFolder(path);
    AtomicFiles.writeString(path.resolve(IDENTITY), UUID.randomUUID() + "\n");
    AtomicFiles.writeString(path.resolve(SPECIFICATION), SpecWriter.toJson(spec));
    return folder;
  }

  /**
   * The run of an experiment to go on with: the newest that has a checkpoint, or, where none has,
   * the newest.
   */
  public static Optional<RunFolder> latest(Path base, String name) {
    Path runs = base.resolve(name);
    List<RunFolder> newestFirst =
        numbers(runs).stream()
            .map(number -> new RunFolder(runs.resolve(Integer.toString(number))))
            .filter(run -> Files.isRegularFile(run.path.resolve(SPECIFICATION)))
            .toList();
    Optional<RunFolder> resumable =
        newestFirst.stream().filter(RunFolder::hasCheckpoint).findFirst();
    Optional<RunFolder> newest = newestFirst.stream().findFirst();
    if (resumable.isPresent() && !resumable.equals(newest)) {
      LOG.warn(
          "{} has no checkpoint, going on with {}",
          newest.orElseThrow().path,
          resumable.orElseThrow().path);
    }
    return resumable.or(() -> newest);
  }

  /** Whether a folder holds a run. */
  public static boolean isRun(Path path) {
    return Files.isRegularFile(path.resolve(SPECIFICATION));
  }

  /** A folder that must hold a run. */
  public static RunFolder existing(Path path) {
    if (!isRun(path)) {
      throw UserError.in(path)
          .what("is not the folder of a run")
          .expected("a folder with " + SPECIFICATION + " and checkpoints")
          .received(Files.exists(path) ? "a path without it" : "no such path")
          .next("give a folder that 'train' printed, such as runs/mnist-hyper/1")
          .build();
    }
    return new RunFolder(path);
  }

  /** Whether there is a checkpoint of a step, readable or not. */
  private boolean hasCheckpoint() {
    Path checkpoints = path.resolve(CHECKPOINTS);
    if (!Files.isDirectory(checkpoints)) {
      return false;
    }
    try (Stream<Path> files = Files.list(checkpoints)) {
      return files.anyMatch(p -> p.getFileName().toString().matches("step-[0-9]+\\.ckpt"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The numbers of the runs in a folder, the highest first. */
  private static List<Integer> numbers(Path runs) {
    if (!Files.isDirectory(runs)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(runs)) {
      return files
          .map(p -> p.getFileName().toString())
          .filter(name -> name.matches("[0-9]{1,6}"))
          .map(Integer::valueOf)
          .sorted(Comparator.reverseOrder())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The experiment of this run. */
  public ExperimentSpec specification() {
    return SpecFiles.read(path.resolve(SPECIFICATION), List.of());
  }

  /** Stores a specification as that of this run, unless it is already. */
  void become(ExperimentSpec spec) {
    String json = SpecWriter.toJson(spec);
    if (!json.equals(SpecWriter.toJson(specification()))) {
      AtomicFiles.writeString(path.resolve(SPECIFICATION), json);
    }
  }

  /**
   * The identity that distinguishes this run from every other, or null for a run older than
   * identities.
   */
  @Nullable String identity() {
    Path file = path.resolve(IDENTITY);
    if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    try {
      return UUID.fromString(RegularFiles.readString(file, RegularFiles.WRITTEN).strip())
          .toString();
    } catch (IOException | IllegalArgumentException e) {
      throw UserError.in(file)
          .what("cannot be read")
          .expected("the number of this run")
          .received(
              e instanceof CharacterCodingException ? "a text not in UTF-8" : shown(e.getMessage()))
          .next("put the file of this run back, or remove it")
          .cause(e)
          .build();
    }
  }

  private static String shown(@Nullable String message) {
    String text = String.valueOf(message).replaceAll("\\p{Cntrl}", "?");
    return text.length() > 80 ? text.substring(0, 80) + "..." : text;
  }

  /** The checkpoints of the run. */
  public CheckpointFolder checkpoints(int keep) {
    return new CheckpointFolder(path.resolve(CHECKPOINTS), keep);
  }

  /** The file of losses and evaluations. */
  public Path metrics() {
    return path.resolve("metrics.jsonl");
  }

  /** The file of a language model's symbols. */
  public Path vocabulary() {
    return path.resolve("vocabulary.json");
  }

  /**
   * The symbols that the run began with, or null where the file cannot be read. The fingerprint in
   * the checkpoint, which covers the symbols, decides whether data are those of the run.
   */
  public @Nullable Vocabulary storedVocabulary() {
    try {
      String json = RegularFiles.readString(vocabulary(), RegularFiles.DESCRIPTION);
      return Vocabulary.fromJson(JsonParser.parseString(json), vocabulary().toString());
    } catch (IOException | JsonParseException | UserError e) {
      return null;
    }
  }

  /** The file that states the origin of imported weights. */
  public Path origin() {
    return path.resolve("import.json");
  }

  /** The folder of kernel pictures; created if it is missing. */
  public Path kernels() {
    Path kernels = path.resolve("kernels");
    makeFolder(kernels);
    return kernels;
  }

  public static void makeFolder(Path path) {
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw cannotMake(path, e);
    }
  }

  private static UserError cannotMake(Path path, IOException e) {
    return UserError.in(path)
        .what("the folder cannot be made")
        .received(e.toString())
        .next("check the path, its permissions and the space on the disk")
        .cause(e)
        .build();
  }
}

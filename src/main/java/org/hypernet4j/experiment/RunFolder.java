package org.hypernet4j.experiment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.hypernet4j.checkpoint.CheckpointFolder;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.AtomicFiles;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.spec.SpecWriter;

/**
 * The folder of one training run.
 *
 * <pre>
 * specification.json        what is trained, overrides and sample settings applied
 * metrics.jsonl             losses and evaluations, a line each
 * events.out.tfevents...    the same for TensorBoard
 * checkpoints/              best.ckpt and the newest step-*.ckpt
 * kernels/                  pictures
 * </pre>
 *
 * @param path the folder
 */
public record RunFolder(Path path) {
  private static final String SPECIFICATION = "specification.json";

  /** Makes the next free folder, {@code base/name/1}, {@code 2}, ... */
  public static RunFolder next(Path base, ExperimentSpec spec) {
    Path runs = base.resolve(spec.name());
    return create(runs.resolve(Integer.toString(highest(runs) + 1)), spec);
  }

  /** Makes a folder of the user's choice; it must not hold a run yet. */
  public static RunFolder create(Path path, ExperimentSpec spec) {
    if (Files.exists(path.resolve(SPECIFICATION))) {
      throw UserError.in(path)
          .what("holds a run already")
          .next("add --resume to continue it, or choose another folder")
          .build();
    }
    RunFolder folder = new RunFolder(path);
    makeFolder(path);
    AtomicFiles.writeString(path.resolve(SPECIFICATION), SpecWriter.toJson(spec));
    return folder;
  }

  /** The newest run of that experiment. */
  public static Optional<RunFolder> latest(Path base, String name) {
    Path runs = base.resolve(name);
    int highest = highest(runs);
    return highest == 0
        ? Optional.empty()
        : Optional.of(new RunFolder(runs.resolve(Integer.toString(highest))));
  }

  /** A folder that must hold a run. */
  public static RunFolder existing(Path path) {
    if (!Files.isRegularFile(path.resolve(SPECIFICATION))) {
      throw UserError.in(path)
          .what("is not the folder of a run")
          .expected("a folder with " + SPECIFICATION + " and checkpoints")
          .received(Files.exists(path) ? "a path without it" : "no such path")
          .next("give a folder that 'train' printed, such as runs/mnist-hyper/1")
          .build();
    }
    return new RunFolder(path);
  }

  private static int highest(Path runs) {
    if (!Files.isDirectory(runs)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(runs)) {
      return files
          .map(p -> p.getFileName().toString())
          .filter(name -> name.matches("[0-9]{1,6}"))
          .mapToInt(Integer::parseInt)
          .max()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The experiment of this run. */
  public ExperimentSpec specification() {
    return SpecFiles.read(path.resolve(SPECIFICATION), List.of());
  }

  /** Its checkpoints. */
  public CheckpointFolder checkpoints(int keep) {
    return new CheckpointFolder(path.resolve("checkpoints"), keep);
  }

  /** The file of losses and evaluations. */
  public Path metrics() {
    return path.resolve("metrics.jsonl");
  }

  /** The folder of kernel pictures; made if it is missing. */
  public Path kernels() {
    Path kernels = path.resolve("kernels");
    makeFolder(kernels);
    return kernels;
  }

  private static void makeFolder(Path path) {
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw UserError.in(path)
          .what("the folder cannot be made")
          .received(e.toString())
          .next("check the path, its permissions and the space on the disk")
          .cause(e)
          .build();
    }
  }
}

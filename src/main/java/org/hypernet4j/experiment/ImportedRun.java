package org.hypernet4j.experiment;

import static java.util.Objects.requireNonNull;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.AtomicFiles;
import org.hypernet4j.io.RegularFiles;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.train.Evaluation;
import org.jspecify.annotations.Nullable;

/**
 * Makes the folder of a run that begins with weights from elsewhere. It holds them as the
 * checkpoints of step 0, so that every command takes it for a run that was stopped there.
 */
public final class ImportedRun {
  private ImportedRun() {}

  /**
   * Measures the weights on the validation data and writes the folder. Where that fails the folder
   * is what it was.
   *
   * @param given the specification, as for {@link Experiment#prepare}
   * @param options with {@link TrainOptions#run()}, a folder that does not exist or is empty
   * @param weights every parameter of the model by full name, row-major
   * @param origin what manifests of exported models will say of the weights
   * @return what the validation data gave
   * @throws UserError for whatever is wrong with specification, data or folder
   */
  public static Evaluation make(
      ExperimentSpec given, TrainOptions options, Map<String, float[]> weights, JsonObject origin) {
    Path run = requireNonNull(options.run(), "run");
    boolean there = Files.exists(run);
    requireEmpty(run);
    boolean complete = false;
    try (Experiment experiment = Experiment.prepare(given, options)) {
      Evaluation evaluation = experiment.begin(weights);
      AtomicFiles.writeString(experiment.folder().origin(), origin + "\n");
      complete = true;
      return evaluation;
    } finally {
      if (!complete) {
        remove(run, there);
      }
    }
  }

  /**
   * Looks whether an import may write there.
   *
   * @throws UserError if it is a file, or something is in it
   */
  public static void requireEmpty(Path run) {
    if (Files.exists(run) && !(Files.isDirectory(run) && children(run).isEmpty())) {
      throw UserError.in(run)
          .what("is not free for a new run")
          .expected("a path where nothing is, or an empty folder")
          .received(RunFolder.isRun(run) ? "the folder of a run" : "a file or a folder in use")
          .next("choose another folder")
          .build();
    }
  }

  private static void remove(Path run, boolean there) {
    if (!there) {
      AtomicFiles.deleteRecursively(run);
    } else {
      children(run).forEach(AtomicFiles::deleteRecursively);
    }
  }

  private static List<Path> children(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(folder)) {
      return children.toList();
    } catch (IOException e) {
      throw UserError.in(folder).what("cannot be listed").received(e).cause(e).build();
    }
  }

  /** What {@link #make} wrote of the weights' origin, or null for a run that began by itself. */
  static @Nullable JsonObject origin(RunFolder folder) {
    if (!Files.isRegularFile(folder.origin())) {
      return null;
    }
    try {
      return JsonParser.parseString(
              RegularFiles.readString(folder.origin(), RegularFiles.DESCRIPTION))
          .getAsJsonObject();
    } catch (IOException | JsonParseException | IllegalStateException e) {
      throw UserError.in(folder.origin())
          .what("cannot be read")
          .received(e.getMessage())
          .next("remove the file if you do without it")
          .cause(e)
          .build();
    }
  }
}

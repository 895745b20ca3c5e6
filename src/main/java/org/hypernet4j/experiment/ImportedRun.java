// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.experiment;

import static java.util.Objects.requireNonNull;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.run.Experiment;
import org.hypernet4j.run.ModelFamily;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.run.UnfinishedRun;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.train.Evaluation;

/**
 * Creates the folder of a run that begins with weights that were trained elsewhere. It holds them
 * as the checkpoints of step 0, so that every command treats it as a run that was stopped there.
 */
public final class ImportedRun {
  private ImportedRun() {}

  /**
   * Measures the weights on the validation data and writes the folder. On a failure the folder is
   * left as it was.
   *
   * @param given the specification, as for {@link ModelFamily#prepare}
   * @param options the options, with {@link TrainOptions#run()}, a folder that does not exist or is
   *     empty
   * @param weights every parameter of the model by full name, row-major
   * @param origin the origin of the weights, for manifests of exported models
   * @return the evaluation on the validation data
   * @throws UserError if specification, data or folder is wrong
   */
  public static Evaluation make(
      ExperimentSpec given, TrainOptions options, Map<String, float[]> weights, JsonObject origin) {
    Path run = requireNonNull(options.run(), "run");
    requireEmpty(run);
    try (UnfinishedRun unfinished = new UnfinishedRun(run);
        Experiment experiment = ModelFamilies.prepare(given, options)) {
      Evaluation evaluation = experiment.begin(weights);
      AtomicFiles.writeString(experiment.folder().origin(), origin + "\n");
      unfinished.finish();
      return evaluation;
    }
  }

  /**
   * Checks that an import may write into a folder.
   *
   * @throws UserError if it is a file or not empty
   */
  public static void requireEmpty(Path run) {
    if (Files.exists(run) && !(Files.isDirectory(run) && UnfinishedRun.children(run).isEmpty())) {
      throw UserError.in(run)
          .what("is not free for a new run")
          .expected("a path where nothing is, or an empty folder")
          .received(RunFolder.isRun(run) ? "the folder of a run" : "a file or a folder in use")
          .next("choose another folder")
          .build();
    }
  }
}

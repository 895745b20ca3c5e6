// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.hypernet4j.checkpoint.CheckpointFile;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.Npz;

/**
 * What is attacked, made once for a campaign: runs that were never disturbed, their exported
 * models, weights and data files. Attempts change copies of them only.
 *
 * @param folder that holds it all
 */
record Materials(Path folder) {
  private static final String TEXT_NAME = "shakespeare-hyperlstm";
  private static final String IMAGE_NAME = "mnist-hyper";

  /** Makes the data files, and the trained runs and models if they are needed. */
  static Materials make(Path folder, boolean trained)
      throws IOException, Wrong, InterruptedException {
    Materials materials = new Materials(folder.toAbsolutePath());
    SmallData.write(materials.data());
    if (trained) {
      materials.train(false, materials.run(false));
      materials.train(true, materials.run(true));
      materials.train(true, materials.otherRun(), "--set", "training.seed=2");
      Map<String, NpyArray> values =
          CheckpointFile.read(materials.run(true).resolve("checkpoints/best.ckpt")).values();
      Npz.write(materials.weights(), values);
    }
    return materials;
  }

  private void train(boolean text, Path run, Object... more)
      throws IOException, Wrong, InterruptedException {
    Path models = run.resolveSibling("models");
    ChildCommand.cli(Commands.training(text, more).toArray())
        .with("--run", run, "--export-dir", models)
        .run(run.resolveSibling("train"))
        .require(0);
  }

  /** The finished run of the images or of the text. */
  Path run(boolean text) {
    return folder.resolve(text ? "text" : "images").resolve("run");
  }

  /** A run of the same text whose only difference is its seed. */
  Path otherRun() {
    return folder.resolve("other").resolve("run");
  }

  /** The exported model of the run. */
  Path model(boolean text) {
    return run(text).resolveSibling("models").resolve(name(text)).resolve("1");
  }

  /** What the model is called. */
  static String name(boolean text) {
    return text ? TEXT_NAME : IMAGE_NAME;
  }

  /** The parameters of the text's run with the optimizer's, as NumPy would write them. */
  Path weights() {
    return folder.resolve("weights.npz");
  }

  /** See {@link SmallData}. */
  Path data() {
    return folder.resolve("data");
  }

  /** Copies a file, or a folder with all in it. */
  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.toList()) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.createDirectories(target.toAbsolutePath().getParent());
          Files.copy(path, target);
        }
      }
    }
  }
}
